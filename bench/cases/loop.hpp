// loop.hpp: a parallel loop over equal items, from a body of one addition to one of a microsecond,
// with no hint about the grain.
#pragma once

#include <bench/cases/against_serial.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace bench {

// The body of nothing: one load, one addition, one store, which the compiler may vectorise.
struct trivial_item {
    const std::uint32_t* in;
    std::uint32_t* out;
    void operator()(std::size_t i) const { out[i] = in[i] + 1; }
};

struct chain_item {
    const std::uint32_t* in;
    std::uint32_t* out;
    std::uint64_t rounds;
    void operator()(std::size_t i) const {
        out[i] = static_cast<std::uint32_t>(chain(in[i], rounds));
    }
};

// Not inlined, so that the loop is compiled by itself: within a larger function g++ made of the
// same lines a loop that was 1.5 times slower, and every speed-up was that much too good.
template <class Item>
[[gnu::noinline]] void serial_loop(std::size_t items, const Item& item) {
    Item mine = item;
    for (std::size_t i = 0; i < items; ++i) mine(i);
    clobber();
}

inline std::uint64_t checksum(const std::vector<std::uint32_t>& values) {
    return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

template <class Runtime, class Item>
duel loop_duel(Runtime& runtime, std::size_t items, const Item& item,
               std::vector<std::uint32_t>& out) {
    serial_loop(items, item);
    std::uint64_t expected = checksum(out);
    std::fill(out.begin(), out.end(), 0u);
    runtime.loop(items, item);
    if (checksum(out) != expected) fail("loop: wrong result");
    return against_serial([&] { serial_loop(items, item); }, [&] { runtime.loop(items, item); });
}

template <class Runtime>
void run_loop(const options& opts) {
    if constexpr (requires(Runtime r, trivial_item body) { r.loop(std::size_t{1}, body); }) {
        std::size_t items = opts.number("items", 1'000'000);
        std::uint64_t rounds = opts.number("rounds", 0);
        std::vector<std::uint32_t> in(items);
        std::vector<std::uint32_t> out(items);
        std::iota(in.begin(), in.end(), 1u);
        Runtime runtime(opts);
        duel result;
        runtime.inside([&] {
            result =
                rounds == 0
                    ? loop_duel(runtime, items, trivial_item{in.data(), out.data()}, out)
                    : loop_duel(runtime, items, chain_item{in.data(), out.data(), rounds}, out);
        });
        reporter report(Runtime::name, opts);
        params p;
        p.add("body_ns", opts.number("body_ns", 0)).add("items", items).add("rounds", rounds);
        report.line(p, "time", result.parallel_ns / 1e3, "us", result.cores);
        report.line(p, "speed-up", result.serial_ns / result.parallel_ns, "x");
    }
}

}  // namespace bench
