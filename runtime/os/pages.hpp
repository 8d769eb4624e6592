// pages.hpp: memory straight from the operating system, for what is large and mostly unused.
#pragma once

#include <cstddef>

namespace veda::rt::os {

// Zeroed, page-aligned, committed only where it is touched. nullptr if refused.
void* reserve_pages(std::size_t bytes) noexcept;
void release_pages(void* memory, std::size_t bytes) noexcept;
// Whole pages lose what they hold and take no memory until they are touched again.
void forget_pages(void* memory, std::size_t bytes) noexcept;
std::size_t page_size() noexcept;

}  // namespace veda::rt::os
