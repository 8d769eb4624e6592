// support.hpp: what the algorithms share: iterators that several threads may use, and blocks for two passes.
#ifndef VEDA_ALGORITHM_SUPPORT_HPP
#define VEDA_ALGORITHM_SUPPORT_HPP

#include <veda/detail/arithmetic.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/language.hpp>
#include <veda/detail/places.hpp>
#include <veda/iter/par.hpp>
#include <veda/runtime.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

template <class It>
concept parallel_iterator = std::random_access_iterator<It>;

// Several threads write: the bits of a std::vector<bool> share their bytes and are no place for that.
template <class It>
concept parallel_output = std::random_access_iterator<It> &&
    !std::same_as<std::iter_reference_t<It>, std::vector<bool>::reference>;

// Compares elements of It with those of J, or with each other; asked as const, from several threads at once.
template <class F, class It, class J = It>
concept const_relation = const_predicate<F, std::iter_reference_t<It>, std::iter_reference_t<J>>;

namespace detail {

// An element as a search shows it to a predicate.
template <class It>
using shown = const std::remove_reference_t<std::iter_reference_t<It>>&;

template <parallel_iterator It>
std::uint64_t length(const It& first, const It& last) {
    return static_cast<std::uint64_t>(last - first);
}

// The end as an iterator: what the algorithms with iterator pairs take.
template <class R>
auto end_of(R& range) {
    return nth(std::ranges::begin(range), static_cast<std::uint64_t>(std::ranges::size(range)));
}

// Elements of one type, in memory on both sides, and values of that type in between: what the chains' own
// scan takes, and, where bytes may be copied, their pack.
template <class It, class O, class T = std::iter_value_t<It>>
concept from_memory_to_memory = std::contiguous_iterator<It> && std::contiguous_iterator<O> &&
    std::same_as<std::iter_value_t<It>, T> && std::same_as<std::iter_value_t<O>, T>;

inline auto indices(std::uint64_t n) { return par(std::uint64_t{0}, n); }

// A count as the user gave it, perhaps below zero.
template <std::integral N>
std::uint64_t count_from(N n) {
    return is_negative(n) ? 0 : static_cast<std::uint64_t>(n);
}

// A value that a loop reads: by value where that is cheap, so that a store of the loop cannot change it.
template <class T>
auto constant(const T& value) {
    if constexpr (copied_into_loop<T>) {
        return [value]() -> const T& { return value; };
    } else {
        return [at = &value]() -> const T& { return *at; };
    }
}

inline std::uint32_t worker_count() {
    std::uint32_t workers = 1;
    (void)veda_runtime_worker_count(current_handle(), &workers);
    return workers;
}

// How long the blocks of two passes over n elements are: some for each worker, so that they can share.
inline std::uint64_t block_length(std::uint64_t n) {
    constexpr std::uint64_t least = 4096;
    constexpr std::uint64_t blocks_per_worker = 16;
    return std::max(least, n / (blocks_per_worker * worker_count()) + 1);
}

// Calls f(block, first, last) for each block of [0, n).
template <class F>
void for_each_block(std::uint64_t n, std::uint64_t length, const F& f) {
    indices(groups_of(length, n)).for_each([n, length, &f](std::uint64_t block) {
        f(block, block * length, std::min(n, (block + 1) * length));
    });
}

}  // namespace detail

}  // namespace veda

#endif
