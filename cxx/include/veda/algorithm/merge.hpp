// merge.hpp: two sorted ranges into one.
//
// The middle of the longer range and the place in the other one where it belongs cut both into a left and a
// right pair, which are merged at once, each into its part of the output.
#ifndef VEDA_ALGORITHM_MERGE_HPP
#define VEDA_ALGORITHM_MERGE_HPP

#include <veda/algorithm/in_place.hpp>
#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/language.hpp>
#include <veda/detail/raw_room.hpp>
#include <veda/join.hpp>
#include <veda/sort/order.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

namespace detail {

template <class It, class J, class O, class Less>
void merge_parts(It first, It last, J other, J other_last, O out, const Less& less) {
    constexpr std::ptrdiff_t enough_to_share = 8192;
    const std::ptrdiff_t here = last - first, there = other_last - other;
    if (here + there <= enough_to_share) {
        std::merge(first, last, other, other_last, out, std::cref(less));
        return;
    }
    // Of equal ones those of the first range come first.
    It cut = first + here / 2;
    J other_cut = other + there / 2;
    if (here >= there) {
        other_cut = std::lower_bound(other, other_last, *cut, std::cref(less));
    } else {
        cut = std::upper_bound(first, last, *other_cut, std::cref(less));
    }
    const O out_cut = out + ((cut - first) + (other_cut - other));
    join([&] { merge_parts(first, cut, other, other_cut, out, less); },
         [&] { merge_parts(cut, last, other_cut, other_last, out_cut, less); });
}

}  // namespace detail

// Both sorted by less. Of equal elements those of the first range come first.
template <parallel_iterator It, parallel_iterator J, parallel_output O, class Less = std::less<>>
    requires const_predicate<Less, std::iter_reference_t<It>, std::iter_reference_t<J>>
O merge(It first, It last, J other, J other_last, O out, Less less = {}) {
    detail::merge_parts(first, last, other, other_last, out, less);
    return out + ((last - first) + (other_last - other));
}

namespace detail {

// The left run moves out, and comes back one by one. Whatever ends the merge, what is still outside fits the
// gap before the right run, so that an order that throws loses no element.
template <class It, class Less>
void merge_beside(It first, It middle, It last, const Less& less) {
    using element = std::iter_value_t<It>;
    std::vector<element> left(std::make_move_iterator(first), std::make_move_iterator(middle));
    struct gap {
        typename std::vector<element>::iterator next, end;
        It begin;
        ~gap() { std::move(next, end, begin); }
    } rest{left.begin(), left.end(), first};
    for (It right = middle; rest.next != rest.end && right != last; ++rest.begin) {
        if (less(*right, *rest.next)) {
            *rest.begin = std::ranges::iter_move(right);
            ++right;
        } else {
            *rest.begin = std::move(*rest.next);
            ++rest.next;
        }
    }
}

// What is greater than the cut in the left run changes places with what is less than it in the right one.
// Then two smaller pairs are left.
template <class It, class Less>
void merge_by_rotating(It first, It middle, It last, const Less& less) {
    constexpr std::ptrdiff_t enough_to_share = 8192;
    const std::ptrdiff_t here = middle - first, there = last - middle;
    if (here == 0 || there == 0) return;
    if (here + there <= enough_to_share) return merge_beside(first, middle, last, less);
    It cut = first + here / 2, other_cut = middle + there / 2;
    if (here >= there) {
        other_cut = std::lower_bound(middle, last, *cut, std::cref(less));
    } else {
        cut = std::upper_bound(first, middle, *other_cut, std::cref(less));
    }
    const It meeting = veda::rotate(cut, middle, other_cut);
    join([&] { merge_by_rotating(first, cut, meeting, less); },
         [&] { merge_by_rotating(meeting, other_cut, last, less); });
}

template <class It, class Less>
void merge_in_place(It first, It middle, It last, const Less& less) {
    using element = std::iter_value_t<It>;
    if (first == middle || middle == last) return;
    if constexpr (std::is_trivially_copyable_v<element>) {
        const std::uint64_t n = length(first, last);
        const raw_room<element> room(n);
        merge_parts(first, middle, middle, last, room.data(), less);
        indices(n).for_each([=, from = room.data()](std::uint64_t i) { at(first, i) = from[i]; });
    } else {
        merge_by_rotating(first, middle, last, less);
    }
}

}  // namespace detail

// [first, middle) and [middle, last), both sorted, become one sorted range; equal elements keep their order.
// An order that throws leaves all elements in the range.
template <parallel_output It, class Less = std::less<>>
    requires std::permutable<It> && const_relation<Less, It>
void inplace_merge(It first, It middle, It last, Less less = {}) {
    detail::merge_in_place(first, middle, last, less);
}
template <parallel_range R, class Cmp = std::less<>, class Proj = std::identity>
    requires std::permutable<std::ranges::iterator_t<R>>
void inplace_merge(R&& range, std::ranges::iterator_t<R> middle, Cmp cmp = {}, Proj proj = {}) {
    const detail::order<std::ranges::range_value_t<R>, Cmp, Proj> less(cmp, proj);
    detail::merge_in_place(std::ranges::begin(range), middle, detail::end_of(range), less);
}

}  // namespace veda

#endif
