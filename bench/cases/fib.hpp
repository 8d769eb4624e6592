// fib.hpp: recursive fork-join without a cutoff. The work per fork is next to nothing, so the time
// per fork is the price of one fork and one join.
#pragma once

#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <string>

namespace bench {

template <class Runtime>
void checked_fib(Runtime& runtime, unsigned n) {
    if (runtime.fib(n) != fib_value(n)) fail("fib: wrong result");
}

// With --once 1 it computes the value a single time and times nothing: compare.py counts the
// instructions of two such runs and takes the difference.
template <class Runtime>
void run_fib(const options& opts) {
    if constexpr (requires(Runtime r) { r.fib(1u); }) {
        auto n = static_cast<unsigned>(opts.number("n", 33));
        Runtime runtime(opts);
        timing result;
        runtime.inside([&] {
            if (opts.number("once", 0) != 0) return checked_fib(runtime, n);
            checked_fib(runtime, n > 8 ? n - 8 : n);
            result =
                repeat({.least = 3, .enough_ns = 300'000'000}, [&] { checked_fib(runtime, n); });
        });
        if (opts.number("once", 0) != 0) return;
        reporter out(Runtime::name, opts);
        params p;
        p.add("n", n);
        out.line(p, "time per fork", result.ns / static_cast<double>(fib_forks(n)), "ns",
                 result.cores);
    }
}

}  // namespace bench
