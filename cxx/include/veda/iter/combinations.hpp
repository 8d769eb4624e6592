// combinations.hpp: the adaptors that put two chains together: chain, interleave, intersperse, zip_exact, ...
#ifndef VEDA_ITER_COMBINATIONS_HPP
#define VEDA_ITER_COMBINATIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class combinations {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
