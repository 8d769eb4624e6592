// ticker.hpp: short tasks beside long loops. A thread outside the pool submits a task of about 50 us
// every few milliseconds, while another runs loops of about 100 ms on the pool, one behind the
// other; what is measured is the time from the submission of a task to its end.
//
// The submitter keeps to its times whether or not the earlier tasks have ended, so that a runtime
// that makes them wait is asked as often as one that does not.
#pragma once

#include <algorithm>
#include <atomic>
#include <bench/cases/loop.hpp>
#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace bench {

struct tick {
    std::uint64_t submitted = 0;
    std::atomic<std::uint64_t> ended{0};
};

struct tick_task {
    tick* mine;
    std::uint64_t rounds;

    void operator()() const {
        keep(chain(mine->submitted, rounds));
        if (mine->ended.exchange(now_ns(), std::memory_order_release) != 0) {
            fail("ticker: a task ran twice");
        }
    }
};

// Between 2 and 8 ms, without a pattern that a loop could fall in step with.
inline void nap_before(std::size_t tick_number) {
    nap_ns(2'000'000 + mix(tick_number) % 6'000'000);
}

// From submission to end, in nanoseconds.
inline double await_tick(const tick& one) {
    const std::uint64_t deadline = now_ns() + 20'000'000'000;
    std::uint64_t ended = 0;
    while ((ended = one.ended.load(std::memory_order_acquire)) == 0) {
        if (now_ns() > deadline) fail("ticker: a task was lost");
        nap_ns(1'000'000);
    }
    return static_cast<double>(ended - one.submitted);
}

template <class Runtime>
std::vector<double> delays_of_ticks(Runtime& runtime, std::size_t samples, std::uint64_t rounds) {
    std::vector<tick> ticks(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        nap_before(i);
        ticks[i].submitted = now_ns();
        runtime.submit(tick_task{&ticks[i], rounds});
    }
    std::vector<double> delays;
    for (const tick& one : ticks) delays.push_back(await_tick(one));
    return delays;
}

// The loops, and what they must compute.
class looper {
  public:
    looper(std::size_t items, std::uint64_t rounds)
        : in_(items, 1u), out_(items), item_{in_.data(), out_.data(), rounds} {
        serial_loop(items, item_);
        expected_ = out_;
    }

    // Enters the pool anew for each loop, as a program does that has other things to do as well.
    template <class Runtime>
    void run_until(const std::atomic<bool>& stop, Runtime& runtime) {
        while (!stop.load(std::memory_order_relaxed)) {
            std::fill(out_.begin(), out_.end(), 0u);
            const std::uint64_t before = now_ns();
            runtime.inside([&] { runtime.loop(out_.size(), item_); });
            times_.push_back(static_cast<double>(now_ns() - before));
            if (out_ != expected_) fail("ticker: wrong result");
        }
    }

    [[nodiscard]] double median_ns() const { return median(times_); }

  private:
    std::vector<std::uint32_t> in_;
    std::vector<std::uint32_t> out_;
    std::vector<std::uint32_t> expected_;
    std::vector<double> times_;
    chain_item item_;
};

struct ticker_result {
    std::vector<double> delays;
    double cores = 0;
};

template <class Runtime>
ticker_result tick_beside(looper& loops, Runtime& runtime, std::size_t samples,
                          std::uint64_t rounds) {
    ticker_result result;
    std::atomic<bool> stop{false};
    const std::uint64_t cpu_before = cpu_ns();
    const std::uint64_t before = now_ns();
    std::thread other([&] { loops.run_until(stop, runtime); });
    result.delays = delays_of_ticks(runtime, samples, rounds);
    stop.store(true, std::memory_order_relaxed);
    other.join();
    const auto wall = static_cast<double>(now_ns() - before);
    result.cores = static_cast<double>(cpu_ns() - cpu_before) / wall;
    return result;
}

template <class Runtime>
void run_ticker(const options& opts) {
    if constexpr (requires(Runtime r, tick_task task, chain_item body) {
                      r.submit(task);
                      r.loop(std::size_t{1}, body);
                  }) {
        const std::size_t samples = opts.number("samples", 1'000);
        const std::size_t items = opts.number("items_each", 100'000);
        const std::uint64_t rounds = opts.number("rounds", 300);
        looper loops(items * opts.threads, rounds);
        Runtime runtime(opts);
        const ticker_result result = tick_beside(loops, runtime, samples, 50 * rounds);
        reporter report(Runtime::name, opts);
        params p;
        p.add("samples", samples).add("items_each", items).add("rounds", rounds);
        report.line(p, "p50", percentile(result.delays, 0.50) / 1e3, "us");
        report.line(p, "p99", percentile(result.delays, 0.99) / 1e3, "us");
        report.line(p, "time of a loop", loops.median_ns() / 1e6, "ms", result.cores);
    }
}

}  // namespace bench
