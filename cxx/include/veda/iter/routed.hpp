// routed.hpp: one consumer made of two, for unzip and partition: a route gives each item, or its halves,
// to the folder of the one or of the other.
#ifndef VEDA_ITER_ROUTED_HPP
#define VEDA_ITER_ROUTED_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/concepts.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace veda::detail {

template <class A, class B, class Route>
struct routed_folder {
    static constexpr bool may_fill = A::may_fill && B::may_fill;

    A a;
    B b;
    Route route;

    template <class T>
    void consume(T&& item) {
        route(std::forward<T>(item), a, b);
    }
    bool full() const { return a.full() && b.full(); }
    auto complete() && {
        return std::pair(std::move(a).complete(), std::move(b).complete());
    }
};

template <consumer A, consumer B, class Route>
struct routed_consumer {
    A a;
    B b;
    Route route;

    using result = std::pair<result_of<A>, result_of<B>>;

    routed_folder<folder_of<A>, folder_of<B>, Route> into_folder() const {
        return {a.into_folder(), b.into_folder(), route};
    }
    routed_consumer split_off(std::uint64_t i) const { return {a.split_off(i), b.split_off(i), route}; }
    bool full() const { return a.full() && b.full(); }
    result reduce(result&& left, result&& right) const {
        return {a.reduce(std::move(left.first), std::move(right.first)),
                b.reduce(std::move(left.second), std::move(right.second))};
    }
};

// Both halves of a pair, each to its own.
struct by_halves {
    template <class T, class A, class B>
    void operator()(T&& item, A& a, B& b) const {
        auto& [first, second] = item;
        a.consume(half<T>(first));
        b.consume(half<T>(second));
    }

  private:
    // Moved out of a pair that is given away; but what it refers to is not.
    template <class Pair, class T>
    static decltype(auto) half(T& x) {
        if constexpr (std::is_lvalue_reference_v<Pair>) {
            return static_cast<T&>(x);
        } else {
            return static_cast<T&&>(x);
        }
    }
};

// To the first where the predicate holds.
template <class P>
struct by_predicate {
    callable<P> goes_left;

    template <class T, class A, class B>
    void operator()(T&& item, A& a, B& b) const {
        if (goes_left(std::as_const(item))) {
            a.consume(std::forward<T>(item));
        } else {
            b.consume(std::forward<T>(item));
        }
    }
};

// To where f's std::variant says.
template <class F>
struct by_variant {
    callable<F> f;

    template <class T, class A, class B>
    void operator()(T&& item, A& a, B& b) const {
        auto made = f(std::forward<T>(item));
        if (made.index() == 0) {
            a.consume(std::get<0>(std::move(made)));
        } else {
            b.consume(std::get<1>(std::move(made)));
        }
    }
};

}  // namespace veda::detail

#endif
