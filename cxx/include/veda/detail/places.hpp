// places.hpp: random-access iterators by unsigned positions, which is how loops count.
#ifndef VEDA_DETAIL_PLACES_HPP
#define VEDA_DETAIL_PLACES_HPP

#include <veda/detail/language.hpp>

#include <cstdint>
#include <iterator>

namespace veda::detail {

template <std::random_access_iterator I>
I nth(const I& first, std::uint64_t i) {
    return first + static_cast<std::iter_difference_t<I>>(i);
}

template <std::random_access_iterator I>
std::iter_reference_t<I> at(const I& first, std::uint64_t i) {
    return first[static_cast<std::iter_difference_t<I>>(i)];
}

}  // namespace veda::detail

#endif
