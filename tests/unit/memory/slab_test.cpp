// Memory for tasks: distinct, aligned, and used again by whoever needs it.
#include "memory/slab.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::class_size;
using veda::rt::largest_block;
using veda::rt::magazine;
using veda::rt::slab_cache;
using veda::rt::slab_class;
using veda::rt::slab_classes;
using veda::rt::slab_depot;

// A cache that gives everything to the depot in the end, as a worker does.
struct drained_cache : slab_cache {
    ~drained_cache() { drain(); }
};

TEST(Slab, SizeClasses) {
    for (std::size_t size = 1; size <= largest_block; ++size) {
        const std::uint32_t index = slab_class(size);
        ASSERT_LT(index, slab_classes);
        ASSERT_GE(class_size(index), size);
        ASSERT_TRUE(index == 0 || class_size(index - 1) < size) << "the smallest that fits";
    }
    EXPECT_EQ(class_size(slab_classes - 1), largest_block);
}

TEST(Slab, Smoke) {
    drained_cache cache;
    void* block = cache.allocate(64);
    ASSERT_NE(block, nullptr);
    std::memset(block, 1, 64);
    cache.free(block, 64);
    EXPECT_EQ(cache.allocate(64), block) << "what was freed last is warm";
    cache.free(block, 64);
}

// No two blocks of any size overlap, and each has its whole size.
TEST(Slab, BlocksAreDistinctAndAligned) {
    drained_cache cache;
    std::vector<std::pair<unsigned char*, std::size_t>> blocks;
    for (std::size_t i = 0; i < 4000; ++i) {
        const std::size_t size = 1 + i * 37 % largest_block;
        auto* block = static_cast<unsigned char*>(cache.allocate(size));
        ASSERT_NE(block, nullptr);
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0u) << "one task, one cache line";
        std::memset(block, static_cast<int>(i % 251), size);
        blocks.emplace_back(block, size);
    }
    for (std::size_t i = 0; i < blocks.size(); ++i)
        for (std::size_t at = 0; at < blocks[i].second; ++at)
            ASSERT_EQ(blocks[i].first[at], i % 251) << i;
    for (const auto& [block, size] : blocks) cache.free(block, size);
}

TEST(Slab, ClassesShareNothing) {
    drained_cache cache;
    std::set<void*> small;
    for (int i = 0; i < 300; ++i) small.insert(cache.allocate(64));
    for (void* block : small) cache.free(block, 64);
    std::vector<void*> large;
    for (int i = 0; i < 300; ++i) large.push_back(cache.allocate(65));
    for (void* block : large) {
        EXPECT_EQ(small.count(block), 0u);
        cache.free(block, 65);
    }
}

// Allocates a number of blocks with one cache and frees them with another, many times. New addresses
// may come up, as magazines change hands, but not for ever.
void expect_no_growth(slab_cache& giver, slab_cache& taker, std::size_t blocks) {
    std::set<void*> seen;
    std::vector<void*> held(blocks);
    for (int round = 0; round < 100; ++round) {
        for (void*& block : held) seen.insert(block = giver.allocate(100));
        ASSERT_EQ(std::set<void*>(held.begin(), held.end()).size(), blocks);
        for (void* block : held) taker.free(block, 100);
    }
    EXPECT_LE(seen.size(), blocks + 8 * magazine::capacity);
}

TEST(Slab, Reuse) {
    drained_cache cache;
    for (std::size_t blocks : {1u, 61u, 62u, 63u, 124u, 125u, 1000u})
        expect_no_growth(cache, cache, blocks);
}

TEST(Slab, FreedByAnotherCache) {
    drained_cache giver, taker;
    for (std::size_t blocks : {1u, 62u, 125u, 1000u}) expect_no_growth(giver, taker, blocks);
}

TEST(Slab, DrainHandsEverythingOn) {
    std::set<void*> seen;
    drained_cache first, second;
    std::vector<void*> held(200);
    for (void*& block : held) seen.insert(block = first.allocate(512));
    for (void* block : held) first.free(block, 512);
    first.drain();
    for (void*& block : held) {
        block = second.allocate(512);
        EXPECT_EQ(seen.count(block), 1u) << "nothing new while something old lies in the depot";
    }
    for (void* block : held) second.free(block, 512);
}

TEST(Slab, UsableAfterDrain) {
    drained_cache cache;
    cache.drain();  // empty
    void* block = cache.allocate(64);
    cache.free(block, 64);
    cache.drain();
    cache.drain();
    std::set<void*> blocks;
    for (int i = 0; i < 500; ++i) blocks.insert(cache.allocate(64));
    EXPECT_EQ(blocks.size(), 500u);
    for (void* other : blocks) cache.free(other, 64);
}

// Threads without a cache.
TEST(Slab, OneByOne) {
    slab_depot& depot = slab_depot::shared();
    for (std::uint32_t index = 0; index < slab_classes; ++index) {
        std::set<void*> seen;
        for (int round = 0; round < 20; ++round) {
            std::set<void*> blocks;
            for (int i = 0; i < 300; ++i) {
                void* block = depot.take_one(index);
                ASSERT_NE(block, nullptr);
                std::memset(block, round, class_size(index));
                blocks.insert(block);
            }
            ASSERT_EQ(blocks.size(), 300u);
            seen.insert(blocks.begin(), blocks.end());
            for (void* block : blocks) depot.give_one(index, block);
        }
        EXPECT_LE(seen.size(), 300 + 8 * magazine::capacity);
    }
}

TEST(Slab, OneByOneFeedsCachesAndBack) {
    slab_depot& depot = slab_depot::shared();
    std::set<void*> seen;
    drained_cache cache;
    std::vector<void*> held(200);
    for (int round = 0; round < 50; ++round) {
        for (void*& block : held) seen.insert(block = depot.take_one(1));
        for (void* block : held) cache.free(block, 128);
        for (void*& block : held) seen.insert(block = cache.allocate(128));
        for (void* block : held) depot.give_one(1, block);
    }
    EXPECT_LE(seen.size(), 200 + 8 * magazine::capacity);
}

TEST(Slab, DepotIsOneForTheProcess) {
    slab_depot* seen[2] = {};
    veda::test::run_together(2, [&](unsigned index) { seen[index] = &slab_depot::shared(); });
    EXPECT_EQ(seen[0], seen[1]);
    EXPECT_EQ(seen[0], &slab_depot::shared());
}

// Workers and threads without a cache exchange blocks through a board, and free what others
// allocated. Each block carries its size and a pattern; a block with two holders would show.
TEST(Slab, Stress) {
    struct block_head {
        std::uint64_t size, pattern;
    };
    constexpr unsigned crew = 4;  // the last has no cache
    const std::uint64_t turns = veda::test::scaled(150'000);
    const std::uint64_t seed = veda::test::seed();
    std::vector<std::atomic<block_head*>> board(64);
    std::atomic<std::uint64_t> wrong{0}, refused{0};
    drained_cache caches[crew];
    slab_depot& depot = slab_depot::shared();
    const auto last_word = [](block_head* block) {
        return reinterpret_cast<std::uint64_t*>(reinterpret_cast<char*>(block) + block->size) - 1;
    };
    const auto release = [&](block_head* block, unsigned index) {
        wrong += *last_word(block) != block->pattern;
        const std::size_t size = block->size;
        std::memset(static_cast<void*>(block), 0xee, size);
        if (index + 1 < crew)
            caches[index].free(block, size);
        else
            depot.give_one(slab_class(size), block);
    };
    veda::test::run_together(crew, [&](unsigned index) {
        std::mt19937_64 random(seed + index);
        for (std::uint64_t turn = 0; turn < turns; ++turn) {
            const std::size_t size = (3 + random() % 62) * 8;
            void* memory = index + 1 < crew ? caches[index].allocate(size)
                                            : depot.take_one(slab_class(size));
            if (!memory) {
                ++refused;
                continue;
            }
            auto* block = new (memory) block_head{size, random()};
            *last_word(block) = block->pattern;
            if (block_head* other = board[random() % board.size()].exchange(block))
                release(other, index);
            if (index + 1 < crew && random() % 4096 == 0) caches[index].drain();
        }
    });
    for (auto& place : board)
        if (block_head* block = place.load()) release(block, 0);
    EXPECT_EQ(wrong.load(), 0u);
    EXPECT_EQ(refused.load(), 0u);
}

}  // namespace
