//! stencil, ticker: many short loops, and short tasks beside long loops; see
//! bench/cases/stencil.hpp and bench/cases/ticker.hpp.

use crate::cases::{parallel_loop, serial_loop};
use crate::harness::{cpu_ns, fail, median, nap_ns, now_ns, percentile, repeat, Options, USUAL};
use crate::work::{chain, keep, mix};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const COLUMNS: usize = 384;

/// Row i + 1 of the new grid, from three rows of the old one.
fn stencil_row(above: &[f32], old: &[f32], below: &[f32], new: &mut [f32]) {
    let mut left = new[0];
    for j in 1..COLUMNS - 1 {
        let others = above[j] + below[j] + old[j + 1];
        left = 0.25 * (others + left);
        new[j] = left;
    }
}

fn stencil_grid(rows: usize) -> Vec<f32> {
    (0..(rows + 2) * COLUMNS).map(|i| 1.0 + (mix(i as u64) % 1024) as f32 / 1024.0).collect()
}

fn row_of(old: &[f32], i: usize, new: &mut [f32]) {
    let row = |k: usize| &old[k * COLUMNS..(k + 1) * COLUMNS];
    stencil_row(row(i), row(i + 1), row(i + 2), new);
}

/// The grid after so many steps from start; step_all(old, inner rows of the new grid) is one step.
fn stencil_after(steps: usize, start: &[f32], step_all: impl Fn(&[f32], &mut [f32])) -> Vec<f32> {
    let mut now = start.to_vec();
    let mut next = start.to_vec();
    for _ in 0..steps {
        let inner = COLUMNS..start.len() - COLUMNS;
        step_all(&now, &mut next[inner]);
        std::mem::swap(&mut now, &mut next);
    }
    now
}

pub fn stencil(opts: &Options) {
    let rows = opts.number("rows", 254) as usize;
    let steps = opts.number("steps", 5_000) as usize;
    let start = stencil_grid(rows);
    let expected = stencil_after(steps, &start, |old, new| {
        new.chunks_mut(COLUMNS).enumerate().for_each(|(i, row)| row_of(old, i, row))
    });
    let once = || {
        let result = stencil_after(steps, &start, |old, new| {
            new.par_chunks_mut(COLUMNS).enumerate().for_each(|(i, row)| row_of(old, i, row))
        });
        if result != expected {
            fail("stencil: wrong result");
        }
    };
    let pool = opts.pool();
    let result = pool.install(|| {
        once();
        repeat(&USUAL, once)
    });
    let params = format!("\"rows\": {}, \"steps\": {}", rows, steps);
    opts.line(&params, "time per step", result.ns / 1e3 / steps as f64, "us", result.cores);
}

#[derive(Default)]
struct Tick {
    submitted: AtomicU64,
    ended: AtomicU64,
}

fn tick_task(mine: &Tick, rounds: u64) {
    keep(&chain(mine.submitted.load(Ordering::Relaxed), rounds));
    if mine.ended.swap(now_ns(), Ordering::Release) != 0 {
        fail("ticker: a task ran twice");
    }
}

fn await_tick(tick: &Tick) -> f64 {
    let deadline = now_ns() + 20_000_000_000;
    loop {
        match tick.ended.load(Ordering::Acquire) {
            0 if now_ns() > deadline => fail("ticker: a task was lost"),
            0 => nap_ns(1_000_000),
            ended => return (ended - tick.submitted.load(Ordering::Relaxed)) as f64,
        }
    }
}

/// Times from submission to end. The ticks live for ever, because a spawned closure may borrow
/// nothing shorter.
fn delays_of_ticks(pool: &rayon::ThreadPool, samples: usize, rounds: u64) -> Vec<f64> {
    let ticks: &'static [Tick] = Vec::leak((0..samples).map(|_| Tick::default()).collect());
    for (i, tick) in ticks.iter().enumerate() {
        nap_ns(2_000_000 + mix(i as u64) % 6_000_000);
        tick.submitted.store(now_ns(), Ordering::Relaxed);
        pool.spawn(move || tick_task(tick, rounds));
    }
    ticks.iter().map(await_tick).collect()
}

/// The loops, and what they must compute.
struct Looper {
    input: Vec<u32>,
    out: Vec<u32>,
    expected: Vec<u32>,
    rounds: u64,
}

impl Looper {
    fn new(items: usize, rounds: u64) -> Looper {
        let mut expected = vec![0; items];
        let input = vec![1; items];
        serial_loop(&input, &mut expected, |x| chain(x as u64, rounds) as u32);
        Looper { input, out: vec![0; items], expected, rounds }
    }

    /// Enters the pool anew for each loop; gives the time of each.
    fn run_until(mut self, stop: &AtomicBool, pool: &rayon::ThreadPool) -> Vec<f64> {
        let Looper { input, out, expected, rounds } = &mut self;
        let mut times = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            out.fill(0);
            let before = now_ns();
            pool.install(|| parallel_loop(input, out, |x| chain(x as u64, *rounds) as u32));
            times.push((now_ns() - before) as f64);
            if out != expected {
                fail("ticker: wrong result");
            }
        }
        times
    }
}

pub fn ticker(opts: &Options) {
    let samples = opts.number("samples", 1_000) as usize;
    let items = opts.number("items_each", 100_000) as usize;
    let rounds = opts.number("rounds", 300);
    let loops = Looper::new(items * opts.threads, rounds);
    let pool = opts.pool();
    let stop = AtomicBool::new(false);
    let cpu_before = cpu_ns();
    let before = now_ns();
    let (delays, loops) = std::thread::scope(|scope| {
        let looper = scope.spawn(|| loops.run_until(&stop, &pool));
        let delays = delays_of_ticks(&pool, samples, 50 * rounds);
        stop.store(true, Ordering::Relaxed);
        (delays, looper.join().unwrap())
    });
    let cores = (cpu_ns() - cpu_before) as f64 / (now_ns() - before) as f64;
    let params =
        format!("\"samples\": {}, \"items_each\": {}, \"rounds\": {}", samples, items, rounds);
    opts.line(&params, "p50", percentile(&delays, 0.50) / 1e3, "us", -1.0);
    opts.line(&params, "p99", percentile(&delays, 0.99) / 1e3, "us", -1.0);
    opts.line(&params, "time of a loop", median(&loops) / 1e6, "ms", cores);
}
