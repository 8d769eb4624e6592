// against_serial.hpp: times a parallel loop against the same loop written plainly, in one process.
//
// The two alternate in blocks, so that a change of clock speed hits both. Within a block a short
// loop is repeated back to back, so that its figure is that of a warm pool.
#pragma once

#include <bench/support/clock.hpp>
#include <cstdint>
#include <vector>

namespace bench {

struct duel {
    double serial_ns = 0;
    double parallel_ns = 0;
    double cores = 0;  // kept busy by the parallel form
};

// One block: repeats body for about 20 ms, at least once, after an untimed warm-up if it is short.
template <class Body>
void timed_block(std::vector<double>& times, std::uint64_t& wall, std::uint64_t& cpu, Body&& body) {
    constexpr std::uint64_t block_ns = 20'000'000;
    bool warm = false;
    std::uint64_t spent = 0;
    while (spent < block_ns) {
        std::uint64_t cpu_before = cpu_ns();
        std::uint64_t before = now_ns();
        body();
        std::uint64_t took = now_ns() - before;
        if (!warm && took < block_ns) {
            warm = true;
            continue;
        }
        cpu += cpu_ns() - cpu_before;
        wall += took;
        spent += took;
        times.push_back(static_cast<double>(took));
    }
}

template <class Serial, class Parallel>
duel against_serial(Serial&& serial, Parallel&& parallel) {
    std::vector<double> serial_times;
    std::vector<double> parallel_times;
    std::uint64_t unused = 0;
    std::uint64_t wall = 0;
    std::uint64_t cpu = 0;
    std::uint64_t start = now_ns();
    for (int block = 0; block < 3 || (block < 9 && now_ns() - start < 300'000'000); ++block) {
        timed_block(serial_times, unused, unused, serial);
        timed_block(parallel_times, wall, cpu, parallel);
    }
    return {median(serial_times), median(parallel_times),
            static_cast<double>(cpu) / static_cast<double>(wall)};
}

}  // namespace bench
