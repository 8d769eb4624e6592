// clock.hpp: wall time, processor time, naps, and the statistics made of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <vector>

namespace bench {

inline std::uint64_t read_clock(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000u +
           static_cast<std::uint64_t>(t.tv_nsec);
}

inline std::uint64_t now_ns() { return read_clock(CLOCK_MONOTONIC); }

// Processor time of all threads of this process.
inline std::uint64_t cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

inline void nap_ns(std::uint64_t ns) {
    timespec t{static_cast<time_t>(ns / 1'000'000'000u), static_cast<long>(ns % 1'000'000'000u)};
    nanosleep(&t, nullptr);
}

// Nearest-rank percentile; p in 0..1.
inline double percentile(std::vector<double> values, double p) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    auto rank = static_cast<std::size_t>(p * static_cast<double>(values.size()));
    return values[std::min(rank, values.size() - 1)];
}

inline double median(const std::vector<double>& values) { return percentile(values, 0.5); }

// What a repeated measurement gives: nanoseconds per repetition, and the cores it kept busy.
struct timing {
    double ns = 0;  // the median
    double cores = 0;
    double fastest_ns = 0;
};

struct repeat_rule {
    std::size_t least = 3;                  // repetitions, whatever they cost
    std::uint64_t enough_ns = 300'000'000;  // stop after this much time ...
    std::size_t most = 1001;                // ... or after so many repetitions
};

// The median time of body over repetitions. Call body once beforehand to warm up.
template <class Body>
timing repeat(const repeat_rule& rule, Body&& body) {
    std::vector<double> times;
    std::uint64_t wall = 0;
    std::uint64_t cpu = 0;
    while (times.size() < rule.least || (wall < rule.enough_ns && times.size() < rule.most)) {
        std::uint64_t cpu_before = cpu_ns();
        std::uint64_t before = now_ns();
        body();
        std::uint64_t spent = now_ns() - before;
        cpu += cpu_ns() - cpu_before;
        wall += spent;
        times.push_back(static_cast<double>(spent));
    }
    return {median(times), static_cast<double>(cpu) / static_cast<double>(wall),
            *std::min_element(times.begin(), times.end())};
}

}  // namespace bench
