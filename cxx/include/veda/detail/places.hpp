// places.hpp: random-access iterators by unsigned positions, which is how loops count.
#ifndef VEDA_DETAIL_PLACES_HPP
#define VEDA_DETAIL_PLACES_HPP

#include <veda/detail/language.hpp>

#include <cstdint>
#include <iterator>

namespace veda::detail {

template <std::random_access_iterator It>
It nth(const It& first, std::uint64_t i) {
    return first + static_cast<std::iter_difference_t<It>>(i);
}

template <std::random_access_iterator It>
std::iter_reference_t<It> at(const It& first, std::uint64_t i) {
    return first[static_cast<std::iter_difference_t<It>>(i)];
}

}  // namespace veda::detail

#endif
