// uneven.hpp: ten thousand items of very different cost. A static split leaves one worker idle;
// what is measured is how much of the workers' time becomes useful work.
#pragma once

#include <bench/cases/against_serial.hpp>
#include <bench/cases/loop.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct uneven_item {
    const std::uint32_t* cost;
    std::uint32_t* out;
    void operator()(std::size_t i) const { out[i] = static_cast<std::uint32_t>(chain(i, cost[i])); }
};

template <class Runtime>
void run_uneven(const options& opts) {
    if constexpr (requires(Runtime r, uneven_item body) { r.loop(std::size_t{1}, body); }) {
        std::size_t items = opts.number("items", 10'000);
        std::uint64_t unit = opts.number("rounds", 300);
        std::string shape = opts.text("shape", "tail_end");
        auto cost = cost_shape(shape, items, unit);
        std::vector<std::uint32_t> out(items);
        Runtime runtime(opts);
        duel result;
        runtime.inside([&] {
            result = loop_duel(runtime, items, uneven_item{cost.data(), out.data()}, out);
        });
        reporter report(Runtime::name, opts);
        params p;
        p.add("shape", shape).add("items", items).add("rounds", unit);
        double efficiency = result.serial_ns / (result.parallel_ns * opts.threads);
        report.line(p, "efficiency", efficiency, "of 1", result.cores);
    }
}

}  // namespace bench
