// The counters of one worker.
#include "telemetry/counters.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "support/effort.hpp"

namespace {

using veda::rt::counter;
using veda::rt::counter_count;
using veda::rt::counters;

TEST(Counters, Empty) {
    const counters counts;
    for (std::uint32_t id = 0; id < counter_count; ++id)
        EXPECT_EQ(counts.read(static_cast<counter>(id)), 0u) << id;
}

TEST(Counters, Smoke) {
    counters counts;
    counts.add(counter::stolen);
    counts.add(counter::stolen, 41);
    EXPECT_EQ(counts.read(counter::stolen), 42u);
}

TEST(Counters, EachCountsAlone) {
    counters counts;
    for (std::uint32_t id = 0; id < counter_count; ++id)
        counts.add(static_cast<counter>(id), id * 1000 + 1);
    for (std::uint32_t id = 0; id < counter_count; ++id)
        EXPECT_EQ(counts.read(static_cast<counter>(id)), id * 1000 + 1) << id;
}

TEST(Counters, NeighboursShareNoLine) {
    std::array<counters, 2> two;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&two[0]) % veda::rt::cache_line, 0u);
    EXPECT_EQ(sizeof(counters) % veda::rt::cache_line, 0u);
}

// One writer, one reader: what is read never goes back and never runs ahead.
TEST(Counters, Spsc) {
    const std::uint64_t most = veda::test::scaled(1'000'000);
    counters counts;
    std::thread writer([&] {
        for (std::uint64_t i = 0; i < most; ++i) counts.add(counter::executed);
    });
    for (std::uint64_t last = 0; last < most;) {
        const std::uint64_t now = counts.read(counter::executed);
        ASSERT_GE(now, last);
        ASSERT_LE(now, most);
        last = now;
    }
    writer.join();
    EXPECT_EQ(counts.read(counter::executed), most);
}

TEST(Stopwatch, AddsUpWhatPassed) {
    veda::rt::stopwatch watch;
    EXPECT_EQ(watch.read(), 0u);
    watch.start(1000);
    watch.stop(1500);
    EXPECT_EQ(watch.read(), 500u);
    watch.start(10'000'000);
    watch.stop(10'000'007);
    EXPECT_EQ(watch.read(), 507u);
}

TEST(Stopwatch, RunsWhileItIsRead) {
    veda::rt::stopwatch watch;
    watch.start(veda::rt::os::now_ns());
    std::uint64_t last = watch.read();
    EXPECT_LT(last, 10'000'000'000u);
    for (const std::uint64_t first = last; last < first + 1'000'000;) {
        const std::uint64_t next = watch.read();
        ASSERT_GE(next, last);
        last = next;
    }
    watch.stop(veda::rt::os::now_ns());
    EXPECT_GE(watch.read(), last);
    EXPECT_EQ(watch.read(), watch.read());
}

}  // namespace
