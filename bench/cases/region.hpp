// region.hpp: an empty parallel region of as many bodies as threads: the price of going parallel.
//
// Hot: regions back to back. Cold: after 5 ms in which the pool had nothing to do. A runtime that
// lets the calling thread run every body pays nothing and gains nothing, so next to each time
// stands the share of regions whose bodies ran on more than one thread.
#pragma once

#include <atomic>
#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bench {

// Its address tells threads apart at the price of one store, where a thread id costs a call.
inline thread_local char thread_mark;

// One slot per body, on its own cache line, holding who ran it.
class attendance {
  public:
    explicit attendance(unsigned bodies) : bodies_(bodies), slots_(new slot[bodies]) {}

    void sign(std::size_t body) { slots_[body].who.store(&thread_mark, std::memory_order_relaxed); }

    // Whether the bodies of the last region ran on more than one thread; wipes the list.
    bool was_shared() {
        const void* first = slots_[0].who.load(std::memory_order_relaxed);
        bool shared = false;
        for (unsigned i = 0; i < bodies_; ++i) {
            const void* who = slots_[i].who.load(std::memory_order_relaxed);
            if (who == nullptr) fail("region: a body did not run");
            shared = shared || who != first;
            slots_[i].who.store(nullptr, std::memory_order_relaxed);
        }
        return shared;
    }

  private:
    struct alignas(128) slot {
        std::atomic<const void*> who{nullptr};
    };
    unsigned bodies_;
    std::unique_ptr<slot[]> slots_;
};

struct region_result {
    timing hot;
    double hot_shared = 0;
    double cold_p50 = 0;
    double cold_p90 = 0;
    double cold_shared = 0;
};

// region(body) must open one region. Batches of at least 2 ms, because one hot region is shorter
// than the clock is exact.
template <class Region>
timing hot_regions(Region&& region, bool quick) {
    auto batch = [&](std::size_t count) {
        std::uint64_t before = now_ns();
        for (std::size_t i = 0; i < count; ++i) region([](std::size_t) { clobber(); });
        return now_ns() - before;
    };
    std::size_t count = 1;
    while (batch(count) < 2'000'000) count *= 2;
    timing result =
        repeat({.least = 9, .enough_ns = quick ? 50'000'000u : 300'000'000u, .most = 99},
               [&] { batch(count); });
    result.ns /= static_cast<double>(count);
    return result;
}

template <class Region>
double hot_sharing(Region&& region, unsigned threads) {
    attendance list(threads);
    std::size_t shared = 0;
    std::size_t total = 0;
    std::uint64_t end = now_ns() + 50'000'000;
    while (now_ns() < end || total < 100) {
        region([&](std::size_t body) { list.sign(body); });
        shared += list.was_shared() ? 1 : 0;
        ++total;
    }
    return static_cast<double>(shared) / static_cast<double>(total);
}

template <class Region>
void cold_regions(Region&& region, const options& opts, region_result& result) {
    attendance list(opts.threads);
    std::vector<double> times;
    std::size_t shared = 0;
    std::size_t count = opts.number("cold", 200);
    for (std::size_t i = 0; i < count; ++i) {
        nap_ns(5'000'000);
        std::uint64_t before = now_ns();
        region([&](std::size_t body) { list.sign(body); });
        times.push_back(static_cast<double>(now_ns() - before));
        shared += list.was_shared() ? 1 : 0;
    }
    result.cold_p50 = percentile(times, 0.5);
    result.cold_p90 = percentile(times, 0.9);
    result.cold_shared = static_cast<double>(shared) / static_cast<double>(count);
}

template <class Region>
region_result measure_regions(Region&& region, const options& opts) {
    region_result result;
    result.hot = hot_regions(region, opts.number("quick", 0) != 0);
    result.hot_shared = hot_sharing(region, opts.threads);
    cold_regions(region, opts, result);
    return result;
}

template <class Runtime, bool FromInside>
void run_region(const options& opts) {
    auto nothing = [](std::size_t) {};
    region_result result;
    if constexpr (FromInside && requires(Runtime r) { r.region_inside(nothing); }) {
        Runtime runtime(opts);
        runtime.inside([&] {
            result = measure_regions([&](auto&& body) { runtime.region_inside(body); }, opts);
        });
    } else if constexpr (!FromInside && requires(Runtime r) { r.region_outside(nothing); }) {
        Runtime runtime(opts);
        result = measure_regions([&](auto&& body) { runtime.region_outside(body); }, opts);
    } else {
        fail("region: not offered");
    }
    reporter report(Runtime::name, opts);
    params p;
    report.line(p, "hot", result.hot.ns, "ns", result.hot.cores);
    report.line(p, "hot, share on 2+ threads", result.hot_shared, "of 1");
    report.line(p, "after 5 ms, p50", result.cold_p50, "ns");
    report.line(p, "after 5 ms, p90", result.cold_p90, "ns");
    report.line(p, "after 5 ms, share on 2+ threads", result.cold_shared, "of 1");
}

}  // namespace bench
