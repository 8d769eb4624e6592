#include "memory/slab.hpp"

#include <cstring>
#include <iterator>
#include <new>
#include <utility>

#include "os/pages.hpp"
#include "os/process.hpp"

namespace veda::rt {

// -- the depot ------------------------------------------------------------------------------------

namespace {
// Trivially destructible: nothing happens to it at exit, while workers still free their tasks.
slab_depot only_depot;
}  // namespace

slab_depot& slab_depot::shared() noexcept { return only_depot; }

// The lists of the last few depots stay in memory, so that a leak checker finds what hangs on them.
void slab_depot::forget() noexcept {
    static unsigned char left[8][sizeof(slab_depot)];
    std::memcpy(left[os::generation % std::size(left)], static_cast<void*>(this), sizeof *this);
    new (this) slab_depot;
}

magazine* slab_depot::take_filled(std::uint32_t index) noexcept {
    lock_guard guard(lock_);
    magazine* filled = filled_[index];
    if (!filled) return carve(index);
    filled_[index] = filled->next;
    return filled;
}

void slab_depot::give_filled(std::uint32_t index, magazine* filled) noexcept {
    lock_guard guard(lock_);
    filled->next = filled_[index];
    filled_[index] = filled;
    given_.store(given_.load(relaxed) + 1, relaxed);
}

magazine* slab_depot::take_all(std::uint32_t index) noexcept {
    lock_guard guard(lock_);
    given_.store(0, relaxed);
    return std::exchange(filled_[index], nullptr);
}

void slab_depot::give_all(std::uint32_t index, magazine* all) noexcept {
    if (!all) return;
    magazine* last = all;
    while (last->next) last = last->next;
    lock_guard guard(lock_);
    last->next = filled_[index];
    filled_[index] = all;
}

magazine* slab_depot::take_empty() noexcept {
    lock_guard guard(lock_);
    return make_empty();
}

void slab_depot::give_empty(magazine* empty) noexcept {
    lock_guard guard(lock_);
    empty->next = empty_;
    empty_ = empty;
}

magazine* slab_depot::make_empty() noexcept {
    if (!empty_) return new (std::nothrow) magazine;
    magazine* empty = empty_;
    empty_ = empty->next;
    return empty;
}

// A magazine from the loose blocks, or from fresh pages. Called with the lock held.
magazine* slab_depot::carve(std::uint32_t index) noexcept {
    magazine* made = make_empty();
    if (!made) return nullptr;
    while (loose_[index] && !made->full()) {
        loose_block* block = loose_[index];
        loose_[index] = block->next;
        made->push(block);
    }
    if (made->count) return made;
    if (fresh_[index] == fresh_end_[index]) {
        fresh_[index] = static_cast<char*>(os::reserve_pages(limits::slab_pages));
        fresh_end_[index] = fresh_[index] ? fresh_[index] + limits::slab_pages : nullptr;
    }
    for (; fresh_[index] != fresh_end_[index] && !made->full(); fresh_[index] += class_size(index))
        made->push(fresh_[index]);
    if (made->count) return made;
    made->next = empty_;
    empty_ = made;
    return nullptr;
}

void* slab_depot::take_one(std::uint32_t index) noexcept {
    {
        lock_guard guard(lock_);
        if (loose_block* block = loose_[index]) {
            loose_[index] = block->next;
            return block;
        }
    }
    magazine* filled = take_filled(index);
    if (!filled) return nullptr;
    void* block = filled->pop();
    if (filled->count)
        give_filled(index, filled);
    else
        give_empty(filled);
    return block;
}

void slab_depot::give_one(std::uint32_t index, void* memory) noexcept {
    auto* block = static_cast<loose_block*>(memory);
    lock_guard guard(lock_);
    block->next = loose_[index];
    loose_[index] = block;
}

// -- a worker's share -----------------------------------------------------------------------------

void* slab_cache::allocate_slow(std::uint32_t index) noexcept {
    std::swap(loaded_[index], spare_[index]);
    if (!loaded_[index] || loaded_[index]->count == 0) {
        magazine* filled = slab_depot::shared().take_filled(index);
        if (!filled) return nullptr;
        if (loaded_[index]) slab_depot::shared().give_empty(loaded_[index]);
        loaded_[index] = filled;
    }
    return loaded_[index]->pop();
}

void slab_cache::free_slow(std::uint32_t index, void* block) noexcept {
    std::swap(loaded_[index], spare_[index]);
    if (!loaded_[index] || loaded_[index]->full()) {
        if (magazine* full = std::exchange(loaded_[index], nullptr))
            slab_depot::shared().give_filled(index, full);
        loaded_[index] = slab_depot::shared().take_empty();
        if (!loaded_[index]) return slab_depot::shared().give_one(index, block);
    }
    loaded_[index]->push(block);
}

void slab_cache::drain() noexcept {
    for (std::uint32_t index = 0; index < slab_classes; ++index) {
        for (magazine** held : {&loaded_[index], &spare_[index]}) {
            magazine* given = std::exchange(*held, nullptr);
            if (!given) continue;
            if (given->count)
                slab_depot::shared().give_filled(index, given);
            else
                slab_depot::shared().give_empty(given);
        }
    }
}

}  // namespace veda::rt
