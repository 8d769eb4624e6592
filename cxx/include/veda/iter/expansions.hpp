// expansions.hpp: the adaptors that yield any number of items for each one: flat_map, filter_map, ...
#ifndef VEDA_ITER_EXPANSIONS_HPP
#define VEDA_ITER_EXPANSIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class expansions {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
