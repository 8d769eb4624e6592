// arithmetic.hpp: how sizes divide and add up.
#ifndef VEDA_DETAIL_ARITHMETIC_HPP
#define VEDA_DETAIL_ARITHMETIC_HPP

#include <veda/error.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace veda::detail {

// Throws VEDA_E_RANGE: so many items cannot be counted.
[[noreturn, gnu::__cold__, gnu::__noinline__]] inline void too_many(const char* method) {
    throw error(VEDA_E_RANGE,
                std::string("VEDA_E_RANGE: ") + method + ": the chain would have 2^64 items or more");
}

// a + b, as the length of a chain that method makes. Throws where it passes 64 bits.
inline std::uint64_t sum_of_lengths(const char* method, std::uint64_t a, std::uint64_t b) {
    std::uint64_t all = 0;
    if (__builtin_add_overflow(a, b, &all)) [[unlikely]] {
        too_many(method);
    }
    return all;
}

// a + b, or the greatest number.
constexpr std::uint64_t sum_at_most(std::uint64_t a, std::uint64_t b) noexcept {
    return a + b < a ? UINT64_MAX : a + b;
}

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
