// scratch.hpp: the methods with a state of each worker's own: map_with, map_init, for_each_init, ...
//
// A state is made for each part of the range that one worker does in one go, and used by nobody else;
// _with copies one that was given, _init calls a function for it.
#ifndef VEDA_ITER_SCRATCH_HPP
#define VEDA_ITER_SCRATCH_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/map_with.hpp>
#include <veda/iter/refusals.hpp>

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

namespace veda {

// make() gives a state.
template <class M>
concept state_maker = std::invocable<const M&> && !std::is_void_v<std::invoke_result_t<const M&>>;

// f(state&, item), by several threads at once, each with a state of its own.
template <class F, class State, class Item>
concept uses_state = std::invocable<const F&, State&, Item>;

namespace detail {

// make() of the _with forms.
template <class T>
struct copying {
    T original;
    T operator()() const { return original; }
};

template <state_maker M>
using state_of = std::remove_cvref_t<std::invoke_result_t<const M&>>;

template <class S>
class scratch {
    using item = typename S::item;

  public:
    // Yields f(state, item).
    template <state_maker M, uses_state<state_of<M>, item> F>
    auto map_init(M make, F f) && {
        return extend<mapped_with<S, M, F>>(*this, std::move(make), std::move(f));
    }
    template <std::copy_constructible T, uses_state<T, item> F>
    auto map_with(T state, F f) && {
        return extend<mapped_with<S, copying<T>, F>>(*this, copying<T>{std::move(state)}, std::move(f));
    }

    // Calls f(state, item) for each item.
    template <state_maker M, uses_state<state_of<M>, item> F>
    void for_each_init(const M& make, const F& f) {
        must_not_write_bits<item>();
        const callable<M> maker(make);
        const callable<F> use(f);
        chain_of(*this).drive(accumulating{
            [maker] { return maker(); },
            [use](state_of<M>& state, auto&& x) { use(state, forward_item<item>(x)); },
            [](state_of<M>&, state_of<M>&&) {}});
    }
    template <std::copy_constructible T, uses_state<T, item> F>
    void for_each_with(const T& state, const F& f) {
        for_each_init([&state]() -> T { return state; }, f);
    }

    // fold with accumulators that are copies of one that was given.
    template <std::copy_constructible T, class F>
    auto fold_with(T start, F f) && {
        return std::move(chain_of(*this)).fold(copying<T>{std::move(start)}, std::move(f));
    }
};

}  // namespace detail
}  // namespace veda

#endif
