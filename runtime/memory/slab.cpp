#include "memory/slab.hpp"

#include <new>

#include "os/pages.hpp"

namespace veda::rt {

namespace {
constexpr std::size_t page_bytes = 64 << 10;
}

slab_depot& slab_depot::shared() noexcept {
    // Placed, so that no destructor runs at exit while workers still free their tasks.
    alignas(slab_depot) static char place[sizeof(slab_depot)];
    static slab_depot* const depot = new (place) slab_depot;
    return *depot;
}

block_chain slab_depot::take(std::uint32_t index) noexcept {
    lock_guard guard(lock_);
    stored_chain* chain = chains_[index];
    if (!chain) return carve(index);
    chains_[index] = chain->next_chain;
    return {reinterpret_cast<free_block*>(chain), static_cast<std::uint32_t>(chain->count)};
}

void slab_depot::store(std::uint32_t index, block_chain chain) noexcept {
    auto* stored = reinterpret_cast<stored_chain*>(chain.first);
    stored->count = chain.count;
    stored->next_chain = chains_[index];
    chains_[index] = stored;
}

void slab_depot::give(std::uint32_t index, block_chain chain) noexcept {
    if (chain.count == 0) return;
    lock_guard guard(lock_);
    store(index, chain);
}

void* slab_depot::take_one(std::uint32_t index) noexcept {
    if (lock_guard guard(lock_); loose_[index].count) return loose_[index].pop();
    block_chain chain = take(index);
    if (chain.count == 0) return nullptr;
    void* memory = chain.pop();
    give(index, chain);
    return memory;
}

void slab_depot::give_one(std::uint32_t index, void* memory) noexcept {
    lock_guard guard(lock_);
    loose_[index].push(memory);
    if (loose_[index].count < slab_cache::magazine) return;
    store(index, loose_[index]);
    loose_[index] = {};
}

// Cuts fresh pages into magazines and keeps all but the last. Called with the lock held.
block_chain slab_depot::carve(std::uint32_t index) noexcept {
    auto* pages = static_cast<char*>(os::reserve_pages(page_bytes));
    if (!pages) return {};
    const std::size_t size = class_size(index);
    block_chain chain;
    for (std::size_t offset = 0; offset < page_bytes; offset += size) {
        if (chain.count == slab_cache::magazine) {
            store(index, chain);
            chain = {};
        }
        chain.push(pages + offset);
    }
    return chain;
}

void slab_cache::drain() noexcept {
    for (std::uint32_t index = 0; index < slab_classes; ++index) {
        slab_depot::shared().give(index, loaded_[index]);
        slab_depot::shared().give(index, spare_[index]);
        loaded_[index] = spare_[index] = {};
    }
}

}  // namespace veda::rt
