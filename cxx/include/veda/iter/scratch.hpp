// scratch.hpp: the methods with a state of each worker's own: map_with, map_init, for_each_init, ...
#ifndef VEDA_ITER_SCRATCH_HPP
#define VEDA_ITER_SCRATCH_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class scratch {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
