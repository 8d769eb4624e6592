//! bench_rayon: the cases of the comparison on Rayon, with the command line of the C++ programs.
//!
//! It mirrors bench/cases (what is measured) and bench/support (how) step for step; where the two
//! could drift apart, the C++ side is the original.

mod algorithms;
mod cases;
mod harness;
mod region;
mod short;
mod tasks;
mod tree;
mod work;

use harness::Options;

const NAME: &str = "rayon";

/// The ways in which a case is run, the natural one first.
const CASES: &[(&str, &[&str])] = &[
    ("fib", &[""]),
    ("region_inside", &["par_iter", "broadcast"]),
    ("region_outside", &["par_iter", "broadcast"]),
    ("loop", &[""]),
    ("uneven", &["", "max_len=1"]),
    ("sum", &[""]),
    ("spawn", &[""]),
    ("submit", &[""]),
    ("tree", &["par_iter", "scope", "join_split"]),
    ("big_recursion", &["scope", "par_iter"]),
    ("stencil", &[""]),
    ("ticker", &[""]),
    ("idle", &[""]),
    ("memory", &[""]),
    ("oversubscribed", &[""]),
];

fn list() {
    let mut cases: Vec<String> = CASES
        .iter()
        .map(|(name, variants)| {
            let quoted: Vec<String> = variants.iter().map(|v| format!("\"{}\"", v)).collect();
            format!("\"{}\": [{}]", name, quoted.join(", "))
        })
        .collect();
    for op in algorithms::OPERATIONS {
        cases.push(format!("\"{}{}\": [\"\"]", algorithms::PREFIX, op));
    }
    println!("{{\"runtime\": \"{}\", \"cases\": {{{}}}}}", NAME, cases.join(", "));
}

fn main() {
    let opts = Options::from_args();
    if opts.case == "list" {
        return list();
    }
    if opts.case.starts_with(algorithms::PREFIX) {
        return algorithms::run(&opts);
    }
    let known = CASES.iter().any(|(name, variants)| {
        *name == opts.case && variants.contains(&opts.variant.as_str())
    });
    if !known {
        harness::fail(&format!("rayon has no case {} '{}'", opts.case, opts.variant));
    }
    match opts.case.as_str() {
        "fib" => cases::fib(&opts),
        "region_inside" => region::run(&opts, true),
        "region_outside" => region::run(&opts, false),
        "loop" => cases::even_loop(&opts),
        "uneven" => cases::uneven(&opts),
        "sum" => cases::sum(&opts),
        "spawn" => tasks::spawn(&opts),
        "submit" => tasks::submit(&opts),
        "tree" => tree::tree(&opts),
        "big_recursion" => tree::big_recursion(&opts),
        "stencil" => short::stencil(&opts),
        "ticker" => short::ticker(&opts),
        "idle" => tasks::idle(&opts),
        "memory" => tasks::memory(&opts),
        _ => cases::oversubscribed(&opts),
    }
}
