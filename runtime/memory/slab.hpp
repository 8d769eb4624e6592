// slab.hpp: memory for spawned tasks. Each worker keeps two magazines of free blocks per size class and
// touches nothing else; full and empty magazines change hands through the depot, so that a block may
// be freed by any worker of any runtime. (Magazines and depot: Bonwick and Adams, 2001.)
//
// A magazine is an array of addresses, not a list through the blocks: a block that another worker freed
// lies in that worker's cache, and taking it must not wait for it.
//
// In front of that, inlined code keeps a few blocks of the smallest class for the next tasks of the worker,
// which are a list after all: it has just run the tasks in them (veda_worker_head_t::free_blocks).
//
// The depot is one for the process and is never destroyed: tasks may be freed late. Addresses are not
// returned to the system; the pages behind them are, when the process has been idle for a while (trim.cpp).
// Larger sizes go to malloc.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"
#include "base/limits.hpp"
#include "base/mutex.hpp"

namespace veda::rt {

// Classes of 64, 128, 256 and 512 bytes.
inline constexpr std::uint32_t slab_classes = 4;
inline constexpr std::size_t largest_block = 512;
constexpr std::uint32_t slab_class(std::size_t size) noexcept {
    return size <= 64 ? 0 : static_cast<std::uint32_t>(std::bit_width((size - 1) / 64));
}
constexpr std::size_t class_size(std::uint32_t index) noexcept { return std::size_t{64} << index; }

struct magazine {
    static constexpr std::uint32_t capacity = limits::magazine;

    magazine* next = nullptr;  // in the depot
    std::uint32_t count = 0;
    std::array<void*, capacity> blocks;

    bool full() const noexcept { return count == capacity; }
    void push(void* block) noexcept { blocks[count++] = block; }
    void* pop() noexcept {
        void* block = blocks[--count];
        // The block after next, so that its line is here, and ours to write, when its turn comes.
        if (count >= 4) __builtin_prefetch(blocks[count - 4], 1);
        return block;
    }
};

// Shared by all; every call takes the lock.
class slab_depot {
  public:
    static slab_depot& shared() noexcept;

    // In the child of a fork: begins anew. The lock may be held and the lists half changed; what they
    // held stays unused.
    void forget() noexcept;

    // A magazine with at least one block; nullptr if the system has no memory.
    magazine* take_filled(std::uint32_t index) noexcept;
    void give_filled(std::uint32_t index, magazine* filled) noexcept;
    magazine* take_empty() noexcept;
    void give_empty(magazine* empty) noexcept;

    // For threads without magazines. nullptr if the system has no memory.
    void* take_one(std::uint32_t index) noexcept;
    // Also for blocks that find no magazine.
    void give_one(std::uint32_t index, void* block) noexcept;

    // More than a few megabytes came back since the last trim. relaxed: a hint.
    bool is_worth_trimming() const noexcept { return given_.load(relaxed) > many; }
    // Gives the pages of what is free back to the system. For a moment in which nobody is in a hurry.
    void trim() noexcept;

  private:
    static constexpr std::uint32_t many = 1024;  // magazines: 4 MiB of the smallest blocks

    magazine* take_all(std::uint32_t index) noexcept;
    void give_all(std::uint32_t index, magazine* all) noexcept;
    magazine* carve(std::uint32_t index) noexcept;
    magazine* make_empty() noexcept;

    mutex lock_;
    atomic<std::uint32_t> given_{0};  // filled magazines, since the last trim; written under the lock
    struct loose_block {
        loose_block* next;
    };
    std::array<magazine*, slab_classes> filled_{};
    std::array<loose_block*, slab_classes> loose_{};
    magazine* empty_ = nullptr;
    std::array<char*, slab_classes> fresh_{};  // the rest of the last pages of each class
    std::array<char*, slab_classes> fresh_end_{};
};

// One worker's share. Only its owner calls it.
class slab_cache {
  public:
    // nullptr if the system has no memory. size is at most largest_block.
    void* allocate(std::size_t size) noexcept {
        const std::uint32_t index = slab_class(size);
        magazine* loaded = loaded_[index];
        if (loaded && loaded->count) [[likely]]
            return loaded->pop();
        return allocate_slow(index);
    }

    void free(void* block, std::size_t size) noexcept {
        const std::uint32_t index = slab_class(size);
        magazine* loaded = loaded_[index];
        if (loaded && !loaded->full()) [[likely]]
            return loaded->push(block);
        free_slow(index, block);
    }

    // Before the cache's end: everything goes to the depot.
    void drain() noexcept;

  private:
    void* allocate_slow(std::uint32_t index) noexcept;
    void free_slow(std::uint32_t index, void* block) noexcept;

    std::array<magazine*, slab_classes> loaded_{};
    std::array<magazine*, slab_classes> spare_{};
};

}  // namespace veda::rt
