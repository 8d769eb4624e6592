//! Command line, clocks, statistics, the JSON line, and what the kernel says about this process.
//! The counterpart of bench/support.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

pub fn fail(message: &str) -> ! {
    eprintln!("bench: {}", message);
    std::process::exit(2);
}

pub struct Options {
    pub case: String,
    pub variant: String,
    pub threads: usize,
    values: HashMap<String, String>,
}

impl Options {
    pub fn from_args() -> Options {
        let args: Vec<String> = std::env::args().collect();
        if args.len() < 2 {
            fail("usage: list | <case> [--threads N] [--variant NAME] [--key value]...");
        }
        let mut values = HashMap::new();
        for pair in args[2..].chunks(2) {
            if pair.len() != 2 || !pair[0].starts_with("--") {
                fail(&format!("bad argument {}", pair[0]));
            }
            values.insert(pair[0][2..].to_string(), pair[1].clone());
        }
        let case = args[1].clone();
        let mut opts = Options { case, variant: String::new(), threads: 1, values };
        opts.threads = opts.number("threads", 1) as usize;
        opts.variant = opts.text("variant", "");
        opts
    }

    pub fn number(&self, key: &str, fallback: u64) -> u64 {
        match self.values.get(key) {
            Some(text) => text.parse().unwrap_or_else(|_| fail(&format!("--{}: no number", key))),
            None => fallback,
        }
    }

    pub fn text(&self, key: &str, fallback: &str) -> String {
        self.values.get(key).cloned().unwrap_or_else(|| fallback.to_string())
    }

    pub fn pool(&self) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(self.threads).build().unwrap()
    }

    /// Prints one measurement. `params` is the inside of a JSON object; a negative `cores` means
    /// that it was not measured.
    pub fn line(&self, params: &str, metric: &str, value: f64, unit: &str, cores: f64) {
        let cores = if cores < 0.0 { String::new() } else { format!(", \"cores\": {:.3}", cores) };
        println!(
            "{{\"case\": \"{}\", \"params\": {{{}}}, \"runtime\": \"{}\", \"variant\": \"{}\", \
             \"threads\": {}, \"metric\": \"{}\", \"value\": {:?}, \"unit\": \"{}\"{}}}",
            self.case, params, crate::NAME, self.variant, self.threads, metric, value, unit, cores
        );
    }
}

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

/// struct rusage of Linux: two times, then counters of one word each.
#[repr(C)]
struct Usage {
    times: [i64; 4],
    counters: [isize; 14],
}

extern "C" {
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
    fn getrusage(who: i32, usage: *mut Usage) -> i32;
}

/// Voluntary and involuntary context switches of all threads of this process.
pub fn count_switches() -> (u64, u64) {
    let mut usage = Usage { times: [0; 4], counters: [0; 14] };
    unsafe { getrusage(0, &mut usage) }; // RUSAGE_SELF
    (usage.counters[12] as u64, usage.counters[13] as u64)
}

fn read_clock(clock: i32) -> u64 {
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(clock, &mut time) };
    time.seconds as u64 * 1_000_000_000 + time.nanoseconds as u64
}

pub fn now_ns() -> u64 {
    read_clock(1) // CLOCK_MONOTONIC
}

/// Processor time of all threads of this process.
pub fn cpu_ns() -> u64 {
    read_clock(2) // CLOCK_PROCESS_CPUTIME_ID
}

pub fn nap_ns(ns: u64) {
    std::thread::sleep(Duration::from_nanos(ns));
}

pub fn percentile(values: &[f64], p: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let rank = (p * sorted.len() as f64) as usize;
    sorted[rank.min(sorted.len() - 1)]
}

pub fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

/// Nanoseconds per repetition, and the cores kept busy.
#[derive(Default)]
pub struct Timing {
    pub ns: f64,
    pub cores: f64,
}

pub struct RepeatRule {
    pub least: usize,
    pub enough_ns: u64,
    pub most: usize,
}

pub const USUAL: RepeatRule = RepeatRule { least: 3, enough_ns: 300_000_000, most: 1001 };

pub fn repeat(rule: &RepeatRule, mut body: impl FnMut()) -> Timing {
    let mut times = Vec::new();
    let (mut wall, mut cpu) = (0, 0);
    while times.len() < rule.least || (wall < rule.enough_ns && times.len() < rule.most) {
        let cpu_before = cpu_ns();
        let before = now_ns();
        body();
        let spent = now_ns() - before;
        cpu += cpu_ns() - cpu_before;
        wall += spent;
        times.push(spent as f64);
    }
    Timing { ns: median(&times), cores: cpu as f64 / wall as f64 }
}

#[derive(Default)]
pub struct Duel {
    pub serial_ns: f64,
    pub parallel_ns: f64,
    pub cores: f64,
}

struct Block {
    times: Vec<f64>,
    wall: u64,
    cpu: u64,
}

impl Block {
    fn new() -> Block {
        Block { times: Vec::new(), wall: 0, cpu: 0 }
    }

    /// Repeats body for about 20 ms, at least once, after an untimed warm-up if it is short.
    fn run(&mut self, body: &mut impl FnMut()) {
        const BLOCK_NS: u64 = 20_000_000;
        let mut warm = false;
        let mut spent = 0;
        while spent < BLOCK_NS {
            let cpu_before = cpu_ns();
            let before = now_ns();
            body();
            let took = now_ns() - before;
            if !warm && took < BLOCK_NS {
                warm = true;
                continue;
            }
            self.cpu += cpu_ns() - cpu_before;
            self.wall += took;
            spent += took;
            self.times.push(took as f64);
        }
    }
}

/// Alternates blocks of the serial and of the parallel form, as bench/cases/against_serial.hpp.
pub fn against_serial(mut serial: impl FnMut(), mut parallel: impl FnMut()) -> Duel {
    let mut plain = Block::new();
    let mut shared = Block::new();
    let start = Instant::now();
    let mut blocks = 0;
    while blocks < 3 || (blocks < 9 && start.elapsed() < Duration::from_millis(300)) {
        plain.run(&mut serial);
        shared.run(&mut parallel);
        blocks += 1;
    }
    Duel {
        serial_ns: median(&plain.times),
        parallel_ns: median(&shared.times),
        cores: shared.cpu as f64 / shared.wall as f64,
    }
}

fn status_number(file: &str, key: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let prefix = format!("{}:", key);
    text.lines()
        .find(|line| line.starts_with(&prefix))
        .and_then(|line| line[prefix.len()..].split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

pub fn peak_rss_kib() -> u64 {
    status_number("/proc/self/status", "VmHWM")
}

pub fn anonymous_kib() -> u64 {
    status_number("/proc/self/status", "RssAnon")
}

/// Threads and voluntary context switches of all threads but the calling one.
pub fn count_other_threads() -> (u64, u64) {
    let own = fs::read_link("/proc/thread-self").unwrap();
    let (mut threads, mut sleeps) = (0, 0);
    for entry in fs::read_dir("/proc/self/task").unwrap() {
        let path = entry.unwrap().path();
        if path.file_name() == own.file_name() {
            continue;
        }
        threads += 1;
        sleeps += status_number(path.join("status").to_str().unwrap(), "voluntary_ctxt_switches");
    }
    (threads, sleeps)
}
