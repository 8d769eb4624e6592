// as_chain.hpp: what adaptors take where they take another chain: a chain, or a range that veda::par takes.
#ifndef VEDA_ITER_AS_CHAIN_HPP
#define VEDA_ITER_AS_CHAIN_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/par_entry.hpp>

#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

// A chain as it is, and anything else as par takes it.
template <class T>
auto as_chain(T&& from) {
    if constexpr (any_chain<T>) {
        return std::forward<T>(from);
    } else {
        return par(std::forward<T>(from));
    }
}

template <class T>
using chain_from = decltype(as_chain(std::declval<T>()));

// The stage in there.
template <class T>
struct stage_from : stage_from<chain_from<T>> {};
template <class S>
struct stage_from<par_iter<S>> {
    using type = S;
};

}  // namespace detail

template <class T>
concept parallel_source = detail::any_chain<T> || parallel_range<T> || listable_range<T>;

// The same, indexed.
template <class T>
concept indexed_source = parallel_source<T> && indexed_stage<typename detail::stage_from<T>::type>;

}  // namespace veda

#endif
