// search.hpp: algorithms that look for something, and that compare: find, search, mismatch, equal.
#ifndef VEDA_ALGORITHM_SEARCH_HPP
#define VEDA_ALGORITHM_SEARCH_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/language.hpp>
#include <veda/iter/par.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <utility>

namespace veda {

// ---- elements -------------------------------------------------------------------------------------

template <parallel_iterator It, const_predicate<detail::shown<It>> P>
It find_if(It first, It last, P likes) {
    const auto found = par(first, last).position_first(likes);
    return found ? detail::nth(first, *found) : last;
}
template <parallel_iterator It, const_predicate<detail::shown<It>> P>
It find_if_not(It first, It last, P likes) {
    return veda::find_if(first, last, [likes = detail::callable<P>(likes)](detail::shown<It> x) {
        return !likes(x);
    });
}
template <parallel_iterator It, class T>
It find(It first, It last, const T& value) {
    return veda::find_if(first, last,
                         [get = detail::constant(value)](const auto& x) { return x == get(); });
}

template <parallel_iterator It, const_predicate<detail::shown<It>> P>
bool any_of(It first, It last, P likes) {
    return par(first, last).any_of(likes);
}
template <parallel_iterator It, const_predicate<detail::shown<It>> P>
bool all_of(It first, It last, P likes) {
    return par(first, last).all_of(likes);
}
template <parallel_iterator It, const_predicate<detail::shown<It>> P>
bool none_of(It first, It last, P likes) {
    return par(first, last).none_of(likes);
}

// Where two neighbours are equal for the first time.
template <parallel_iterator It, class Equal = std::equal_to<>>
    requires const_relation<Equal, It>
It adjacent_find(It first, It last, Equal equal = {}) {
    const std::uint64_t n = detail::length(first, last);
    if (n < 2) return last;
    const auto here = [=, equal = detail::callable<Equal>(equal)](std::uint64_t i) -> bool {
        return equal(detail::at(first, i), detail::at(first, i + 1));
    };
    const auto found = detail::indices(n - 1).position_first(here);
    return found ? detail::nth(first, *found) : last;
}

// The end of the longest sorted beginning.
template <parallel_iterator It, class Less = std::less<>>
    requires const_relation<Less, It>
It is_sorted_until(It first, It last, Less less = {}) {
    const It falls = veda::adjacent_find(
        first, last,
        [less = detail::callable<Less>(less)](const auto& a, const auto& b) { return less(b, a); });
    return falls == last ? last : falls + 1;
}
template <parallel_iterator It, class Less = std::less<>>
    requires const_relation<Less, It>
bool is_sorted(It first, It last, Less less = {}) {
    return veda::is_sorted_until(first, last, std::move(less)) == last;
}

// The first place where two ranges differ; the second one is at least as long, or has an end.
template <parallel_iterator It, parallel_iterator J, class Equal = std::equal_to<>>
requires const_predicate<Equal, std::iter_reference_t<It>, std::iter_reference_t<J>> std::pair<It, J>
mismatch(It first, It last, J other, Equal equal = {}) {
    const auto differs = [=, equal = detail::callable<Equal>(equal)](std::uint64_t i) -> bool {
        return !equal(detail::at(first, i), detail::at(other, i));
    };
    const std::uint64_t n = detail::length(first, last);
    const std::uint64_t i = detail::indices(n).position_first(differs).value_or(n);
    return {detail::nth(first, i), detail::nth(other, i)};
}
template <parallel_iterator It, parallel_iterator J, class Equal = std::equal_to<>>
requires const_predicate<Equal, std::iter_reference_t<It>, std::iter_reference_t<J>> std::pair<It, J>
mismatch(It first, It last, J other, J other_last, Equal equal = {}) {
    const std::uint64_t n = std::min(detail::length(first, last), detail::length(other, other_last));
    return veda::mismatch(first, detail::nth(first, n), other, std::move(equal));
}

template <parallel_iterator It, parallel_iterator J, class Equal = std::equal_to<>>
requires const_predicate<Equal, std::iter_reference_t<It>, std::iter_reference_t<J>>
bool equal(It first, It last, J other, Equal equal = {}) {
    return veda::mismatch(first, last, other, std::move(equal)).first == last;
}
template <parallel_iterator It, parallel_iterator J, class Equal = std::equal_to<>>
requires const_predicate<Equal, std::iter_reference_t<It>, std::iter_reference_t<J>>
bool equal(It first, It last, J other, J other_last, Equal equal = {}) {
    return detail::length(first, last) == detail::length(other, other_last) &&
           veda::equal(first, last, other, std::move(equal));
}

// ---- ranges in ranges -----------------------------------------------------------------------------

namespace detail {

// i: does the wanted range stand at place i of the other one?
template <class It, class J, class Equal>
auto stands_at(It first, J wanted, std::uint64_t size, const Equal& equal) {
    return [=, equal = callable<Equal>(equal)](std::uint64_t i) -> bool {
        return std::equal(nth(first, i), nth(first, i + size), wanted, equal);
    };
}

}  // namespace detail

// Where the second range stands in the first one for the first time; last if nowhere.
template <parallel_iterator It, parallel_iterator J, class Equal = std::equal_to<>>
    requires const_relation<Equal, It, J>
It search(It first, It last, J wanted, J wanted_last, Equal equal = {}) {
    const std::uint64_t n = detail::length(first, last), size = detail::length(wanted, wanted_last);
    if (size > n) return last;
    const auto here = detail::stands_at(first, wanted, size, equal);
    const auto found = detail::indices(n - size + 1).position_first(here);
    return found ? detail::nth(first, *found) : last;
}
// The same for the last time; last also for an empty range.
template <parallel_iterator It, parallel_iterator J, class Equal = std::equal_to<>>
    requires const_relation<Equal, It, J>
It find_end(It first, It last, J wanted, J wanted_last, Equal equal = {}) {
    const std::uint64_t n = detail::length(first, last), size = detail::length(wanted, wanted_last);
    if (size == 0 || size > n) return last;
    const auto here = detail::stands_at(first, wanted, size, equal);
    const auto found = detail::indices(n - size + 1).position_last(here);
    return found ? detail::nth(first, *found) : last;
}
// The first element that equals one of the second range.
template <parallel_iterator It, parallel_iterator J, class Equal = std::equal_to<>>
    requires const_relation<Equal, It, J>
It find_first_of(It first, It last, J wanted, J wanted_last, Equal equal = {}) {
    const auto is_wanted = [=, equal = detail::callable<Equal>(equal)](detail::shown<It> x) -> bool {
        return std::any_of(wanted, wanted_last, [&](const auto& w) { return equal(x, w); });
    };
    const auto found = par(first, last).position_first(is_wanted);
    return found ? detail::nth(first, *found) : last;
}

namespace detail {

// A run of count elements covers exactly one of the places count - 1, 2 * count - 1, and so on. So it is
// enough to look to both sides of each of those. begin_at(k) is where the run around the k-th begins, or
// nowhere.
template <class It, class Fits>
It find_run(It first, std::uint64_t n, std::uint64_t count, const Fits& fits) {
    constexpr std::uint64_t nowhere = UINT64_MAX;
    const auto begin_at = [=](std::uint64_t k) -> std::uint64_t {
        const std::uint64_t place = k * count + (count - 1);
        std::uint64_t begin = place + 1, end = place + 1;
        while (begin != k * count && fits(at(first, begin - 1))) --begin;
        if (begin > place) return nowhere;
        while (end - begin != count && end != n && fits(at(first, end))) ++end;
        return end - begin == count ? begin : nowhere;
    };
    const auto found =
        indices(n / count).position_first([=](std::uint64_t k) -> bool { return begin_at(k) != nowhere; });
    // Asked again, for nobody kept it. An order that says something else now is taken at that place.
    if (!found) return nth(first, n);
    const std::uint64_t begin = begin_at(*found);
    return nth(first, begin == nowhere ? *found * count : begin);
}

template <class It, class N, class T, class Equal, class Proj>
It search_run(It first, It last, N count, const T& value, const Equal& equal, const Proj& proj) {
    const std::uint64_t wanted = count_from(count);
    if (wanted == 0) return first;
    const auto fits = [get = constant(value), equal = callable<Equal>(equal),
                       of = callable<Proj>(proj)](const auto& x) -> bool { return equal(of(x), get()); };
    return find_run(first, length(first, last), wanted, fits);
}

}  // namespace detail

// The first of count neighbours that all equal value; last if there are none, first if count is 0 or less.
template <parallel_iterator It, std::integral N, class T, class Equal = std::equal_to<>>
    requires const_predicate<Equal, std::iter_reference_t<It>, const T&>
It search_n(It first, It last, N count, const T& value, Equal equal = {}) {
    return detail::search_run(first, last, count, value, equal, std::identity{});
}
template <parallel_range R, std::integral N, class T, class Equal = std::equal_to<>,
          class Proj = std::identity>
std::ranges::borrowed_iterator_t<R> search_n(R&& range, N count, const T& value, Equal equal = {},
                                             Proj proj = {}) {
    return detail::search_run(std::ranges::begin(range), detail::end_of(range), count, value, equal, proj);
}

template <parallel_iterator It, parallel_iterator J, class Less = std::less<>>
    requires const_relation<Less, It, J> && const_relation<Less, J, It>
bool lexicographical_compare(It first, It last, J other, J other_last, Less less = {}) {
    const std::uint64_t n = std::min(detail::length(first, last), detail::length(other, other_last));
    const detail::callable<Less> lower(less);
    const auto differ = [=](std::uint64_t i) -> bool {
        return lower(detail::at(first, i), detail::at(other, i)) ||
               lower(detail::at(other, i), detail::at(first, i));
    };
    const auto place = detail::indices(n).position_first(differ);
    if (place) return lower(detail::at(first, *place), detail::at(other, *place));
    return detail::length(first, last) < detail::length(other, other_last);
}

}  // namespace veda

#endif
