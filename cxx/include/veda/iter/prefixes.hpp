// prefixes.hpp: the methods that need what came before an item: scan, pack, histogram, reduce_deterministic, ...
#ifndef VEDA_ITER_PREFIXES_HPP
#define VEDA_ITER_PREFIXES_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class prefixes {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
