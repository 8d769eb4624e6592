// comparisons.hpp: the methods of a chain that compare its items with those of another one, or with their
// neighbours.
#ifndef VEDA_ITER_COMPARISONS_HPP
#define VEDA_ITER_COMPARISONS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class comparisons {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
