//! The empty parallel region; the counterpart of bench/cases/region.hpp.

use crate::harness::{fail, nap_ns, now_ns, percentile, repeat, Options, RepeatRule, Timing};
use crate::work::clobber;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

thread_local!(static MARK: u8 = const { 0 });

fn thread_mark() -> usize {
    MARK.with(|mark| mark as *const u8 as usize)
}

#[repr(align(128))]
struct Slot(AtomicUsize);

struct Attendance(Vec<Slot>);

impl Attendance {
    fn new(bodies: usize) -> Attendance {
        Attendance((0..bodies).map(|_| Slot(AtomicUsize::new(0))).collect())
    }

    fn sign(&self, body: usize) {
        self.0[body].0.store(thread_mark(), Ordering::Relaxed);
    }

    /// Whether the bodies of the last region ran on more than one thread; wipes the list.
    fn was_shared(&self) -> bool {
        let first = self.0[0].0.load(Ordering::Relaxed);
        let mut shared = false;
        for slot in &self.0 {
            let who = slot.0.load(Ordering::Relaxed);
            if who == 0 {
                fail("region: a body did not run");
            }
            shared |= who != first;
            slot.0.store(0, Ordering::Relaxed);
        }
        shared
    }
}

struct Regions<'a> {
    pool: &'a rayon::ThreadPool,
    threads: usize,
    broadcast: bool,
    inside: bool,
}

impl Regions<'_> {
    #[inline]
    fn open(&self, body: impl Fn(usize) + Sync) {
        match (self.broadcast, self.inside) {
            (true, true) => drop(rayon::broadcast(|context| body(context.index()))),
            (true, false) => drop(self.pool.broadcast(|context| body(context.index()))),
            (false, true) => self.bodies(&body),
            (false, false) => self.pool.install(|| self.bodies(&body)),
        }
    }

    #[inline]
    fn bodies(&self, body: &(impl Fn(usize) + Sync)) {
        (0..self.threads).into_par_iter().for_each(body);
    }

    fn hot(&self, quick: bool) -> Timing {
        let batch = |count: usize| {
            let before = now_ns();
            for _ in 0..count {
                self.open(|_| clobber());
            }
            now_ns() - before
        };
        let mut count = 1;
        while batch(count) < 2_000_000 {
            count *= 2;
        }
        let enough_ns = if quick { 50_000_000 } else { 300_000_000 };
        let mut result = repeat(&RepeatRule { least: 9, enough_ns, most: 99 }, || {
            batch(count);
        });
        result.ns /= count as f64;
        result
    }

    fn hot_sharing(&self) -> f64 {
        let list = Attendance::new(self.threads);
        let (mut shared, mut total) = (0usize, 0usize);
        let end = now_ns() + 50_000_000;
        while now_ns() < end || total < 100 {
            self.open(|body| list.sign(body));
            shared += list.was_shared() as usize;
            total += 1;
        }
        shared as f64 / total as f64
    }

    fn cold(&self, count: u64) -> (Vec<f64>, f64) {
        let list = Attendance::new(self.threads);
        let mut times = Vec::new();
        let mut shared = 0;
        for _ in 0..count {
            nap_ns(5_000_000);
            let before = now_ns();
            self.open(|body| list.sign(body));
            times.push((now_ns() - before) as f64);
            shared += list.was_shared() as usize;
        }
        (times, shared as f64 / count as f64)
    }

    fn measure(&self, opts: &Options) -> (Timing, f64, Vec<f64>, f64) {
        let hot = self.hot(opts.number("quick", 0) != 0);
        let hot_shared = self.hot_sharing();
        let (cold, cold_shared) = self.cold(opts.number("cold", 200));
        (hot, hot_shared, cold, cold_shared)
    }
}

pub fn run(opts: &Options, inside: bool) {
    let pool = opts.pool();
    let broadcast = opts.variant == "broadcast";
    let regions = Regions { pool: &pool, threads: opts.threads, broadcast, inside };
    let (hot, hot_shared, cold, cold_shared) =
        if inside { pool.install(|| regions.measure(opts)) } else { regions.measure(opts) };
    opts.line("", "hot", hot.ns, "ns", hot.cores);
    opts.line("", "hot, share on 2+ threads", hot_shared, "of 1", -1.0);
    opts.line("", "after 5 ms, p50", percentile(&cold, 0.5), "ns", -1.0);
    opts.line("", "after 5 ms, p90", percentile(&cold, 0.9), "ns", -1.0);
    opts.line("", "after 5 ms, share on 2+ threads", cold_shared, "of 1", -1.0);
}
