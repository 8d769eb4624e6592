// idle.hpp: what a pool costs while it has nothing to do, right after it had something to do.
#pragma once

#include <bench/cases/warm.hpp>
#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/process.hpp>
#include <bench/support/report.hpp>
#include <cstdint>

namespace bench {

// The processor time counts from the end of the work, so that a pool that spins for a while first
// pays for it; wake-ups count from one second later, in the steady state.
template <class Runtime>
void run_idle(const options& opts) {
    if constexpr (can_warm<Runtime>) {
        std::uint64_t seconds = opts.number("seconds", 10);
        Runtime runtime(opts);
        warm(runtime, opts.threads);
        std::uint64_t cpu_before = cpu_ns();
        std::uint64_t before = now_ns();
        nap_ns(1'000'000'000);
        thread_counts settled = count_other_threads();
        nap_ns((seconds - 1) * 1'000'000'000);
        thread_counts after = count_other_threads();
        double wall = static_cast<double>(now_ns() - before);
        double cpu = static_cast<double>(cpu_ns() - cpu_before);
        double steady = wall / 1e9 - 1;
        reporter report(Runtime::name, opts);
        params p;
        p.add("seconds", seconds);
        report.line(p, "processor time", 100 * cpu / wall, "% of a core");
        report.line(p, "wake-ups per second",
                    static_cast<double>(after.sleeps - settled.sleeps) / steady, "1/s");
        report.line(p, "pool threads", static_cast<double>(after.threads), "threads");
    }
}

}  // namespace bench
