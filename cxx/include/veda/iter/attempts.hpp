// attempts.hpp: the methods of a chain whose callables may fail by what they return: try_for_each, try_fold, ...
#ifndef VEDA_ITER_ATTEMPTS_HPP
#define VEDA_ITER_ATTEMPTS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class attempts {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
