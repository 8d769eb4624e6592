// sum.hpp: the sum of a hundred million integers, which is bound by memory as soon as the compiler
// vectorises it. The program bench_ceiling says how fast this machine can read at all.
#pragma once

#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

inline std::vector<std::int32_t> sum_input(std::size_t items) {
    std::vector<std::int32_t> values(items);
    for (std::size_t i = 0; i < items; ++i) values[i] = static_cast<std::int32_t>(i % 1000) - 300;
    return values;
}

inline std::int64_t sum_expected(std::size_t items) {
    std::int64_t full = static_cast<std::int64_t>(items / 1000) * (499'500 - 300'000);
    auto rest = static_cast<std::int64_t>(items % 1000);
    return full + rest * (rest - 1) / 2 - 300 * rest;
}

inline void report_sum(const char* runtime, const options& opts, std::size_t items,
                       const timing& result) {
    reporter report(runtime, opts);
    params p;
    p.add("items", items);
    double bytes = static_cast<double>(items * sizeof(std::int32_t));
    report.line(p, "bandwidth", bytes / result.ns, "GB/s", result.cores);
}

template <class Runtime>
void run_sum(const options& opts) {
    if constexpr (requires(Runtime r, const std::int32_t* p) { r.sum(p, std::size_t{1}); }) {
        std::size_t items = opts.number("items", 100'000'000);
        auto values = sum_input(items);
        Runtime runtime(opts);
        timing result;
        auto once = [&] {
            if (runtime.sum(values.data(), items) != sum_expected(items)) fail("sum: wrong result");
        };
        runtime.inside([&] {
            once();
            result = repeat({.least = 5, .enough_ns = 300'000'000}, once);
        });
        report_sum(Runtime::name, opts, items, result);
    }
}

}  // namespace bench
