// A scope's count: what each step answers, and the race between the last tasks and a parking owner.
#include "job/scope_latch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "sleep/parker.hpp"
#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::parker;
using veda::rt::scope_latch;

TEST(ScopeLatch, Empty) {
    scope_latch latch;
    EXPECT_TRUE(latch.is_done());
    latch.announce_wait();
    EXPECT_TRUE(latch.is_done()) << "a waiter is not a task";
}

TEST(ScopeLatch, Smoke) {
    scope_latch latch;
    latch.add(1);
    EXPECT_FALSE(latch.is_done());
    EXPECT_FALSE(latch.complete(1)) << "nobody is parked";
    EXPECT_TRUE(latch.is_done());
}

TEST(ScopeLatch, CountsManyAtOnce) {
    scope_latch latch;
    latch.add(1000);
    latch.add(1);
    EXPECT_FALSE(latch.complete(1));
    EXPECT_FALSE(latch.complete(999));
    EXPECT_FALSE(latch.is_done());
    EXPECT_FALSE(latch.complete(1));
    EXPECT_TRUE(latch.is_done());
}

TEST(ScopeLatch, OnlyTheLastWakesTheOwner) {
    scope_latch latch;
    latch.add(3);
    latch.announce_wait();
    EXPECT_FALSE(latch.is_done());
    EXPECT_FALSE(latch.complete(1));
    EXPECT_FALSE(latch.complete(1));
    EXPECT_FALSE(latch.is_done());
    EXPECT_TRUE(latch.complete(1));
    EXPECT_TRUE(latch.is_done());
}

TEST(ScopeLatch, AnnouncingTwiceIsAnnouncingOnce) {
    scope_latch latch;
    latch.add(1);
    latch.announce_wait();
    latch.announce_wait();
    EXPECT_FALSE(latch.is_done());
    EXPECT_TRUE(latch.complete(1));
}

TEST(ScopeLatch, TasksMaySpawnWhileTheOwnerWaits) {
    scope_latch latch;
    latch.add(1);
    latch.announce_wait();
    latch.add(2);
    EXPECT_FALSE(latch.complete(1));
    EXPECT_FALSE(latch.complete(1));
    EXPECT_TRUE(latch.complete(1));
}

TEST(ScopeLatch, HoldsManyTasks) {
    scope_latch latch;
    const std::uint64_t many = std::uint64_t{1} << 40;
    latch.add(many);
    latch.announce_wait();
    EXPECT_FALSE(latch.complete(many - 1));
    EXPECT_TRUE(latch.complete(1));
}

// Several completers, one owner that parks. At most one answer says wake, and what the tasks wrote is
// seen.
TEST(ScopeLatch, Stress) {
    constexpr unsigned completers = 3;
    const std::uint64_t rounds = veda::test::scaled(20'000);
    parker owner;
    // The memory of a latch is used again in the next round, as a scope's on a stack is.
    alignas(scope_latch) unsigned char memory[sizeof(scope_latch)];
    scope_latch* latch = new (memory) scope_latch;
    std::uint64_t written[completers] = {};
    std::atomic<std::uint64_t> open{0};
    std::atomic<std::uint64_t> finished{0};
    std::atomic<std::uint64_t> woken{0};
    std::uint64_t right = 0;
    veda::test::run_together(completers + 1, [&](unsigned index) {
        for (std::uint64_t round = 1; round <= rounds; ++round) {
            if (index < completers) {
                while (open.load() < round) std::this_thread::yield();
                written[index] = round;
                if (latch->complete(1)) {
                    woken.fetch_add(1);
                    owner.unpark();
                }
                finished.fetch_add(1);
                continue;
            }
            latch->~scope_latch();
            latch = new (memory) scope_latch;
            latch->add(completers);
            open.store(round);
            latch->announce_wait();
            while (!latch->is_done()) owner.park();
            std::uint64_t seen = 0;
            for (std::uint64_t value : written) seen += value == round;
            right += seen == completers;
            // Not part of the protocol: only this test counts the answers.
            while (finished.load() < round * completers) std::this_thread::yield();
            if (woken.load() > round) right = 0;
        }
    });
    EXPECT_EQ(right, rounds);
    EXPECT_LE(woken.load(), rounds);
}

}  // namespace
