// sort.hpp: veda::sort, veda::stable_sort and their forms by a key, over random-access ranges.
//
//     veda::sort(v);                               unstable; less, or any order
//     veda::stable_sort(v, std::greater<>{});      equal elements keep their order
//     veda::sort(people, {}, &person::age);        with a projection
//     veda::sort_by_cached_key(v, key);            key is called once for each element
//
// From any thread; outside a pool in the default runtime. The order is called from several threads at
// once, as const. If it throws, the elements are all there, in some order; stable_sort leaves them as they
// were. An order that contradicts itself gives some permutation and does no other harm. Integers and
// floating-point numbers, or elements ordered by a member that is one, are sorted by their bits where that is
// faster. How it is done: sort/README.md.
#ifndef VEDA_SORT_HPP
#define VEDA_SORT_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/sort/by_pointers.hpp>
#include <veda/sort/by_prefix.hpp>
#include <veda/sort/order.hpp>
#include <veda/sort/quick.hpp>
#include <veda/sort/radix.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

// cmp(proj(a), proj(b)) can be asked about const elements, as const, from several threads at once.
template <class It, class Cmp, class Proj>
concept const_order = const_predicate<Cmp, std::invoke_result_t<const Proj&, const std::iter_value_t<It>&>,
                                      std::invoke_result_t<const Proj&, const std::iter_value_t<It>&>>;

// Elements that can be moved about, and cmp(proj(a), proj(b)) is a strict weak order over them.
template <class It, class Cmp, class Proj>
concept sortable_by = std::random_access_iterator<It> && std::permutable<It> && const_order<It, Cmp, Proj> &&
    std::indirect_strict_weak_order<const Cmp, std::projected<It, const Proj>>;

namespace detail {

template <bool Stable, class It, class Cmp, class Proj>
void sort_elements(It first, std::uint64_t size, const Cmp& cmp, const Proj& proj) {
    using element = std::iter_value_t<It>;
    const order<element, Cmp, Proj> less(cmp, proj);
    if (size < 2) return;
    in_pool([&] {
        if constexpr (std::contiguous_iterator<It> && has_radix_key<element, Cmp, Proj>) {
            if (size >= least_for_radix &&
                radix_sort<reads_the_element<Proj>>(std::to_address(first), size,
                                                    radix_key<element, Cmp, Proj>(proj)))
                return;
        }
        if constexpr (sorted_by_prefix<element, Cmp, Proj>) {
            if (size >= least_for_prefix) return sort_by_prefix<is_greater<Cmp, element>>(first, size);
        }
        if constexpr (Stable) {
            stable_sort_by_merging(first, size, less);
        } else {
            quick_sort(first, first + static_cast<std::iter_difference_t<It>>(size), less);
        }
    });
}

}  // namespace detail

template <std::random_access_iterator It, std::sized_sentinel_for<It> E, class Cmp = std::less<>,
          class Proj = std::identity>
    requires sortable_by<It, Cmp, Proj>
void sort(It first, E last, const Cmp& cmp = {}, const Proj& proj = {}) {
    detail::sort_elements<false>(first, static_cast<std::uint64_t>(last - first), cmp, proj);
}
template <std::ranges::random_access_range R, class Cmp = std::less<>, class Proj = std::identity>
    requires sortable_by<std::ranges::iterator_t<R>, Cmp, Proj>
void sort(R&& range, const Cmp& cmp = {}, const Proj& proj = {}) {
    veda::sort(std::ranges::begin(range), std::ranges::end(range), cmp, proj);
}

template <std::random_access_iterator It, std::sized_sentinel_for<It> E, class Cmp = std::less<>,
          class Proj = std::identity>
    requires sortable_by<It, Cmp, Proj>
void stable_sort(It first, E last, const Cmp& cmp = {}, const Proj& proj = {}) {
    detail::sort_elements<true>(first, static_cast<std::uint64_t>(last - first), cmp, proj);
}
template <std::ranges::random_access_range R, class Cmp = std::less<>, class Proj = std::identity>
    requires sortable_by<std::ranges::iterator_t<R>, Cmp, Proj>
void stable_sort(R&& range, const Cmp& cmp = {}, const Proj& proj = {}) {
    veda::stable_sort(std::ranges::begin(range), std::ranges::end(range), cmp, proj);
}

// By a key, which is called many times for each element.
template <std::ranges::random_access_range R, class Key>
    requires sortable_by<std::ranges::iterator_t<R>, std::less<>, Key>
void sort_by_key(R&& range, const Key& key) {
    veda::sort(range, std::less<>{}, key);
}
template <std::ranges::random_access_range R, class Key>
    requires sortable_by<std::ranges::iterator_t<R>, std::less<>, Key>
void stable_sort_by_key(R&& range, const Key& key) {
    veda::stable_sort(range, std::less<>{}, key);
}

// By a key that is dear: called once for each element, all keys in parallel. Stable.
template <std::ranges::random_access_range R, class Key>
    requires sortable_by<std::ranges::iterator_t<R>, std::less<>, Key>
void sort_by_cached_key(R&& range, const Key& key) {
    const auto first = std::ranges::begin(range);
    detail::in_pool([&] {
        detail::sort_by_keys(first, static_cast<std::uint64_t>(std::ranges::size(range)), key);
    });
}

}  // namespace veda

#endif
