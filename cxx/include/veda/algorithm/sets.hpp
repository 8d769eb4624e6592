// sets.hpp: operations on sorted ranges as on sets: union, intersection, differences, includes.
//
// Both ranges are cut where an element of the first one begins in both, so that equal elements stay
// together; the parts are done at once, each by the algorithm of the standard, into a room as long as the
// part at most. Then it is known where each part's result belongs, and all are put there at once. What
// waits in the room are elements, where they can be copied like bytes, else their places.
#ifndef VEDA_ALGORITHM_SETS_HPP
#define VEDA_ALGORITHM_SETS_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/language.hpp>
#include <veda/detail/raw_room.hpp>

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

// Two sorted ranges, and the order and the projections that they are sorted by.
template <class It, class J, class Cmp, class P, class Q>
struct sorted_pair {
    It first;
    std::uint64_t size;
    J other;
    std::uint64_t other_size;
    callable<Cmp> cmp;
    callable<P> proj;
    callable<Q> other_proj;

    struct part {
        std::uint64_t begin, other_begin;
    };

    // Where the parts begin, and at last the end of both. An order that contradicts itself cannot make one
    // begin before the one before it.
    std::vector<part> parts() const {
        const std::uint64_t length = block_length(size + other_size);
        std::vector<part> all{{0, 0}};
        const auto cut_at = [&](const auto& value) {
            const part last = all.back();
            const auto cut =
                std::ranges::lower_bound(nth(first, last.begin), nth(first, size), value, cmp, proj);
            const auto other_cut = std::ranges::lower_bound(nth(other, last.other_begin),
                                                            nth(other, other_size), value, cmp, other_proj);
            all.push_back({veda::detail::length(first, cut), veda::detail::length(other, other_cut)});
        };
        if (size >= other_size) {
            for (std::uint64_t i = length; i < size; i += length) cut_at(proj(at(first, i)));
        } else {
            for (std::uint64_t i = length; i < other_size; i += length) cut_at(other_proj(at(other, i)));
        }
        all.push_back({size, other_size});
        return all;
    }
};

// A place in one of two ranges: that of the second has the highest bit.
inline constexpr std::uint64_t in_the_other = std::uint64_t{1} << 63;

// op(first, last, other, other last, out, cmp, proj, other proj) is an algorithm of std::ranges, that
// returns out.
template <class It, class J, class O, class Cmp, class P, class Q, class Op>
O combine_sets(const sorted_pair<It, J, Cmp, P, Q>& sets, O out, const Op& op) {
    using element = std::iter_value_t<It>;
    constexpr std::uint64_t enough_to_share = std::uint64_t{1} << 14;
    const auto& [first, size, other, other_size, cmp, proj, other_proj] = sets;
    if (size + other_size < enough_to_share || worker_count() == 1) {
        return op(first, nth(first, size), other, nth(other, other_size), out, cmp, proj, other_proj);
    }
    constexpr bool by_value = std::is_trivially_copyable_v<element> && sizeof(element) <= 32 &&
                              std::same_as<std::iter_value_t<J>, element> &&
                              std::is_lvalue_reference_v<std::iter_reference_t<It>> &&
                              std::is_lvalue_reference_v<std::iter_reference_t<J>>;
    using waiting = std::conditional_t<by_value, element, std::uint64_t>;
    const auto parts = sets.parts();
    const raw_room<waiting> room(size + other_size);
    const auto begin_of = [&parts, &room](std::uint64_t part) {
        return room.data() + parts[part].begin + parts[part].other_begin;
    };
    std::vector<std::uint64_t> before(parts.size());
    indices(parts.size() - 1).for_each([&](std::uint64_t part) {
        const auto [begin, other_begin] = parts[part];
        const auto [end, other_end] = parts[part + 1];
        waiting* const to = begin_of(part);
        if constexpr (by_value) {
            before[part + 1] =
                static_cast<std::uint64_t>(op(nth(first, begin), nth(first, end), nth(other, other_begin),
                                              nth(other, other_end), to, cmp, proj, other_proj) -
                                           to);
        } else {
            const auto here = [&](std::uint64_t i) -> decltype(auto) { return proj(at(first, i)); };
            const auto there = [&](std::uint64_t i) -> decltype(auto) {
                return other_proj(at(other, i & ~in_the_other));
            };
            const std::ranges::iota_view<std::uint64_t, std::uint64_t> mine(begin, end);
            const std::ranges::iota_view<std::uint64_t, std::uint64_t> others(other_begin | in_the_other,
                                                                              other_end | in_the_other);
            before[part + 1] = static_cast<std::uint64_t>(
                op(mine.begin(), mine.end(), others.begin(), others.end(), to, cmp, here, there) - to);
        }
    });
    for (std::size_t part = 1; part != before.size(); ++part) before[part] += before[part - 1];
    indices(parts.size() - 1).for_each([&](std::uint64_t part) {
        const waiting* from = begin_of(part);
        for (std::uint64_t i = before[part]; i != before[part + 1]; ++i, ++from) {
            if constexpr (by_value) {
                at(out, i) = *from;
            } else if ((*from & in_the_other) != 0) {
                at(out, i) = at(other, *from & ~in_the_other);
            } else {
                at(out, i) = at(first, *from);
            }
        }
    });
    return nth(out, before.back());
}

template <class It, class J, class Cmp, class P, class Q>
bool includes_all(const sorted_pair<It, J, Cmp, P, Q>& sets) {
    const auto parts = sets.parts();
    return indices(parts.size() - 1).all_of([&](std::uint64_t part) {
        return std::ranges::includes(
            nth(sets.first, parts[part].begin), nth(sets.first, parts[part + 1].begin),
            nth(sets.other, parts[part].other_begin), nth(sets.other, parts[part + 1].other_begin),
            sets.cmp, sets.proj, sets.other_proj);
    });
}

template <class It, class J, class Cmp, class P, class Q>
auto sets_of(It first, It last, J other, J other_last, const Cmp& cmp, const P& proj, const Q& other_proj) {
    return sorted_pair<It, J, Cmp, P, Q>{first,
                                         length(first, last),
                                         other,
                                         length(other, other_last),
                                         callable<Cmp>(cmp),
                                         callable<P>(proj),
                                         callable<Q>(other_proj)};
}
template <class R, class S, class Cmp, class P, class Q>
auto sets_of(R& range, S& other, const Cmp& cmp, const P& proj, const Q& other_proj) {
    return sets_of(std::ranges::begin(range), end_of(range), std::ranges::begin(other), end_of(other), cmp,
                   proj, other_proj);
}

}  // namespace detail

// Both ranges are sorted by less. Equal elements count: m in the first and n in the second one make max(m,
// n) in the union, min(m, n) in the intersection, and so on, as in the standard; those of the first range
// are preferred.
#define VEDA_SET_OPERATION(name)                                                                      \
    template <parallel_iterator It, parallel_iterator J, parallel_output O, class Less = std::less<>> \
    requires const_relation<Less, It, J> && const_relation<Less, J, It> O name(                       \
        It first, It last, J other, J other_last, O out, Less less = {}) {                            \
        const std::identity same;                                                                     \
        return detail::combine_sets(                                                                  \
            detail::sets_of(first, last, other, other_last, less, same, same), out,                   \
            [](const auto&... arguments) { return std::ranges::name(arguments...).out; });            \
    }                                                                                                 \
    template <parallel_range R, parallel_range S, parallel_output O, class Cmp = std::less<>,         \
              class P = std::identity, class Q = std::identity>                                       \
    O name(R&& range, S&& other, O out, Cmp cmp = {}, P proj = {}, Q other_proj = {}) {               \
        return detail::combine_sets(                                                                  \
            detail::sets_of(range, other, cmp, proj, other_proj), out,                                \
            [](const auto&... arguments) { return std::ranges::name(arguments...).out; });            \
    }
VEDA_SET_OPERATION(set_union)
VEDA_SET_OPERATION(set_intersection)
VEDA_SET_OPERATION(set_difference)
VEDA_SET_OPERATION(set_symmetric_difference)
#undef VEDA_SET_OPERATION

// Each element of the second range is in the first one, as often as it is in the second.
template <parallel_iterator It, parallel_iterator J, class Less = std::less<>>
requires const_relation<Less, It, J> && const_relation<Less, J, It>
bool includes(It first, It last, J other, J other_last, Less less = {}) {
    const std::identity same;
    return detail::includes_all(detail::sets_of(first, last, other, other_last, less, same, same));
}
template <parallel_range R, parallel_range S, class Cmp = std::less<>, class P = std::identity,
          class Q = std::identity>
bool includes(R&& range, S&& other, Cmp cmp = {}, P proj = {}, Q other_proj = {}) {
    return detail::includes_all(detail::sets_of(range, other, cmp, proj, other_proj));
}

}  // namespace veda

#endif
