//! fib, loop, uneven, sum, oversubscribed: the cases that measure work done by the whole pool.

use crate::harness::{against_serial, fail, repeat, Options, RepeatRule, Timing, USUAL};
use crate::work::{chain, clobber, cost_shape, fib_forks, fib_value};
use rayon::prelude::*;

pub fn fib_join(n: u32) -> u64 {
    if n < 2 {
        return n as u64;
    }
    let (a, b) = rayon::join(|| fib_join(n - 1), || fib_join(n - 2));
    a + b
}

fn checked_fib(n: u32) {
    if fib_join(n) != fib_value(n) {
        fail("fib: wrong result");
    }
}

pub fn fib(opts: &Options) {
    let n = opts.number("n", 33) as u32;
    let pool = opts.pool();
    let mut result = Timing::default();
    let once = opts.number("once", 0) != 0;
    pool.install(|| {
        if once {
            return checked_fib(n);
        }
        checked_fib(if n > 8 { n - 8 } else { n });
        result = repeat(&USUAL, || checked_fib(n));
    });
    if once {
        return;
    }
    let per_fork = result.ns / fib_forks(n) as f64;
    opts.line(&format!("\"n\": {}", n), "time per fork", per_fork, "ns", result.cores);
}

fn checksum(values: &[u32]) -> u64 {
    values.iter().map(|&v| v as u64).sum()
}

pub fn serial_loop(input: &[u32], out: &mut [u32], item: impl Fn(u32) -> u32) {
    for (o, &i) in out.iter_mut().zip(input) {
        *o = item(i);
    }
    clobber();
}

pub fn parallel_loop(input: &[u32], out: &mut [u32], item: impl Fn(u32) -> u32 + Sync) {
    out.par_iter_mut().zip(input.par_iter()).for_each(|(o, &i)| *o = item(i));
}

fn loop_of(opts: &Options, item: impl Fn(u32) -> u32 + Sync + Copy + Send) {
    let items = opts.number("items", 1_000_000) as usize;
    let input: Vec<u32> = (1..=items as u32).collect();
    let mut serial_out = vec![0u32; items];
    let mut parallel_out = vec![0u32; items];
    let pool = opts.pool();
    let duel = pool.install(|| {
        serial_loop(&input, &mut serial_out, item);
        parallel_loop(&input, &mut parallel_out, item);
        if checksum(&serial_out) != checksum(&parallel_out) {
            fail("loop: wrong result");
        }
        // One output for both forms, as in the C++ programs.
        let out = std::cell::RefCell::new(&mut serial_out);
        against_serial(
            || serial_loop(&input, &mut out.borrow_mut(), item),
            || parallel_loop(&input, &mut out.borrow_mut(), item),
        )
    });
    let params = format!(
        "\"body_ns\": {}, \"items\": {}, \"rounds\": {}",
        opts.number("body_ns", 0), items, opts.number("rounds", 0)
    );
    opts.line(&params, "time", duel.parallel_ns / 1e3, "us", duel.cores);
    opts.line(&params, "speed-up", duel.serial_ns / duel.parallel_ns, "x", -1.0);
}

pub fn even_loop(opts: &Options) {
    match opts.number("rounds", 0) {
        0 => loop_of(opts, |x| x + 1),
        rounds => loop_of(opts, move |x| chain(x as u64, rounds) as u32),
    }
}

pub fn uneven(opts: &Options) {
    let items = opts.number("items", 10_000) as usize;
    let unit = opts.number("rounds", 300);
    let shape = opts.text("shape", "tail_end");
    let cost = cost_shape(&shape, items, unit);
    let mut out = vec![0u32; items];
    let finest = opts.variant == "max_len=1";
    let pool = opts.pool();
    let duel = pool.install(|| {
        let out = std::cell::RefCell::new(&mut out);
        let item = |i: usize| chain(i as u64, cost[i] as u64) as u32;
        against_serial(
            || {
                out.borrow_mut().iter_mut().enumerate().for_each(|(i, o)| *o = item(i));
                clobber();
            },
            || {
                let mut guard = out.borrow_mut();
                let all = guard.par_iter_mut().enumerate();
                if finest {
                    all.with_max_len(1).for_each(|(i, o)| *o = item(i));
                } else {
                    all.for_each(|(i, o)| *o = item(i));
                }
            },
        )
    });
    let params = format!("\"shape\": \"{}\", \"items\": {}, \"rounds\": {}", shape, items, unit);
    let efficiency = duel.serial_ns / (duel.parallel_ns * opts.threads as f64);
    opts.line(&params, "efficiency", efficiency, "of 1", duel.cores);
}

pub fn sum(opts: &Options) {
    let items = opts.number("items", 100_000_000) as usize;
    let values: Vec<i32> = (0..items).map(|i| (i % 1000) as i32 - 300).collect();
    let rest = (items % 1000) as i64;
    let full = (items / 1000) as i64 * (499_500 - 300_000);
    let expected = full + rest * (rest - 1) / 2 - 300 * rest;
    let once = || {
        let total: i64 = values.par_iter().map(|&v| v as i64).sum();
        if total != expected {
            fail("sum: wrong result");
        }
    };
    let rule = RepeatRule { least: 5, ..USUAL };
    let pool = opts.pool();
    let result = pool.install(|| {
        once();
        repeat(&rule, once)
    });
    let params = format!("\"items\": {}", items);
    opts.line(&params, "bandwidth", (items * 4) as f64 / result.ns, "GB/s", result.cores);
}

pub fn oversubscribed(opts: &Options) {
    let n = opts.number("n", 27) as u32;
    let items = opts.number("items", 1_000_000) as usize;
    let rounds = opts.number("rounds", 30);
    let work = opts.text("work", "fib");
    let input = vec![1u32; items];
    let mut out = vec![0u32; items];
    let pool = opts.pool();
    let result = pool.install(|| {
        let mut once = || {
            if work == "fib" {
                checked_fib(n);
            } else {
                parallel_loop(&input, &mut out, |x| chain(x as u64, rounds) as u32);
            }
        };
        once();
        repeat(&USUAL, once)
    });
    let params = if work == "fib" {
        format!("\"work\": \"fib\", \"n\": {}", n)
    } else {
        format!("\"work\": \"{}\", \"items\": {}, \"rounds\": {}", work, items, rounds)
    };
    opts.line(&params, "time", result.ns / 1e3, "us", result.cores);
}
