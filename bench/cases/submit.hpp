// submit.hpp: from the moment a thread outside the pool submits a task to the moment it starts.
//
//     cold       the pool was idle for 5 ms; the submitter sleeps until the task has started
//     cold_spin  the same, but the submitter stays on its processor: a kernel that puts the woken
//                thread behind its waker then shows a whole time slice
//     hot        the next task is submitted as soon as the previous one has started
#pragma once

#include <atomic>
#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

// Written by the task, read by the submitter. It must outlive the task, hence one per process.
inline std::atomic<std::uint64_t> started_at{0};

struct submit_task {
    void operator()() const { started_at.store(now_ns(), std::memory_order_release); }
};

enum class submit_mode { cold, cold_spin, hot };

// Waits the way the mode says, and answers when the task started.
inline std::uint64_t await_start(submit_mode mode) {
    std::uint64_t start = 0;
    while ((start = started_at.load(std::memory_order_acquire)) == 0) {
        if (mode == submit_mode::cold) nap_ns(50'000);
    }
    return start;
}

template <class Runtime>
void run_submit(const options& opts) {
    if constexpr (requires(Runtime r, submit_task t) { r.submit(t); }) {
        std::string name = opts.text("mode", "cold");
        submit_mode mode = name == "hot"         ? submit_mode::hot
                           : name == "cold_spin" ? submit_mode::cold_spin
                                                 : submit_mode::cold;
        std::size_t samples = opts.number("samples", mode == submit_mode::hot ? 20'000 : 400);
        Runtime runtime(opts);
        std::vector<double> delays;
        std::size_t warm_up = samples / 10;
        for (std::size_t i = 0; i < samples + warm_up; ++i) {
            if (mode != submit_mode::hot) nap_ns(5'000'000);
            started_at.store(0, std::memory_order_relaxed);
            std::uint64_t before = now_ns();
            runtime.submit(submit_task{});
            std::uint64_t start = await_start(mode);
            if (i >= warm_up) delays.push_back(static_cast<double>(start - before));
        }
        reporter report(Runtime::name, opts);
        params p;
        p.add("mode", name).add("samples", samples);
        report.line(p, "p50", percentile(delays, 0.50), "ns");
        report.line(p, "p99", percentile(delays, 0.99), "ns");
    }
}

}  // namespace bench
