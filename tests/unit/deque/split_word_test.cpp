// The public part of a deque as one word.
#include "deque/split_word.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::split_word;
using veda::rt::window;

void expect(const split_word& word, std::uint32_t tail, std::uint32_t split) {
    EXPECT_EQ(word.load().tail, tail);
    EXPECT_EQ(word.load().split, split);
    EXPECT_EQ(word.load_for_sleep().tail, tail);
    EXPECT_EQ(word.load_for_sleep().split, split);
}

TEST(SplitWord, Empty) {
    split_word word;
    expect(word, 0, 0);
    EXPECT_TRUE(word.load().empty());
    EXPECT_EQ(word.load().size(), 0u);
}

TEST(SplitWord, Smoke) {
    split_word word;
    word.publish(5);
    expect(word, 0, 5);
    window seen = word.load();
    EXPECT_TRUE(word.take(seen, 2));
    expect(word, 2, 5);
    seen = word.load();
    EXPECT_TRUE(word.shrink(seen, 3));
    expect(word, 2, 3);
    EXPECT_EQ(word.load().size(), 1u);
    seen = word.load();
    EXPECT_TRUE(word.take(seen, 1));
    EXPECT_TRUE(word.load().empty());
}

TEST(SplitWord, TakeAndShrinkToNothing) {
    split_word word;
    word.publish(4);
    window seen = word.load();
    EXPECT_TRUE(word.take(seen, 4));
    EXPECT_TRUE(word.load().empty());
    word.publish(4);
    seen = word.load();
    EXPECT_TRUE(word.shrink(seen, 4));
    EXPECT_TRUE(word.load().empty());
    expect(word, 4, 4);
}

TEST(SplitWord, ASecondThiefFailsAndSeesWhatTheFirstLeft) {
    split_word word;
    word.publish(3);
    window first = word.load(), second = first;
    EXPECT_TRUE(word.take(first, 1));
    EXPECT_FALSE(word.take(second, 1));
    EXPECT_EQ(second.tail, 1u);
    EXPECT_EQ(second.split, 3u);
    EXPECT_TRUE(word.take(second, 1)) << "what it sees now is true";
    expect(word, 2, 3);
}

TEST(SplitWord, OwnerFailsToShrinkBehindAThief) {
    split_word word;
    word.publish(4);
    window thief = word.load(), owner = thief;
    EXPECT_TRUE(word.take(thief, 3));
    EXPECT_FALSE(word.shrink(owner, 2));
    EXPECT_EQ(owner.tail, 3u);
    EXPECT_EQ(owner.split, 4u);
    expect(word, 3, 4);
}

TEST(SplitWord, ThiefFailsBehindTheOwner) {
    split_word word;
    word.publish(4);
    window thief = word.load(), owner = thief;
    EXPECT_TRUE(word.shrink(owner, 1));
    EXPECT_FALSE(word.take(thief, 2));
    EXPECT_EQ(thief.tail, 0u);
    EXPECT_EQ(thief.split, 1u);
    thief = word.load();
    word.publish(1);
    EXPECT_FALSE(word.take(thief, 1));
    EXPECT_EQ(thief.split, 2u);
}

TEST(SplitWord, ResetMovesBothIndices) {
    split_word word;
    for (std::uint32_t index : {7u, 0u, UINT32_MAX}) {
        word.reset(index);
        expect(word, index, index);
        EXPECT_TRUE(word.load().empty());
    }
}

// Across the largest index, in each operation; neither half spills into the other.
TEST(SplitWord, Wraps) {
    split_word word;
    word.reset(UINT32_MAX - 1);
    word.publish(5);
    expect(word, UINT32_MAX - 1, 3);
    EXPECT_EQ(word.load().size(), 5u);
    EXPECT_FALSE(word.load().empty());
    window seen = word.load();
    EXPECT_TRUE(word.shrink(seen, 2));
    EXPECT_EQ(word.load().size(), 4u);
    seen = word.load();
    EXPECT_TRUE(word.take(seen, 3));
    expect(word, 1, 2);
    EXPECT_EQ(word.load().size(), 1u);
}

TEST(SplitWord, WrapsMidTake) {
    split_word word;
    word.reset(UINT32_MAX);
    word.publish(1);
    expect(word, UINT32_MAX, 0);
    window seen = word.load();
    EXPECT_TRUE(word.take(seen, 1));
    expect(word, 0, 0);
    EXPECT_TRUE(word.load().empty());
}

// Thieves take in ones, twos and threes, across the largest index: every index has one taker.
TEST(SplitWord, Stampede) {
    constexpr unsigned thieves = 4;
    const auto size = static_cast<std::uint32_t>(veda::test::scaled(200'000));
    const std::uint32_t begin = 0 - size / 2;
    split_word word;
    word.reset(begin);
    word.publish(size);
    veda::test::tally taken(size);
    veda::test::run_together(thieves, [&](unsigned index) {
        window seen = word.load();
        while (!seen.empty()) {
            const std::uint32_t count = std::min(seen.size(), 1 + index % 3);
            if (!word.take(seen, count)) continue;
            for (std::uint32_t i = 0; i < count; ++i) taken.add(seen.tail + i - begin);
            seen = word.load();
        }
    });
    EXPECT_TRUE(taken.each_once());
}

// One owner publishes and takes back, one or more thieves take: what is left is taken by the owner.
void stress(unsigned thieves) {
    const auto size = static_cast<std::uint32_t>(veda::test::scaled(200'000));
    const std::uint32_t begin = 0 - size / 2;
    std::mt19937_64 random(veda::test::seed());
    split_word word;
    word.reset(begin);
    veda::test::tally taken(size);
    // What belongs to an index is plain memory, handed over by publish, take and shrink alone.
    std::vector<std::uint32_t> slots(size);
    std::atomic<bool> over{false};
    std::atomic<std::uint64_t> wrong{0};
    veda::test::run_together(thieves + 1, [&](unsigned index) {
        if (index > 0) {
            while (!over.load()) {
                window seen = word.load();
                while (!seen.empty()) {
                    const std::uint32_t count = std::min(seen.size(), index);
                    if (!word.take(seen, count)) continue;
                    for (std::uint32_t i = 0; i < count; ++i) {
                        const std::uint32_t at = seen.tail + i - begin;
                        wrong += slots[at] != at + 1;
                        taken.add(at);
                    }
                    seen = word.load();
                }
            }
            return;
        }
        std::uint32_t split = 0;  // as an offset from begin
        while (split < size) {
            const auto more = std::min<std::uint32_t>(1 + random() % 8, size - split);
            for (std::uint32_t i = 0; i < more; ++i) slots[split + i] = split + i + 1;
            word.publish(more);
            split += more;
            window seen = word.load();
            if (random() % 2 == 0) continue;
            std::uint32_t keep;
            do {
                // Less than was just published: without thieves, too, the owner gets on.
                keep = seen.split - std::min(seen.size(), more / 2);
            } while (!word.shrink(seen, keep));
            // The taken-back slots are the owner's again: it may write them.
            for (std::uint32_t at = keep - begin; at < split; ++at) slots[at] = 0;
            split = keep - begin;
        }
        window seen = word.load();
        while (!seen.empty())
            if (word.take(seen, 1)) {
                taken.add(seen.tail - begin);
                seen = word.load();
            }
        over.store(true);
    });
    EXPECT_TRUE(taken.each_once());
    EXPECT_EQ(wrong.load(), 0u);
}

TEST(SplitWord, Spsc) { stress(1); }
TEST(SplitWord, Stress) { stress(3); }

}  // namespace
