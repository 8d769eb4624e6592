// routed.hpp: one consumer made of several. For partition, a route gives each item to the folder of the one
// or of the other; for unzip, each part of an item goes to a folder of its own.
#ifndef VEDA_ITER_ROUTED_HPP
#define VEDA_ITER_ROUTED_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/concepts.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
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

// ---- parts of an item, each to its own -------------------------------------------------------------

// One part of a pair, a tuple, or what has a first and a second: moved out of an item that is given away, but
// what the item refers to is not.
template <class Item>
concept has_halves = requires(Item&& item) { item.first, item.second; };

template <std::size_t Nth, has_halves Item>
constexpr decltype(auto) part_of(Item&& item) {
    if constexpr (Nth == 0) {
        return (std::forward<Item>(item).first);
    } else {
        return (std::forward<Item>(item).second);
    }
}
template <std::size_t Nth, class Item>
    requires(!has_halves<Item> && Nth < std::tuple_size<std::remove_cvref_t<Item>>::value)
constexpr decltype(auto) part_of(Item&& item) {
    return std::get<Nth>(std::forward<Item>(item));
}

template <class Item, std::size_t Count>
concept has_parts = (Count == 2 && has_halves<Item>) ||
                    std::tuple_size<std::remove_cvref_t<Item>>::value == Count;

template <std::size_t Nth, class Item>
using part_of_item = decltype(part_of<Nth>(std::declval<Item>()));

template <class... F>
struct parts_folder {
    static constexpr bool may_fill = (F::may_fill && ...);

    std::tuple<F...> parts;

    template <class T>
    void consume(T&& item) {
        give(std::forward<T>(item), std::index_sequence_for<F...>{});
    }
    bool full() const {
        return std::apply([](const F&... part) { return (part.full() && ...); }, parts);
    }
    auto complete() && {
        return std::apply([](F&... part) { return std::tuple(std::move(part).complete()...); }, parts);
    }

  private:
    template <class T, std::size_t... Nth>
    void give(T&& item, std::index_sequence<Nth...>) {
        (std::get<Nth>(parts).consume(part_of<Nth>(std::forward<T>(item))), ...);
    }
};

template <consumer... C>
struct parts_consumer {
    std::tuple<C...> parts;

    using result = std::tuple<result_of<C>...>;

    parts_folder<folder_of<C>...> into_folder() const {
        return std::apply(
            [](const C&... part) { return parts_folder<folder_of<C>...>{{part.into_folder()...}}; }, parts);
    }
    parts_consumer split_off(std::uint64_t i) const {
        return std::apply([i](const C&... part) { return parts_consumer{{part.split_off(i)...}}; }, parts);
    }
    bool full() const {
        return std::apply([](const C&... part) { return (part.full() && ...); }, parts);
    }
    result reduce(result&& left, result&& right) const {
        return reduced(left, right, std::index_sequence_for<C...>{});
    }

  private:
    template <std::size_t... Nth>
    result reduced(result& left, result& right, std::index_sequence<Nth...>) const {
        return result(
            std::get<Nth>(parts).reduce(std::get<Nth>(std::move(left)), std::get<Nth>(std::move(right)))...);
    }
};

}  // namespace veda::detail

#endif
