//! tree, big_recursion: recursion over trees whose nodes have several children; see
//! bench/cases/tree.hpp, which this mirrors step for step.

use crate::harness::{count_switches, fail, repeat, Options, Timing, USUAL};
use crate::work::{chain, mix};
use rayon::prelude::*;

const MOST_CHILDREN: usize = 14;
const IRREGULAR: u32 = 0;
const ROOT: Node = Node { key: 0x9e37_79b9_7f4a_7c15, depth: 0 };

#[derive(Clone, Copy)]
struct Node {
    key: u64,
    depth: u32,
}

impl Node {
    fn child(self, i: u32) -> Node {
        Node { key: mix(self.key.wrapping_add(i as u64)), depth: self.depth + 1 }
    }
}

struct Tree {
    fan: u32,
    depth: u32,
    leaf_rounds: u64,
}

impl Tree {
    fn children(&self, at: Node) -> u32 {
        if at.depth == self.depth {
            0
        } else if self.fan != IRREGULAR {
            self.fan
        } else {
            (at.key % (MOST_CHILDREN as u64 + 1)) as u32
        }
    }

    fn leaf(&self, at: Node) -> u64 {
        if self.leaf_rounds == 0 { at.key } else { self.large_leaf(at.key) }
    }

    #[inline(never)]
    fn large_leaf(&self, key: u64) -> u64 {
        chain(key, self.leaf_rounds)
    }
}

fn fan_of(shape: &str) -> u32 {
    match shape {
        "ten-way" => 10,
        "seven-way" => 7,
        "irregular" => IRREGULAR,
        _ => fail(&format!("unknown shape {}", shape)),
    }
}

/// How the children of one node are summed: f(0) + ... + f(n - 1).
trait Way {
    fn sum<F: Fn(u32) -> u64 + Sync>(n: u32, f: &F) -> u64;
}

fn tree_sum<W: Way>(all: &Tree, at: Node) -> u64 {
    match all.children(at) {
        0 => all.leaf(at),
        n => W::sum(n, &|i| tree_sum::<W>(all, at.child(i))),
    }
}

struct OneByOne;
impl Way for OneByOne {
    fn sum<F: Fn(u32) -> u64 + Sync>(n: u32, f: &F) -> u64 {
        (0..n).fold(0, |total, i| total.wrapping_add(f(i)))
    }
}

struct ParIter;
impl Way for ParIter {
    fn sum<F: Fn(u32) -> u64 + Sync>(n: u32, f: &F) -> u64 {
        (0..n).into_par_iter().map(f).sum() // wraps, in a release build
    }
}

struct Scope;
impl Way for Scope {
    fn sum<F: Fn(u32) -> u64 + Sync>(n: u32, f: &F) -> u64 {
        let mut slots = [0u64; MOST_CHILDREN];
        let used = &mut slots[..n as usize];
        rayon::scope(|scope| {
            for (i, slot) in used.iter_mut().enumerate() {
                scope.spawn(move |_| *slot = f(i as u32));
            }
        });
        used.iter().fold(0, |total, &value| total.wrapping_add(value))
    }
}

struct JoinSplit;
impl JoinSplit {
    fn part<F: Fn(u32) -> u64 + Sync>(begin: u32, end: u32, f: &F) -> u64 {
        if end - begin == 1 {
            return f(begin);
        }
        let middle = begin + (end - begin) / 2;
        let (a, b) =
            rayon::join(|| JoinSplit::part(begin, middle, f), || JoinSplit::part(middle, end, f));
        a.wrapping_add(b)
    }
}
impl Way for JoinSplit {
    fn sum<F: Fn(u32) -> u64 + Sync>(n: u32, f: &F) -> u64 {
        JoinSplit::part(0, n, f)
    }
}

fn way_of(variant: &str) -> fn(&Tree, Node) -> u64 {
    match variant {
        "par_iter" => tree_sum::<ParIter>,
        "scope" => tree_sum::<Scope>,
        _ => tree_sum::<JoinSplit>,
    }
}

struct Result {
    time: Timing,
    sleeps: f64,
    preemptions: f64,
}

/// Times the tree and counts context switches of one pass over it.
fn measure(opts: &Options, all: &Tree) -> Result {
    let sum = way_of(&opts.variant);
    let checked = |some: &Tree, expected: u64| {
        if sum(some, ROOT) != expected {
            fail("tree: wrong result");
        }
    };
    let pool = opts.pool();
    pool.install(|| {
        let warm_up = Tree { depth: all.depth - 1, ..*all };
        checked(&warm_up, tree_sum::<OneByOne>(&warm_up, ROOT));
        let expected = tree_sum::<OneByOne>(all, ROOT);
        let mut repetitions = 0.0;
        let before = count_switches();
        let time = repeat(&USUAL, || {
            checked(all, expected);
            repetitions += 1.0;
        });
        let after = count_switches();
        Result {
            time,
            sleeps: (after.0 - before.0) as f64 / repetitions,
            preemptions: (after.1 - before.1) as f64 / repetitions,
        }
    })
}

fn nodes_below(all: &Tree, at: Node) -> u64 {
    (0..all.children(at)).fold(1, |nodes, i| nodes + nodes_below(all, at.child(i)))
}

pub fn tree(opts: &Options) {
    let shape = opts.text("shape", "ten-way");
    let depth = opts.number("depth", 7) as u32;
    let all = Tree { fan: fan_of(&shape), depth, leaf_rounds: 0 };
    let result = measure(opts, &all);
    let nodes = nodes_below(&all, ROOT);
    let params = format!("\"shape\": \"{}\", \"depth\": {}, \"nodes\": {}", shape, depth, nodes);
    let per_node = result.time.ns / nodes as f64;
    opts.line(&params, "time per node", per_node, "ns", result.time.cores);
}

pub fn big_recursion(opts: &Options) {
    let shape = opts.text("shape", "seven-way");
    let depth = opts.number("depth", 2) as u32;
    let rounds = opts.number("rounds", 6_000_000);
    let result = measure(opts, &Tree { fan: fan_of(&shape), depth, leaf_rounds: rounds });
    let params = format!("\"shape\": \"{}\", \"depth\": {}, \"rounds\": {}", shape, depth, rounds);
    opts.line(&params, "time", result.time.ns / 1e6, "ms", result.time.cores);
    opts.line(&params, "voluntary switches", result.sleeps, "1", -1.0);
    opts.line(&params, "involuntary switches", result.preemptions, "1", -1.0);
}
