// huge_pages.hpp: asks the system for large pages under a large result that is about to be filled.
//
// Filling fresh memory by pages of 4 KiB costs more than computing what goes there: a fault for each.
// Only an advice; where nobody takes it, nothing changes. Never for memory that may stay empty.
#ifndef VEDA_DETAIL_HUGE_PAGES_HPP
#define VEDA_DETAIL_HUGE_PAGES_HPP

#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace veda::detail {

// The bytes from first on are about to be written, all of them.
inline void expect_to_fill(void* first, std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    constexpr std::uintptr_t page = std::uintptr_t{2} << 20;
    if (bytes < 4 * page) return;
    const auto begin = (reinterpret_cast<std::uintptr_t>(first) + page - 1) & ~(page - 1);
    const auto end = (reinterpret_cast<std::uintptr_t>(first) + bytes) & ~(page - 1);
    (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#else
    (void)first;
    (void)bytes;
#endif
}

}  // namespace veda::detail

#endif
