//! The operations of bench/cases/algorithms.hpp. The C++ side checks each operation against a serial loop of
//! its own; so does this.

use crate::harness::{cpu_ns, fail, median, now_ns, repeat, Options, RepeatRule, Timing, USUAL};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

pub const OPERATIONS: &[&str] = &[
    "map_sum", "dot", "min", "count_if", "find_first", "any_of", "chain", "saxpy", "collect", "pack",
    "sort", "stable_sort", "sort_doubles", "sort_strings", "sort_almost", "sort_few", "group_by",
    "distinct", "top_k",
];
pub const PREFIX: &str = "algorithm_";

const SOUGHT: i32 = -7;
const KEYS_OF_GROUPS: i32 = 1000;

struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e3779b97f4a7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
        z ^ (z >> 31)
    }
}

fn random_integers(items: usize) -> Vec<i32> {
    let mut next = Numbers(1);
    (0..items).map(|_| (next.next() >> 33) as i32).collect()
}

fn is_kept(x: i32) -> bool {
    (x & 1) != 0
}

fn check(right: bool) {
    if !right {
        fail("algorithms: wrong result");
    }
}

fn timed(mut once: impl FnMut()) -> Timing {
    once();
    repeat(&RepeatRule { least: 5, ..USUAL }, once)
}

/// A fresh copy for each of five repetitions, after one to warm up; copying is not timed.
fn timed_sort<T: Clone + PartialOrd>(input: Vec<T>, sort: impl Fn(&mut Vec<T>)) -> Timing {
    let mut times = Vec::new();
    let (mut wall, mut cpu) = (0, 0);
    for round in 0..6 {
        let mut data = input.clone();
        let (cpu_before, before) = (cpu_ns(), now_ns());
        sort(&mut data);
        let spent = now_ns() - before;
        if round == 0 {
            check(data.windows(2).all(|pair| pair[0] <= pair[1]));
            continue;
        }
        cpu += cpu_ns() - cpu_before;
        wall += spent;
        times.push(spent as f64);
    }
    Timing { ns: median(&times), cores: cpu as f64 / wall as f64 }
}

fn sorts(op: &str, items: usize) -> Timing {
    let mut next = Numbers(4);
    if op == "sort_doubles" {
        let scale = (0.5f64).powi(40);
        let input: Vec<f64> =
            (0..items).map(|_| (next.next() >> 11) as f64 * scale - 4096.0).collect();
        return timed_sort(input, |data| data.par_sort_unstable_by(|a, b| a.partial_cmp(b).unwrap()));
    }
    if op == "sort_strings" {
        let input: Vec<String> = (0..items).map(|_| format!("key-{:016x}", next.next())).collect();
        return timed_sort(input, |data| data.par_sort_unstable());
    }
    let mut input: Vec<u64> = (0..items).map(|_| next.next()).collect();
    if op == "sort_almost" {
        for (i, key) in input.iter_mut().enumerate() {
            if *key % 100 != 0 {
                *key = (i as u64) << 20;
            }
        }
    }
    if op == "sort_few" {
        input.iter_mut().for_each(|key| *key %= 16);
    }
    if op == "stable_sort" {
        return timed_sort(input, |data| data.par_sort());
    }
    timed_sort(input, |data| data.par_sort_unstable())
}

fn dot(items: usize) -> Timing {
    let mut next = Numbers(2);
    let a: Vec<f64> = (0..items).map(|_| (next.next() >> 56) as f64).collect();
    let b: Vec<f64> = (0..items).map(|_| (next.next() >> 56) as f64).collect();
    let expected: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
    timed(|| {
        let total: f64 = a.par_iter().zip(b.par_iter()).map(|(x, y)| x * y).sum();
        check(total == expected)
    })
}

fn saxpy(items: usize) -> Timing {
    let x = vec![1.0f32; items];
    let mut y = vec![0.0f32; items];
    timed(|| {
        y.par_iter_mut().zip(x.par_iter()).for_each(|(to, from)| *to += 2.0 * *from);
        check(y[0] > 0.0)
    })
}

fn group_by(data: &[i32]) -> usize {
    type Groups = HashMap<i32, Vec<i32>>;
    data.par_iter()
        .fold(Groups::new, |mut groups, &x| {
            groups.entry(x % KEYS_OF_GROUPS).or_default().push(x);
            groups
        })
        .reduce(Groups::new, |mut left, right| {
            for (key, items) in right {
                left.entry(key).or_default().extend(items);
            }
            left
        })
        .len()
}

fn keep_greatest(heap: &mut BinaryHeap<Reverse<i32>>, k: usize, x: i32) {
    if heap.len() < k {
        heap.push(Reverse(x));
    } else if heap.peek().map_or(false, |least| x > least.0) {
        heap.pop();
        heap.push(Reverse(x));
    }
}

fn top_k(data: &[i32], k: usize) -> Vec<i32> {
    data.par_iter()
        .fold(BinaryHeap::new, |mut heap, &x| {
            keep_greatest(&mut heap, k, x);
            heap
        })
        .reduce(BinaryHeap::new, |mut left, right| {
            right.into_iter().for_each(|x| keep_greatest(&mut left, k, x.0));
            left
        })
        .into_sorted_vec()
        .into_iter()
        .map(|x| x.0)
        .collect()
}

// Groups by one of a thousand keys; of the items themselves, about a million are different.
fn keyed(op: &str, items: usize) -> Timing {
    let mut data = random_integers(items);
    data.iter_mut().for_each(|x| *x &= (1 << 20) - 1);
    if op == "distinct" {
        let expected = data.iter().collect::<HashSet<_>>().len();
        return timed(|| check(data.par_iter().copied().collect::<HashSet<i32>>().len() == expected));
    }
    let expected = data.iter().map(|x| x % KEYS_OF_GROUPS).collect::<HashSet<_>>().len();
    timed(|| check(group_by(&data) == expected))
}

fn over_integers(op: &str, items: usize) -> Timing {
    let mut data = random_integers(items);
    let at = items / 10 * 9;
    if op == "find_first" || op == "any_of" {
        data[at] = SOUGHT;
    }
    match op {
        "map_sum" => {
            let expected: i64 = data.iter().map(|&x| x as i64 * 3).sum();
            timed(|| check(data.par_iter().map(|&x| x as i64 * 3).sum::<i64>() == expected))
        }
        "min" => {
            let expected = *data.iter().min().unwrap();
            timed(|| check(*data.par_iter().min().unwrap() == expected))
        }
        "count_if" => {
            let expected = data.iter().filter(|&&x| is_kept(x)).count();
            timed(|| check(data.par_iter().filter(|&&x| is_kept(x)).count() == expected))
        }
        "find_first" => timed(|| check(data.par_iter().position_first(|&x| x == SOUGHT) == Some(at))),
        "top_k" => {
            let mut expected = data.clone();
            expected.sort_unstable_by(|a, b| b.cmp(a));
            expected.truncate(100);
            timed(|| check(top_k(&data, 100) == expected))
        }
        "any_of" => timed(|| check(data.par_iter().any(|&x| x == SOUGHT))),
        "collect" => timed(|| {
            let out: Vec<i32> = data.par_iter().map(|&x| x ^ 5).collect();
            check(out.len() == items && out[items - 1] == (data[items - 1] ^ 5))
        }),
        "pack" => {
            let expected: Vec<i32> = data.iter().copied().filter(|&x| is_kept(x)).collect();
            timed(|| {
                let out: Vec<i32> = data.par_iter().copied().filter(|&x| is_kept(x)).collect();
                check(out.len() == expected.len())
            })
        }
        _ => {
            let links = |x: i32| {
                let y = x as i64 * 3;
                let z = y ^ (y >> 3);
                if (y & 4) == 0 && (z & 1) != 0 { z } else { 0 }
            };
            let expected: i64 = data.iter().map(|&x| links(x)).sum();
            timed(|| {
                let total: i64 = data
                    .par_iter()
                    .map(|&x| x as i64 * 3)
                    .filter(|y| (y & 4) == 0)
                    .map(|y| y ^ (y >> 3))
                    .filter(|z| (z & 1) != 0)
                    .sum();
                check(total == expected)
            })
        }
    }
}

pub fn run(opts: &Options) {
    let op = &opts.case[PREFIX.len()..];
    let items = opts.number("items", 1_000_000) as usize;
    let pool = opts.pool();
    let result = pool.install(|| match op {
        "dot" => dot(items),
        "saxpy" => saxpy(items),
        "group_by" | "distinct" => keyed(op, items),
        _ if op.starts_with("sort") || op == "stable_sort" => sorts(op, items),
        _ => over_integers(op, items),
    });
    opts.line(&format!("\"items\": {}", items), "time", result.ns / 1e3, "us", result.cores);
}
