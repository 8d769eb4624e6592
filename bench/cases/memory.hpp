// memory.hpp: the memory that a pool of many workers holds after work.
#pragma once

#include <bench/cases/warm.hpp>
#include <bench/support/options.hpp>
#include <bench/support/process.hpp>
#include <bench/support/report.hpp>
#include <cstdint>

namespace bench {

// Counts anonymous resident memory only: stacks, heaps and queues as far as they were touched, not
// the pages of shared libraries. The kernel's own memory per thread is not in it.
template <class Runtime>
void run_memory(const options& opts) {
    if constexpr (can_warm<Runtime>) {
        std::uint64_t before = anonymous_kib();
        Runtime runtime(opts);
        warm(runtime, opts.threads);
        std::uint64_t after = anonymous_kib();
        reporter report(Runtime::name, opts);
        params p;
        double growth = static_cast<double>(after) - static_cast<double>(before);
        report.line(p, "committed per worker", growth / opts.threads, "KiB");
        report.line(p, "peak RSS", static_cast<double>(peak_rss_kib()), "KiB");
    }
}

}  // namespace bench
