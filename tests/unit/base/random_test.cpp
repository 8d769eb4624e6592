// The generator for victims: its bounds, and that streams differ.
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <vector>

namespace {

using veda::rt::random_stream;

TEST(RandomStream, Bounds) {
    for (std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4096}, UINT64_MAX}) {
        random_stream stream(seed);
        for (std::uint32_t bound : {1u, 2u, 3u, 7u, 64u, 1000u, 1u << 31, UINT32_MAX})
            for (int i = 0; i < 2000; ++i) ASSERT_LT(stream.below(bound), bound) << seed;
    }
}

TEST(RandomStream, BelowOneIsZero) {
    random_stream stream(7);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(stream.below(1), 0u);
}

TEST(RandomStream, ReachesEveryVictim) {
    for (std::uint32_t bound : {2u, 3u, 8u, 65u}) {
        random_stream stream(bound);
        std::vector<int> hits(bound);
        for (std::uint32_t i = 0; i < bound * 100; ++i) ++hits[stream.below(bound)];
        for (std::uint32_t i = 0; i < bound; ++i) EXPECT_GT(hits[i], 0) << i << " of " << bound;
    }
}

// A worker's seed is its runtime's number times 4096, plus its slot.
TEST(RandomStream, NeighboursDoNotMarchInStep) {
    std::set<std::uint64_t> beginnings;
    for (std::uint64_t slot = 0; slot < 64; ++slot) {
        random_stream stream(4096 + slot);
        const std::uint64_t first = stream.next();
        beginnings.insert(first << 32 | stream.next());
    }
    EXPECT_EQ(beginnings.size(), 64u);
}

TEST(RandomStream, SameSeedSameNumbers) {
    random_stream left(42), right(42);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(left.next(), right.next());
}

}  // namespace
