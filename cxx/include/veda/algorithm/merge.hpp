// merge.hpp: two sorted ranges into one.
//
// The middle of the longer range and the place in the other one where it belongs cut both into a left and a
// right pair, which are merged at once, each into its part of the output.
#ifndef VEDA_ALGORITHM_MERGE_HPP
#define VEDA_ALGORITHM_MERGE_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/language.hpp>
#include <veda/join.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <utility>

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

}  // namespace veda

#endif
