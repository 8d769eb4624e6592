// arithmetic.hpp: how sizes divide.
#ifndef VEDA_DETAIL_ARITHMETIC_HPP
#define VEDA_DETAIL_ARITHMETIC_HPP

#include <algorithm>
#include <cstdint>

namespace veda::detail {

// How many groups of length there are in size, the last one perhaps shorter.
constexpr std::uint64_t groups_of(std::uint64_t length, std::uint64_t size) noexcept {
    return size / length + (size % length != 0 ? 1 : 0);
}

// Where the b-th of so many blocks begins, which are about equal and together size long; the end for blocks.
constexpr std::uint64_t block_border(std::uint64_t size, std::uint64_t blocks, std::uint64_t b) noexcept {
    return size / blocks * b + std::min(b, size % blocks);
}

}  // namespace veda::detail

#endif
