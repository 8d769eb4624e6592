// heaps.hpp: is a range a heap, and how far is it one?
#ifndef VEDA_ALGORITHM_HEAPS_HPP
#define VEDA_ALGORITHM_HEAPS_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/language.hpp>
#include <veda/sort.hpp>
#include <veda/sort/order.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>

namespace veda {

namespace detail {

template <class It, class Cmp, class Proj>
It heap_end(It first, It last, const Cmp& cmp, const Proj& proj) {
    const std::uint64_t n = length(first, last);
    if (n < 2) return last;
    const order<std::iter_value_t<It>, Cmp, Proj> less(cmp, proj);
    const auto rises = [=](std::uint64_t child) -> bool {
        return less(at(first, child / 2), at(first, child + 1));
    };
    const auto found = indices(n - 1).position_first(rises);
    return found ? nth(first, *found + 1) : last;
}

}  // namespace detail

// The first element that is greater than its parent; last if there is none.
template <parallel_iterator It, class Less = std::less<>>
requires const_relation<Less, It> It is_heap_until(It first, It last, Less less = {}) {
    return detail::heap_end(first, last, less, std::identity{});
}
template <parallel_range R, class Cmp = std::less<>, class Proj = std::identity>
requires const_order<std::ranges::iterator_t<R>, Cmp, Proj> std::ranges::borrowed_iterator_t<R>
is_heap_until(R&& range, Cmp cmp = {}, Proj proj = {}) {
    return detail::heap_end(std::ranges::begin(range), detail::end_of(range), cmp, proj);
}

template <parallel_iterator It, class Less = std::less<>>
requires const_relation<Less, It>
bool is_heap(It first, It last, Less less = {}) {
    return detail::heap_end(first, last, less, std::identity{}) == last;
}
template <parallel_range R, class Cmp = std::less<>, class Proj = std::identity>
requires const_order<std::ranges::iterator_t<R>, Cmp, Proj>
bool is_heap(R&& range, Cmp cmp = {}, Proj proj = {}) {
    const auto last = detail::end_of(range);
    return detail::heap_end(std::ranges::begin(range), last, cmp, proj) == last;
}

}  // namespace veda

#endif
