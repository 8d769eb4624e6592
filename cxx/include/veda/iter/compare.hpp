// compare.hpp: whether items are in order; and how two items compare.
//
// A part that was walked in one go is known by its first item, its last one, and whether all between them
// are in order; two neighbours are in order if both are and the border between them is.
#ifndef VEDA_ITER_COMPARE_HPP
#define VEDA_ITER_COMPARE_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/kept.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/extreme.hpp>
#include <veda/iter/held.hpp>
#include <veda/iter/search.hpp>

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class Item>
struct ordered_part {
    std::optional<held_item<Item>> first;
    std::optional<held_item<Item>> later;  // the last one, if it is not the first
    bool in_order = true;

    const held_item<Item>& last() const { return later ? *later : *first; }
};

// follows(a, b): b may stand behind a.
template <class Item, class Follows>
struct order_folder {
    static constexpr bool may_fill = true;

    any_hit* hits;  // somebody found two that are not in order
    callable<Follows> follows;
    ordered_part<Item> part;

    template <class T>
    void consume(T&& item) {
        if (!part.first) {
            part.first.emplace(std::forward<T>(item));
            return;
        }
        if (!follows(part.last().get(), std::as_const(item))) {
            part.in_order = false;
            hits->hit(0);
        }
        part.later.emplace(std::forward<T>(item));
    }
    bool full() const { return hits->beyond(0); }
    ordered_part<Item> complete() && { return std::move(part); }
};

template <class Item, class Follows>
struct order_consumer {
    any_hit* hits;
    const Follows* follows;

    order_folder<Item, Follows> into_folder() const { return {hits, callable<Follows>(*follows), {}}; }
    order_consumer split_off(std::uint64_t) const { return *this; }
    bool full() const { return hits->beyond(0); }
    ordered_part<Item> reduce(ordered_part<Item>&& left, ordered_part<Item>&& right) const {
        if (!left.first) return std::move(right);
        if (!right.first) return std::move(left);
        left.in_order = left.in_order && right.in_order &&
            std::invoke(*follows, left.last().get(), right.first->get());
        renew(left.later, std::move(right.later ? right.later : right.first));
        return std::move(left);
    }
};

// a <=> b, or what it would be by < alone.
struct three_way {
    template <class A, class B>
    auto operator()(const A& a, const B& b) const {
        if constexpr (requires { a <=> b; }) {
            return a <=> b;
        } else {
            return a < b   ? std::weak_ordering::less
                   : b < a ? std::weak_ordering::greater
                           : std::weak_ordering::equivalent;
        }
    }
};

}  // namespace veda::detail

#endif
