// collections.hpp: the methods of a chain that put its items into containers.
#ifndef VEDA_ITER_COLLECTIONS_HPP
#define VEDA_ITER_COLLECTIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class collections {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
    // All items in order, in a container.
    template <class C>
        requires collectable<C, item>
    C collect() {
        auto& chain = chain_of(*this);
        return in_pool([&] { return detail::collect<C>(chain.base(), chain.limits()); });
    }
    // collect<std::vector>(): the element type is the items' own.
    template <template <class...> class C>
        requires collectable<C<value_type>, item>
    C<value_type> collect() {
        return collect<C<value_type>>();
    }
};

}  // namespace veda::detail

#endif
