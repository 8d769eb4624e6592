// slab.hpp: memory for spawned tasks. Each worker keeps a magazine of free blocks per size class and
// touches nothing else; full and empty magazines change hands in batches through the depot, so that a
// block may be freed by any worker of any runtime. (Magazines and depot: Bonwick and Adams, 2001.)
//
// The depot is one for the process and is never destroyed: tasks may be freed late. Blocks are not
// returned to the system; larger sizes go to malloc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/mutex.hpp"

namespace veda::rt {

struct free_block {
    free_block* next;
};

// A chain of free blocks of one class.
struct block_chain {
    free_block* first = nullptr;
    std::uint32_t count = 0;

    void push(void* memory) noexcept {
        auto* block = static_cast<free_block*>(memory);
        block->next = first;
        first = block;
        ++count;
    }
    void* pop() noexcept {
        free_block* block = first;
        first = block->next;
        --count;
        return block;
    }
};

// Classes of 64, 128, 256 and 512 bytes.
inline constexpr std::uint32_t slab_classes = 4;
inline constexpr std::size_t largest_block = 512;
constexpr std::uint32_t slab_class(std::size_t size) noexcept {
    return size <= 64 ? 0 : size <= 128 ? 1 : size <= 256 ? 2 : 3;
}
constexpr std::size_t class_size(std::uint32_t index) noexcept { return std::size_t{64} << index; }

// Shared by all.
class slab_depot {
  public:
    static slab_depot& shared() noexcept;

    // A chain of at least one block; an empty one if the system has no memory.
    block_chain take(std::uint32_t index) noexcept;
    void give(std::uint32_t index, block_chain chain) noexcept;

    // For threads without a magazine. nullptr if the system has no memory.
    void* take_one(std::uint32_t index) noexcept;
    void give_one(std::uint32_t index, void* memory) noexcept;

  private:
    block_chain carve(std::uint32_t index) noexcept;
    void store(std::uint32_t index, block_chain chain) noexcept;

    mutex lock_;
    // A chain's first block links to the next chain through its second word.
    struct stored_chain {
        free_block* next;
        stored_chain* next_chain;
        std::uint64_t count;
    };
    std::array<stored_chain*, slab_classes> chains_{};
    std::array<block_chain, slab_classes> loose_{};  // of threads without a magazine
};

// One worker's share.
class slab_cache {
  public:
    static constexpr std::uint32_t magazine = 64;

    // nullptr if the system has no memory. size is at most largest_block.
    void* allocate(std::size_t size) noexcept {
        const std::uint32_t index = slab_class(size);
        block_chain& chain = loaded_[index];
        if (chain.count == 0) {
            chain = spare_[index].count ? spare_[index] : slab_depot::shared().take(index);
            spare_[index] = {};
            if (chain.count == 0) return nullptr;
        }
        return chain.pop();
    }

    void free(void* memory, std::size_t size) noexcept {
        const std::uint32_t index = slab_class(size);
        block_chain& chain = loaded_[index];
        if (chain.count == magazine) {
            if (spare_[index].count) slab_depot::shared().give(index, spare_[index]);
            spare_[index] = chain;
            chain = {};
        }
        chain.push(memory);
    }

    // Before the cache's end: all blocks go to the depot.
    void drain() noexcept;

  private:
    std::array<block_chain, slab_classes> loaded_{};
    std::array<block_chain, slab_classes> spare_{};
};

}  // namespace veda::rt
