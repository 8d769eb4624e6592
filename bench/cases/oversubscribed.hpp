// oversubscribed.hpp: many more workers than processors. compare.py runs it with as many workers as
// processors and with 64, and shows how much of the speed is left.
#pragma once

#include <bench/cases/fib.hpp>
#include <bench/cases/loop.hpp>
#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

template <class Runtime>
void run_oversubscribed(const options& opts) {
    if constexpr (requires(Runtime r, chain_item body) {
                      r.fib(1u);
                      r.loop(std::size_t{1}, body);
                  }) {
        auto n = static_cast<unsigned>(opts.number("n", 27));
        std::size_t items = opts.number("items", 1'000'000);
        std::uint64_t rounds = opts.number("rounds", 30);
        std::string work = opts.text("work", "fib");
        std::vector<std::uint32_t> in(items, 1u);
        std::vector<std::uint32_t> out(items);
        chain_item item{in.data(), out.data(), rounds};
        Runtime runtime(opts);
        timing result;
        auto once = [&] {
            if (work == "fib") checked_fib(runtime, n);
            if (work == "loop") runtime.loop(items, item);
        };
        runtime.inside([&] {
            once();
            result = repeat({.least = 3, .enough_ns = 300'000'000}, once);
        });
        reporter report(Runtime::name, opts);
        params p;
        p.add("work", work);
        if (work == "fib") p.add("n", n);
        if (work == "loop") p.add("items", items).add("rounds", rounds);
        report.line(p, "time", result.ns / 1e3, "us", result.cores);
    }
}

}  // namespace bench
