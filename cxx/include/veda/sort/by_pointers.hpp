// by_pointers.hpp: the stable comparison sort of any elements.
//
// What is sorted is never the elements themselves, but copies of those that are copied like bytes, and
// pointers to any others. So an order that throws finds the elements untouched. At the end each goes to
// its place.
#ifndef VEDA_SORT_BY_POINTERS_HPP
#define VEDA_SORT_BY_POINTERS_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/places.hpp>
#include <veda/detail/raw_room.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/sort/merge.hpp>
#include <veda/sort/radix.hpp>

#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

// Small ones are copied; anything else is sorted by where it is.
template <class T>
inline constexpr bool sorted_as_copies = std::is_trivially_copyable_v<T> && sizeof(T) <= 32;

// The elements in the order that indices tell, each index once: moved out into a vector, and back.
template <class It>
void rearrange(It first, std::uint64_t size, const std::uint64_t* indices) {
    using element = std::iter_value_t<It>;
    if constexpr (std::is_nothrow_move_constructible_v<element>) {
        auto taken = [first, indices](std::uint64_t i) -> element {
            return std::ranges::iter_move(nth(first, indices[i]));
        };
        integers<std::uint64_t> places(0, size);
        mapped<integers<std::uint64_t>, decltype(taken)> stage(std::move(places), std::move(taken));
        auto moved = collect<std::vector<element>>(stage, {});
        for_each_index(size, [&](std::uint64_t i) { at(first, i) = std::move(moved[i]); });
    } else {
        // One cycle after the other, so that a move that throws loses nothing but its own element.
        std::vector<bool> done(size);
        for (std::uint64_t start = 0; start != size; ++start) {
            for (std::uint64_t i = start; !done[i]; i = indices[i]) {
                done[i] = true;
                if (indices[i] != start) std::ranges::iter_swap(nth(first, i), nth(first, indices[i]));
            }
        }
    }
}

// On a worker.
template <class It, class Less>
void stable_sort_by_merging(It first, std::uint64_t size, const Less& less) {
    using element = std::iter_value_t<It>;
    const auto by_index = [first, less](std::uint64_t a, std::uint64_t b) {
        return less(at(first, a), at(first, b));
    };
    if (size <= merge_run) {
        std::uint64_t order[merge_run];
        for (std::uint64_t i = 0; i != size; ++i) order[i] = i;
        insertion_sort(order, order + size, by_index);
        rearrange(first, size, order);
    } else if constexpr (sorted_as_copies<element>) {
        const raw_room<element> copies(size), spare(size);
        for_each_index(size, [&, to = copies.data()](std::uint64_t i) { to[i] = at(first, i); });
        merge_sorter<element, Less>(less).sort(copies.data(), spare.data(), size);
        for_each_index(size, [&, from = spare.data()](std::uint64_t i) { at(first, i) = from[i]; });
    } else {
        const raw_room<std::uint64_t> order(size), spare(size);
        for_each_index(size, [to = order.data()](std::uint64_t i) { to[i] = i; });
        merge_sorter<std::uint64_t, decltype(by_index)>(by_index).sort(order.data(), spare.data(), size);
        rearrange(first, size, spare.data());
    }
}

// By keys that are made once.
template <class It, class Key>
void sort_by_keys(It first, std::uint64_t size, const Key& key) {
    using key_value = std::remove_cvref_t<std::invoke_result_t<const Key&, std::iter_reference_t<It>>>;
    auto make = [first, &key](std::uint64_t i) -> key_value { return std::invoke(key, at(first, i)); };
    integers<std::uint64_t> places(0, size);
    mapped<integers<std::uint64_t>, decltype(make)> stage(std::move(places), std::move(make));
    const auto keys = collect<std::vector<key_value>>(stage, {});
    const raw_room<std::uint64_t> order(size), spare(size);
    for_each_index(size, [to = order.data()](std::uint64_t i) { to[i] = i; });
    const auto by_key = [&keys](std::uint64_t a, std::uint64_t b) -> bool { return keys[a] < keys[b]; };
    merge_sorter<std::uint64_t, decltype(by_key)>(by_key).sort(order.data(), spare.data(), size);
    rearrange(first, size, spare.data());
}

}  // namespace veda::detail

#endif
