// search.hpp: one range looked for in another, and two compared.
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
#include <utility>

namespace veda {

namespace detail {

// i: does the wanted range stand at place i of the other one?
template <class I, class J, class Equal>
auto stands_at(I first, J wanted, std::uint64_t size, const Equal& equal) {
    return [=, equal = callable<Equal>(equal)](std::uint64_t i) -> bool {
        return std::equal(nth(first, i), nth(first, i + size), wanted, equal);
    };
}

}  // namespace detail

// Where the second range stands in the first one for the first time; last if nowhere.
template <parallel_iterator I, parallel_iterator J, class Equal = std::equal_to<>>
I search(I first, I last, J wanted, J wanted_last, Equal equal = {}) {
    const std::uint64_t n = detail::length(first, last), size = detail::length(wanted, wanted_last);
    if (size > n) return last;
    const auto here = detail::stands_at(first, wanted, size, equal);
    const auto found = detail::indices(n - size + 1).position_first(here);
    return found ? detail::nth(first, *found) : last;
}
// The same for the last time; last also for an empty range.
template <parallel_iterator I, parallel_iterator J, class Equal = std::equal_to<>>
I find_end(I first, I last, J wanted, J wanted_last, Equal equal = {}) {
    const std::uint64_t n = detail::length(first, last), size = detail::length(wanted, wanted_last);
    if (size == 0 || size > n) return last;
    const auto here = detail::stands_at(first, wanted, size, equal);
    const auto found = detail::indices(n - size + 1).position_last(here);
    return found ? detail::nth(first, *found) : last;
}
// The first element that equals one of the second range.
template <parallel_iterator I, parallel_iterator J, class Equal = std::equal_to<>>
I find_first_of(I first, I last, J wanted, J wanted_last, Equal equal = {}) {
    const auto is_wanted = [=, equal = detail::callable<Equal>(equal)](detail::shown<I> x) -> bool {
        return std::any_of(wanted, wanted_last, [&](const auto& w) { return equal(x, w); });
    };
    const auto found = par(first, last).position_first(is_wanted);
    return found ? detail::nth(first, *found) : last;
}

template <parallel_iterator I, parallel_iterator J, class Less = std::less<>>
bool lexicographical_compare(I first, I last, J other, J other_last, Less less = {}) {
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
