// in_place.hpp: algorithms that move the elements of a range about: remove, unique, partition, rotate, swap,
// shift.
//
// remove_if and unique work in two steps: each block of the range is done by itself, all at once; then the
// blocks close up, one after the other, for the one may go where the other still is.
#ifndef VEDA_ALGORITHM_IN_PLACE_HPP
#define VEDA_ALGORITHM_IN_PLACE_HPP

#include <veda/algorithm/packing.hpp>
#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/language.hpp>
#include <veda/detail/raw_room.hpp>
#include <veda/iter/par.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

namespace detail {

// work(first, last) gives the end of what it leaves of a block. begin_of(kept so far, block) says where the
// block really begins.
template <class It, class Work, class BeginOf>
It close_up(It first, std::uint64_t n, const Work& work, const BeginOf& begin_of) {
    const std::uint64_t length = block_length(n);
    std::vector<It> ends(groups_of(length, n), first);
    for_each_block(n, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
        ends[block] = work(nth(first, begin), nth(first, end));
    });
    It kept = first;
    for (std::uint64_t block = 0; block != ends.size(); ++block) {
        const It begin = begin_of(kept, nth(first, block * length), ends[block]);
        kept = kept == begin ? ends[block] : std::move(begin, ends[block], kept);
    }
    return kept;
}

}  // namespace detail

// ---- remove --------------------------------------------------------------------------------------

// The kept ones keep their order; what lies behind the end that is given is moved from.
template <parallel_output It, const_predicate<std::iter_reference_t<It>> P>
    requires std::permutable<It>
It remove_if(It first, It last, P unwanted) {
    return detail::close_up(
        first, detail::length(first, last),
        [&unwanted](It begin, It end) { return std::remove_if(begin, end, std::cref(unwanted)); },
        [](const It&, const It& begin, const It&) { return begin; });
}
template <parallel_output It, class T>
    requires std::permutable<It>
It remove(It first, It last, const T& value) {
    return veda::remove_if(first, last, [&value](const auto& x) { return x == value; });
}

// The first of each group of equal neighbours stays. equal must be an equivalence.
template <parallel_output It, class Equal = std::equal_to<>>
    requires std::permutable<It> && const_relation<Equal, It>
It unique(It first, It last, Equal equal = {}) {
    return detail::close_up(
        first, detail::length(first, last),
        [&equal](It begin, It end) { return std::unique(begin, end, std::cref(equal)); },
        [first, &equal](const It& kept, const It& begin, const It& end) {
            const bool goes_on = kept != first && begin != end && std::invoke(equal, *(kept - 1), *begin);
            return goes_on ? begin + 1 : begin;
        });
}

// ---- partition -----------------------------------------------------------------------------------

namespace detail {

// Moving cannot fail, so that elements can wait in a room of their own.
template <class T>
concept moved_without_fail =
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;

// The liked ones go into the room from the left, the others from the right, so that nobody has to know how
// many there are; and all of them back.
template <class T, class It, class P>
It partition_by_a_room(It first, std::uint64_t n, const P& likes) {
    const raw_room<T> room(n);
    const std::uint64_t liked = pack_blocks(
        n, [&](std::uint64_t i) -> bool { return likes(at(first, i)); },
        [&](std::uint64_t i, bool likes_it, std::uint64_t k) {
            T* const place = room.data() + (likes_it ? k : n - 1 - k);
            std::construct_at(place, std::ranges::iter_move(nth(first, i)));
        });
    indices(n).for_each([&](std::uint64_t i) {
        T* const waiting = room.data() + (i < liked ? i : n - 1 - (i - liked));
        at(first, i) = std::move(*waiting);
        std::destroy_at(waiting);
    });
    return nth(first, liked);
}

}  // namespace detail

// Those that likes holds for come first; both groups keep their order. Gives where the second begins. In
// parallel for elements whose moves cannot throw, which take a second place for the time; else by the
// standard algorithm.
template <parallel_output It, const_predicate<std::iter_reference_t<It>> P>
    requires std::permutable<It>
It stable_partition(It first, It last, P likes) {
    using element = std::iter_value_t<It>;
    if constexpr (detail::moved_without_fail<element>) {
        if (first == last) return first;
        return detail::partition_by_a_room<element>(first, detail::length(first, last),
                                                    detail::callable<P>(likes));
    } else {
        return std::stable_partition(first, last, std::cref(likes));
    }
}
template <parallel_output It, const_predicate<std::iter_reference_t<It>> P>
    requires std::permutable<It>
It partition(It first, It last, P likes) {
    return veda::stable_partition(first, last, std::move(likes));
}

template <parallel_iterator It, const_predicate<detail::shown<It>> P>
bool is_partitioned(It first, It last, P likes) {
    const detail::callable<P> is(likes);
    const auto dislikes = [is](detail::shown<It> x) -> bool { return !is(x); };
    const auto border = par(first, last).position_first(dislikes);
    return !border || par(detail::nth(first, *border), last).none_of(is);
}

// ---- swap and rotate -----------------------------------------------------------------------------

template <parallel_output It, parallel_output J>
J swap_ranges(It first, It last, J other) {
    const std::uint64_t n = detail::length(first, last);
    detail::indices(n).for_each([=](std::uint64_t i) {
        std::ranges::iter_swap(detail::nth(first, i), detail::nth(other, i));
    });
    return detail::nth(other, n);
}

template <parallel_output It>
void reverse(It first, It last) {
    const std::uint64_t n = detail::length(first, last);
    detail::indices(n / 2).for_each([=](std::uint64_t i) {
        std::ranges::iter_swap(detail::nth(first, i), detail::nth(first, n - 1 - i));
    });
}

// middle becomes the first one; gives where the first one is then. Two parts, each backwards, and all of it.
template <parallel_output It>
It rotate(It first, It middle, It last) {
    if (first == middle) return last;
    if (middle == last) return first;
    veda::reverse(first, middle);
    veda::reverse(middle, last);
    veda::reverse(first, last);
    return first + (last - middle);
}

// ---- shift ---------------------------------------------------------------------------------------

namespace detail {

// By a block and more: as many elements as that at a time go where no other one of them stands.
template <class It>
void shift_by_rounds(It first, std::uint64_t n, std::uint64_t by) {
    for (std::uint64_t begin = by; begin < n; begin += by) {
        indices(std::min(by, n - begin)).for_each([=](std::uint64_t i) {
            at(first, begin - by + i) = std::ranges::iter_move(nth(first, begin + i));
        });
    }
}

// By less than a block: first each block puts aside what goes into the block before it.
template <class It>
void shift_by_blocks(It first, std::uint64_t n, std::uint64_t by, std::uint64_t length) {
    using element = std::iter_value_t<It>;
    std::vector<std::vector<element>> aside(groups_of(length, n) + 1);
    for_each_block(n, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
        if (block == 0) return;
        const std::uint64_t leaving = std::min(by, end - begin);
        aside[block].assign(std::make_move_iterator(nth(first, begin)),
                            std::make_move_iterator(nth(first, begin + leaving)));
    });
    for_each_block(n, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
        if (end - begin > by) std::move(nth(first, begin + by), nth(first, end), nth(first, begin));
        if (end != n) std::move(aside[block + 1].begin(), aside[block + 1].end(), nth(first, end - by));
    });
}

}  // namespace detail

// Each element moves by n places to the front, and those before place n are lost. Gives the end of what is
// left. Does nothing if n is 0 or less, nor if no element would be left.
template <parallel_output It>
    requires std::permutable<It>
It shift_left(It first, It last, std::iter_difference_t<It> n) {
    if (n <= 0) return last;
    if (n >= last - first) return first;
    const std::uint64_t size = detail::length(first, last), by = static_cast<std::uint64_t>(n);
    const std::uint64_t length = detail::block_length(size);
    if (by >= length) {
        detail::shift_by_rounds(first, size, by);
    } else {
        detail::shift_by_blocks(first, size, by, length);
    }
    return last - n;
}
template <parallel_range R>
std::ranges::borrowed_iterator_t<R> shift_left(R&& range, std::ranges::range_difference_t<R> n) {
    return veda::shift_left(std::ranges::begin(range), detail::end_of(range), n);
}

// To the back; gives where what is left begins.
template <parallel_output It>
    requires std::permutable<It>
It shift_right(It first, It last, std::iter_difference_t<It> n) {
    return veda::shift_left(std::make_reverse_iterator(last), std::make_reverse_iterator(first), n).base();
}
template <parallel_range R>
std::ranges::borrowed_iterator_t<R> shift_right(R&& range, std::ranges::range_difference_t<R> n) {
    return veda::shift_right(std::ranges::begin(range), detail::end_of(range), n);
}

}  // namespace veda

#endif
