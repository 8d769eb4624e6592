// Who holds a place and who searches.
#include "sleep/census.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::census;

void expect(const census& people, std::uint32_t active, std::uint32_t searching) {
    EXPECT_EQ(people.load().active, active);
    EXPECT_EQ(people.load().searching, searching);
}

// A searcher begins to run. True if it was the last one.
bool begins_as_last(census& people) {
    const census::begun begun = people.begin_run(UINT32_MAX);
    EXPECT_TRUE(begun.runs);
    return begun.last;
}

TEST(Census, Empty) { expect(census{}, 0, 0); }

TEST(Census, Smoke) {
    census people;
    people.take_place();
    expect(people, 1, 0);
    people.start_search();
    expect(people, 1, 1);
    EXPECT_TRUE(begins_as_last(people));
    expect(people, 1, 0);
    people.leave_place();
    expect(people, 0, 0);
}

TEST(Census, AWokenWorkerIsCountedByItsWaker) {
    census people;
    people.wake_searcher();
    expect(people, 1, 1);
    people.searcher_sleeps();
    expect(people, 0, 0);
}

// Of four that are too many by two, two go, however often they all try.
TEST(Census, NoMoreGiveWayThanMust) {
    constexpr std::uint32_t most = 2;
    const std::uint64_t rounds = veda::test::scaled(200);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        census people;
        for (int i = 0; i < 4; ++i) people.wake_searcher();
        std::atomic<int> gone{0};
        veda::test::run_together(4, [&](unsigned) { gone += people.searcher_sleeps_above(most); });
        ASSERT_EQ(gone, 2);
        expect(people, most, most);
        ASSERT_FALSE(people.searcher_sleeps_above(most));
    }
}

TEST(Census, OnlyTheLastSearcherIsTheLast) {
    census people;
    for (int i = 0; i < 3; ++i) people.wake_searcher();
    expect(people, 3, 3);
    EXPECT_FALSE(begins_as_last(people));
    EXPECT_FALSE(begins_as_last(people));
    EXPECT_TRUE(begins_as_last(people));
    expect(people, 3, 0);
    people.start_search();
    EXPECT_TRUE(begins_as_last(people)) << "alone again";
}

TEST(Census, ASleeperIsNoSearcher) {
    census people;
    people.wake_searcher();
    people.wake_searcher();
    people.searcher_sleeps();
    expect(people, 1, 1);
    EXPECT_TRUE(begins_as_last(people));
}

// The largest runtime, with all its guests, more than once; the halves do not spill into each other.
TEST(Census, Full) {
    census people;
    constexpr std::uint32_t many = 8000;
    for (std::uint32_t i = 0; i < many; ++i) people.wake_searcher();
    expect(people, many, many);
    for (std::uint32_t i = 0; i < many; ++i) people.take_place();
    expect(people, 2 * many, many);
    for (std::uint32_t i = 1; i < many; ++i) EXPECT_FALSE(begins_as_last(people));
    EXPECT_TRUE(begins_as_last(people));
    for (std::uint32_t i = 0; i < 2 * many; ++i) people.leave_place();
    expect(people, 0, 0);
}

#ifndef NDEBUG
TEST(CensusDeathTest, NobodyLeavesAPlaceThatIsNotHeld) {
    census people;
    EXPECT_DEATH(people.leave_place(), "invariant");
}
#endif

// All searchers of a round stop at once: exactly one of them is the last.
TEST(Census, Stampede) {
    constexpr unsigned crew = 4;
    const std::uint64_t rounds = veda::test::scaled(10'000);
    census people;
    std::atomic<std::uint64_t> began{0}, ended{0}, last{0};
    veda::test::run_together(crew, [&](unsigned) {
        for (std::uint64_t round = 1; round <= rounds; ++round) {
            people.wake_searcher();
            began.fetch_add(1);
            while (began.load() < round * crew) std::this_thread::yield();
            if (begins_as_last(people)) last.fetch_add(1);
            people.leave_place();
            ended.fetch_add(1);
            while (ended.load() < round * crew) std::this_thread::yield();
        }
    });
    EXPECT_EQ(last.load(), rounds);
    expect(people, 0, 0);
}

// Whoever looks sees a state that there was: never more searchers than active threads.
TEST(Census, Stress) {
    const std::uint64_t rounds = veda::test::scaled(50'000);
    constexpr unsigned crew = 3;
    census people;
    std::atomic<unsigned> running{crew};
    std::uint64_t wrong = 0, looks = 0;
    veda::test::run_together(crew + 1, [&](unsigned index) {
        if (index == crew) {
            do {
                const veda::rt::head_count now = people.load();
                wrong += now.searching > now.active || now.active > crew;
                ++looks;
            } while (running.load() > 0);
            return;
        }
        for (std::uint64_t round = 0; round < rounds; ++round) {
            people.take_place();
            people.start_search();
            if (round % 2)
                people.searcher_sleeps();
            else
                (void)begins_as_last(people), people.leave_place();
        }
        running.fetch_sub(1);
    });
    EXPECT_EQ(wrong, 0u);
    EXPECT_GT(looks, 0u);
    expect(people, 0, 0);
}

}  // namespace
