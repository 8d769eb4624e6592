// group.hpp: how the methods of a chain are put into groups, one file each.
//
// par_iter<S> inherits from all groups; a group is an empty class template over the same stage S that
// finds the chain it is part of by chain_of(*this). A group must hold no data, and no name may be in
// two groups.
#ifndef VEDA_ITER_GROUP_HPP
#define VEDA_ITER_GROUP_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <type_traits>
#include <utility>

namespace veda {

template <stage S>
class par_iter;

namespace detail {

// The chain that a group is a part of.
template <template <class> class Group, class S>
par_iter<S>& chain_of(Group<S>& group) noexcept {
    return static_cast<par_iter<S>&>(group);
}

// A chain with one more stage, made by an adaptor out of the old one.
template <stage T>
par_iter<T> chain_with(T&& next, piece_limits limits) {
    return par_iter<T>(std::move(next), limits);
}

// The chain of a group with the stage T(its stage, args...) around it.
template <class T, template <class> class Group, class S, class... Args>
auto extend(Group<S>& group, Args&&... args) {
    par_iter<S>& chain = chain_of(group);
    const piece_limits limits = chain.limits();
    return chain_with(T(std::move(chain).release(), std::forward<Args>(args)...), limits);
}

// x, the auto&& parameter of a generic lambda, as the chain yielded it.
template <class Item, class T>
constexpr decltype(auto) forward_item(T& x) noexcept {
    if constexpr (std::is_reference_v<Item>) {
        return static_cast<Item&&>(x);
    } else {
        return static_cast<T&&>(x);
    }
}

template <class T>
inline constexpr bool is_par_iter = false;
template <class S>
inline constexpr bool is_par_iter<par_iter<S>> = true;
template <class C>
concept any_chain = is_par_iter<std::remove_cvref_t<C>>;

}  // namespace detail
}  // namespace veda

#endif
