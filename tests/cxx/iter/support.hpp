// support.hpp: what the parity tests of the iterators share: every length, several pools, loops that are
// really cut.
#pragma once

#include "cxx/support.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace veda::test {

// Passes on what it gets, slowly for some, so that loops look up and share.
inline constexpr auto slowly = [](auto x) {
    if (x % 8 == 3) busy();
    return x;
};

// n numbers, not sorted, with equal ones among them.
inline std::vector<int> numbers(int n) {
    std::vector<int> v(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) v[static_cast<std::size_t>(i)] = (i * 37) % 101;
    return v;
}

// Calls check(numbers(n)) for every length in pools of several sizes.
template <class F>
void sweep(F&& check) {
    in_every_pool([&](std::uint32_t workers) {
        for (int n : lengths()) {
            SCOPED_TRACE(std::to_string(n) + " items, " + std::to_string(workers) + " workers");
            check(numbers(n));
        }
    });
}

}  // namespace veda::test
