// blocks.hpp: the methods that work through the items block by block: fold_chunks, by_uniform_blocks, ...
#ifndef VEDA_ITER_BLOCKS_HPP
#define VEDA_ITER_BLOCKS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class blocks {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
