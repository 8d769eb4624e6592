// selections.hpp: the adaptors that yield only some of the items, or in another order: take, skip, rev, ...
#ifndef VEDA_ITER_SELECTIONS_HPP
#define VEDA_ITER_SELECTIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class selections {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
