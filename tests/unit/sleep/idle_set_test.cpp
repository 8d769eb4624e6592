// Which workers sleep, and who may wake them.
#include "sleep/idle_set.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "sleep/parker.hpp"
#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::idle_set;

TEST(IdleSet, Empty) {
    idle_set idle;
    EXPECT_TRUE(idle.empty(idle_set::capacity));
    EXPECT_EQ(idle.claim(0, idle_set::capacity), idle_set::none);
    EXPECT_EQ(idle.claim(0, 1), idle_set::none);
    EXPECT_EQ(idle.claim(0, 0), idle_set::none);
    EXPECT_FALSE(idle.contains(0));
    EXPECT_FALSE(idle.remove(0));
}

TEST(IdleSet, Smoke) {
    idle_set idle;
    idle.insert(5);
    EXPECT_TRUE(idle.contains(5));
    EXPECT_FALSE(idle.contains(4));
    EXPECT_FALSE(idle.empty(6));
    EXPECT_EQ(idle.claim(0, 64), 5u);
    EXPECT_FALSE(idle.contains(5));
    EXPECT_TRUE(idle.empty(6));
    EXPECT_FALSE(idle.remove(5)) << "the claimer owns the wake-up";
}

TEST(IdleSet, RemoveBeatsClaim) {
    idle_set idle;
    idle.insert(5);
    EXPECT_TRUE(idle.remove(5));
    EXPECT_FALSE(idle.remove(5));
    EXPECT_EQ(idle.claim(5, 64), idle_set::none);
}

TEST(IdleSet, InsertingTwiceIsInsertingOnce) {
    idle_set idle;
    idle.insert(9);
    idle.insert(9);
    EXPECT_EQ(idle.claim(9, 64), 9u);
    EXPECT_EQ(idle.claim(9, 64), idle_set::none);
}

TEST(IdleSet, ClaimsTheNextNeighbourUpwards) {
    idle_set idle;
    for (std::uint32_t slot : {3u, 10u, 12u}) idle.insert(slot);
    EXPECT_EQ(idle.claim(10, 64), 10u);
    EXPECT_EQ(idle.claim(4, 64), 12u);
    EXPECT_EQ(idle.claim(4, 64), 3u) << "and begins again below";
    EXPECT_EQ(idle.claim(4, 64), idle_set::none);
}

TEST(IdleSet, AcrossWords) {
    idle_set idle;
    for (std::uint32_t slot : {1u, 63u, 64u, 130u, 191u}) idle.insert(slot);
    EXPECT_EQ(idle.claim(100, 192), 64u) << "the rest of its own word first";
    EXPECT_EQ(idle.claim(100, 192), 130u);
    EXPECT_EQ(idle.claim(100, 192), 191u);
    EXPECT_EQ(idle.claim(100, 192), 1u) << "and begins again at the first word";
    EXPECT_EQ(idle.claim(100, 192), 63u);
    EXPECT_EQ(idle.claim(100, 192), idle_set::none);
}

TEST(IdleSet, NearMayLieAboveTheLimit) {
    idle_set idle;
    idle.insert(2);
    EXPECT_EQ(idle.claim(4000, 3), 2u);
    idle.insert(2);
    EXPECT_EQ(idle.claim(UINT32_MAX, 3), 2u);
}

TEST(IdleSet, Full) {
    auto idle = std::make_unique<idle_set>();
    for (std::uint32_t slot = 0; slot < idle_set::capacity; ++slot) idle->insert(slot);
    veda::test::tally claimed(idle_set::capacity);
    for (std::uint32_t i = 0; i < idle_set::capacity; ++i) {
        const std::uint32_t slot = idle->claim(i * 37 % idle_set::capacity, idle_set::capacity);
        ASSERT_NE(slot, idle_set::none);
        claimed.add(slot);
    }
    EXPECT_TRUE(claimed.each_once());
    EXPECT_TRUE(idle->empty(idle_set::capacity));
    EXPECT_EQ(idle->claim(0, idle_set::capacity), idle_set::none);
}

TEST(IdleSet, EverySlotAlone) {
    auto idle = std::make_unique<idle_set>();
    for (std::uint32_t slot = 0; slot < idle_set::capacity; ++slot) {
        idle->insert(slot);
        ASSERT_FALSE(idle->empty(slot + 1));
        ASSERT_EQ(idle->claim((slot + 1) % idle_set::capacity, slot + 1), slot);
        ASSERT_TRUE(idle->empty(slot + 1));
    }
}

// Every member has exactly one claimer, or is removed by itself, never both.
TEST(IdleSet, Stampede) {
    constexpr std::uint32_t members = 200;
    constexpr unsigned crew = 4;
    const std::uint64_t rounds = veda::test::scaled(500);
    idle_set idle;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        for (std::uint32_t slot = 0; slot < members; ++slot) idle.insert(slot);
        veda::test::tally taken(members);
        veda::test::run_together(crew, [&](unsigned index) {
            if (index == 0) {
                for (std::uint32_t slot = 0; slot < members; slot += 2)
                    if (idle.remove(slot)) taken.add(slot);
            }
            std::uint32_t slot;
            while ((slot = idle.claim(index * 50, members)) != idle_set::none) taken.add(slot);
        });
        ASSERT_TRUE(taken.each_once());
    }
}

// Sleepers announce themselves and park until their bit is gone; wakers claim and unpark. Each sleep
// has exactly one waker.
TEST(IdleSet, Stress) {
    constexpr unsigned sleepers = 3, wakers = 2;
    const std::uint64_t sleeps = veda::test::scaled(5'000);
    idle_set idle;
    veda::rt::parker parkers[sleepers];
    std::atomic<std::uint64_t> woken{0};
    std::atomic<unsigned> left{sleepers};
    veda::test::run_together(sleepers + wakers, [&](unsigned index) {
        if (index >= sleepers) {
            while (left.load() > 0) {
                const std::uint32_t slot = idle.claim(index, sleepers);
                if (slot == idle_set::none) {
                    std::this_thread::yield();
                    continue;
                }
                woken.fetch_add(1);
                parkers[slot].unpark();
            }
            return;
        }
        for (std::uint64_t i = 0; i < sleeps; ++i) {
            idle.insert(index);
            while (idle.contains(index)) parkers[index].park();
        }
        left.fetch_sub(1);
    });
    EXPECT_EQ(woken.load(), sleeps * sleepers);
    EXPECT_TRUE(idle.empty(sleepers));
}

}  // namespace
