// trim_test.cpp: what a burst of tasks has left free goes back to the system.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <veda/veda.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "memory/slab.hpp"
#include "support/own_runtime.hpp"

namespace {

using veda::rt::class_size;
using veda::rt::slab_cache;
using veda::rt::slab_classes;
using veda::rt::slab_depot;

std::size_t page() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

bool is_resident(const void* block) {
    const auto address = reinterpret_cast<std::uintptr_t>(block) / page() * page();
    unsigned char state = 1;
    EXPECT_EQ(mincore(reinterpret_cast<void*>(address), page(), &state), 0);
    return state & 1;
}

class burst {
  public:
    burst(std::size_t size, std::size_t count) : size_(size) {
        for (std::size_t i = 0; i != count; ++i) {
            blocks_.push_back(cache_.allocate(size));
            std::memset(blocks_.back(), 0x5a, size);
        }
    }
    void free_from(std::size_t first) {
        for (; blocks_.size() > first; blocks_.pop_back()) {
            freed_.push_back(blocks_.back());
            cache_.free(blocks_.back(), size_);
        }
        cache_.drain();
    }
    std::size_t resident() const {
        std::size_t count = 0;
        for (const void* block : freed_) count += is_resident(block);
        return count;
    }
    const std::vector<void*>& kept() const { return blocks_; }

  private:
    const std::size_t size_;
    slab_cache cache_;
    std::vector<void*> blocks_, freed_;
};

TEST(Trim, FreePagesGoBack) {
    for (std::uint32_t index = 0; index != slab_classes; ++index) {
        burst tasks(class_size(index), 20'000);
        tasks.free_from(0);
        ASSERT_GT(tasks.resident(), 19'000u);
        slab_depot::shared().trim();
        // But for the ends of runs that do not fill a page.
        EXPECT_LT(tasks.resident(), 1000u) << class_size(index);
    }
}

TEST(Trim, WhatIsInUseStaysAsItIs) {
    burst tasks(64, 20'000);
    tasks.free_from(10'000);
    slab_depot::shared().trim();
    for (void* block : tasks.kept()) {
        const auto* bytes = static_cast<const unsigned char*>(block);
        for (std::size_t i = 0; i != 64; ++i) ASSERT_EQ(bytes[i], 0x5a);
    }
    tasks.free_from(0);
}

TEST(Trim, BlocksAreHandedOutAgainOnce) {
    burst(64, 20'000).free_from(0);
    slab_depot::shared().trim();
    slab_cache cache;
    std::set<void*> seen;
    for (int i = 0; i != 30'000; ++i) {
        void* block = cache.allocate(64);
        std::memset(block, 1, 64);
        ASSERT_TRUE(seen.insert(block).second);
    }
    for (void* block : seen) cache.free(block, 64);
    cache.drain();
}

// The same by a runtime that has nothing to do any more. It takes a second; the limit of the test is for what
// never comes.
TEST(Trim, AnIdleRuntimeTrims) {
    veda::test::own_runtime runtime(2);
    constexpr std::size_t tasks = 200'000;
    const auto nothing = [](void*, veda_worker_t*) {};
    for (std::size_t i = 0; i != tasks; ++i) ASSERT_EQ(veda_spawn(runtime, nothing, nullptr), VEDA_OK);
    ASSERT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    while (slab_depot::shared().is_worth_trimming()) std::this_thread::yield();
}

}  // namespace
