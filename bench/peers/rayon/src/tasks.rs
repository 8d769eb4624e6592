//! spawn, submit, idle, memory: the cases about single tasks and about a pool as a tenant.

use crate::cases::fib_join;
use crate::harness::{
    anonymous_kib, count_other_threads, cpu_ns, fail, median, nap_ns, now_ns, peak_rss_kib,
    percentile, Options,
};
use crate::work::{chain, keep};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub fn spawn(opts: &Options) {
    let tasks = opts.number("tasks", 1_000_000) as usize;
    let out: Vec<AtomicU32> = (0..tasks).map(|_| AtomicU32::new(0)).collect();
    let mut times = Vec::new();
    let (mut wall, mut cpu) = (0, 0);
    let pool = opts.pool();
    pool.install(|| {
        for round in 0..6 {
            let cpu_before = cpu_ns();
            let before = now_ns();
            let slots = &out[..];
            rayon::scope(|scope| {
                for i in 0..tasks {
                    scope.spawn(move |_| slots[i].store(i as u32 + 1, Ordering::Relaxed));
                }
            });
            let took = now_ns() - before;
            let used = cpu_ns() - cpu_before;
            for (i, slot) in out.iter().enumerate() {
                if slot.swap(0, Ordering::Relaxed) != i as u32 + 1 {
                    fail("spawn: a task was lost");
                }
            }
            if round == 0 {
                continue; // the first round pays for fresh memory
            }
            wall += took;
            cpu += used;
            times.push(took as f64);
        }
    });
    let params = format!("\"tasks\": {}", tasks);
    let per_task = median(&times) / tasks as f64;
    opts.line(&params, "time per task", per_task, "ns", cpu as f64 / wall as f64);
    opts.line(&params, "peak RSS", peak_rss_kib() as f64, "KiB", -1.0);
}

static STARTED_AT: AtomicU64 = AtomicU64::new(0);

pub fn submit(opts: &Options) {
    let mode = opts.text("mode", "cold");
    let hot = mode == "hot";
    let sleeps = mode == "cold";
    let samples = opts.number("samples", if hot { 20_000 } else { 400 });
    let warm_up = samples / 10;
    let pool = opts.pool();
    let mut delays = Vec::new();
    for i in 0..samples + warm_up {
        if !hot {
            nap_ns(5_000_000);
        }
        STARTED_AT.store(0, Ordering::Relaxed);
        let before = now_ns();
        pool.spawn(|| STARTED_AT.store(now_ns(), Ordering::Release));
        let start = loop {
            match STARTED_AT.load(Ordering::Acquire) {
                0 if sleeps => nap_ns(50_000),
                0 => {}
                start => break start,
            }
        };
        if i >= warm_up {
            delays.push((start - before) as f64);
        }
    }
    let params = format!("\"mode\": \"{}\", \"samples\": {}", mode, samples);
    opts.line(&params, "p50", percentile(&delays, 0.50), "ns", -1.0);
    opts.line(&params, "p99", percentile(&delays, 0.99), "ns", -1.0);
}

/// Work that every worker takes part in; see bench/cases/warm.hpp.
fn warm(pool: &rayon::ThreadPool, threads: usize) {
    pool.install(|| {
        for _ in 0..10 {
            (0..16 * threads).into_par_iter().for_each(|i| keep(&chain(i as u64, 6_000)));
        }
        keep(&fib_join(20));
    });
}

pub fn idle(opts: &Options) {
    let seconds = opts.number("seconds", 10);
    let pool = opts.pool();
    warm(&pool, opts.threads);
    let cpu_before = cpu_ns();
    let before = now_ns();
    nap_ns(1_000_000_000);
    let (_, settled) = count_other_threads();
    nap_ns((seconds - 1) * 1_000_000_000);
    let (threads, sleeps) = count_other_threads();
    let wall = (now_ns() - before) as f64;
    let cpu = (cpu_ns() - cpu_before) as f64;
    let steady = wall / 1e9 - 1.0;
    let params = format!("\"seconds\": {}", seconds);
    opts.line(&params, "processor time", 100.0 * cpu / wall, "% of a core", -1.0);
    opts.line(&params, "wake-ups per second", (sleeps - settled) as f64 / steady, "1/s", -1.0);
    opts.line(&params, "pool threads", threads as f64, "threads", -1.0);
}

pub fn memory(opts: &Options) {
    let before = anonymous_kib() as f64;
    let pool = opts.pool();
    warm(&pool, opts.threads);
    let growth = anonymous_kib() as f64 - before;
    opts.line("", "committed per worker", growth / opts.threads as f64, "KiB", -1.0);
    opts.line("", "peak RSS", peak_rss_kib() as f64, "KiB", -1.0);
}
