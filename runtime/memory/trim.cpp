// trim.cpp: gives the pages of free task memory back to the system, after a burst. The blocks stay in their
// magazines; a page of which every block is free loses what it holds, and takes no memory until it is used
// again.
#include <algorithm>
#include <cstdint>
#include <span>

#include "memory/slab.hpp"
#include "os/pages.hpp"

namespace veda::rt {

namespace {

std::uint32_t count_blocks(const magazine* all) noexcept {
    std::uint32_t blocks = 0;
    for (; all; all = all->next) blocks += all->count;
    return blocks;
}

// The addresses of free blocks, in memory of their own: what is freed must not be needed for freeing it.
class sorted_blocks {
  public:
    explicit sorted_blocks(const magazine* all) noexcept
        : bytes_(count_blocks(all) * sizeof(std::uintptr_t)),
          addresses_(static_cast<std::uintptr_t*>(bytes_ ? os::reserve_pages(bytes_) : nullptr)) {
        if (!addresses_) return;
        for (; all; all = all->next)
            for (std::uint32_t i = 0; i < all->count; ++i)
                addresses_[count_++] = reinterpret_cast<std::uintptr_t>(all->blocks[i]);
        std::sort(addresses_, addresses_ + count_);
    }
    sorted_blocks(const sorted_blocks&) = delete;
    ~sorted_blocks() { os::release_pages(addresses_, bytes_); }

    std::span<const std::uintptr_t> all() const noexcept { return {addresses_, count_}; }

  private:
    std::size_t bytes_;
    std::uintptr_t* addresses_;
    std::size_t count_ = 0;
};

// Runs of blocks without a gap, and of each run the whole pages.
void forget_whole_pages(std::span<const std::uintptr_t> blocks, std::size_t size) noexcept {
    const std::uintptr_t page = os::page_size();
    for (std::size_t begin = 0, end; begin < blocks.size(); begin = end) {
        end = begin + 1;
        while (end < blocks.size() && blocks[end] == blocks[end - 1] + size) ++end;
        const std::uintptr_t first = (blocks[begin] + page - 1) / page * page;
        const std::uintptr_t last = (blocks[end - 1] + size) / page * page;
        if (first < last) os::forget_pages(reinterpret_cast<void*>(first), last - first);
    }
}

}  // namespace

// The magazines are nobody else's meanwhile; who needs one in between gets fresh memory.
void slab_depot::trim() noexcept {
    for (std::uint32_t index = 0; index < slab_classes; ++index) {
        magazine* const all = take_all(index);
        forget_whole_pages(sorted_blocks(all).all(), class_size(index));
        give_all(index, all);
    }
}

}  // namespace veda::rt
