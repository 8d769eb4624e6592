// spawn.hpp: a million small closures spawned into one scope by one thread, and the wait for all.
#pragma once

#include <algorithm>
#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/process.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

// Writes its own number, so that a task that was lost or ran twice on the wrong index shows.
struct spawn_task {
    std::uint32_t* out;
    void operator()(std::size_t i) const { out[i] = static_cast<std::uint32_t>(i) + 1; }
};

inline void check_tasks(std::vector<std::uint32_t>& out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i] != static_cast<std::uint32_t>(i) + 1) fail("spawn: a task was lost");
    }
    std::fill(out.begin(), out.end(), 0u);
}

template <class Runtime>
void run_spawn(const options& opts) {
    if constexpr (requires(Runtime r, spawn_task t) { r.spawn_all(std::size_t{1}, t); }) {
        std::size_t tasks = opts.number("tasks", 1'000'000);
        std::vector<std::uint32_t> out(tasks);
        Runtime runtime(opts);
        std::vector<double> times;
        std::uint64_t wall = 0;
        std::uint64_t cpu = 0;
        runtime.inside([&] {
            for (int round = 0; round < 6; ++round) {
                std::uint64_t cpu_before = cpu_ns();
                std::uint64_t before = now_ns();
                runtime.spawn_all(tasks, spawn_task{out.data()});
                std::uint64_t took = now_ns() - before;
                std::uint64_t used = cpu_ns() - cpu_before;
                check_tasks(out);
                if (round == 0) continue;  // the first round pays for fresh memory
                wall += took;
                cpu += used;
                times.push_back(static_cast<double>(took));
            }
        });
        reporter report(Runtime::name, opts);
        params p;
        p.add("tasks", tasks);
        report.line(p, "time per task", median(times) / static_cast<double>(tasks), "ns",
                    static_cast<double>(cpu) / static_cast<double>(wall));
        report.line(p, "peak RSS", static_cast<double>(peak_rss_kib()), "KiB");
    }
}

}  // namespace bench
