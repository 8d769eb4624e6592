// extreme.hpp: min and max. Among equals min keeps the first and max the last.
#ifndef VEDA_ITER_EXTREME_HPP
#define VEDA_ITER_EXTREME_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/kept.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/held.hpp>
#include <veda/iter/streams.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda {

// cmp(proj(a), proj(b)) is a strict weak order over items.
template <class Cmp, class Proj, class Item>
concept order_on = std::invocable < const Proj&,
        const std::remove_reference_t<Item>
& > &&std::predicate<const Cmp&,
                     std::invoke_result_t<const Proj&, const std::remove_reference_t<Item>&>,
                     std::invoke_result_t<const Proj&, const std::remove_reference_t<Item>&>>;

namespace detail {

// Keys with values that are in no order to the others, nor equal to themselves: floating point with its NaN,
// and pairs, tuples and optionals with such a thing inside.
template <class K>
concept partly_ordered = std::three_way_comparable<K> &&
    std::same_as<std::compare_three_way_result_t<K>, std::partial_ordering>;

template <class K>
constexpr bool in_no_order(const K& key) {
    if constexpr (partly_ordered<K>) {
        return !static_cast<bool>(key == key);
    } else {
        return false;
    }
}

// Rules: whether the key of a later item takes the place of the best one.
struct least {
    template <class Less, class A, class B>
    static bool wins(const Less& less, const A& next, const B& best) {
        return static_cast<bool>(less(next, best));
    }
};
struct greatest {
    template <class Less, class A, class B>
    static bool wins(const Less& less, const A& next, const B& best) {
        if (less(next, best)) return false;
        if constexpr (partly_ordered<B>) {
            return less(best, next) || !(in_no_order(next) || in_no_order(best));
        } else {
            return true;
        }
    }
};

// The best item of a part of a chain, so that parts together give what the loop of the standard's min_element
// gives, wherever they are cut. That loop begins with the first item and takes what is better. A NaN is never
// better, and nothing is better than it: it is the result if it is the very first item, and matters nowhere
// else. Whether it is the very first one a part cannot know. So what is in no order and leads the part is
// kept apart from the best of the rest. (A comparison may well give NaN a place in its order; then this
// makes no difference.)
template <class Held, class Rule, bool Partly>
class best_of_part {
  public:
    // An item with its key; Less and Proj are callables.
    template <class Less, class Proj, class Item, class Key>
    void see(const Less& less, const Proj& proj, Item&& item, Key&& key) {
        if (best_) [[likely]] {
            if (!Rule::wins(less, std::as_const(key), best_->key(proj))) return;
        } else if constexpr (Partly) {
            if (in_no_order(std::as_const(key))) {
                if (!lead_.held || Rule::wins(less, std::as_const(key), lead_.held->key(proj)))
                    lead_.held.emplace(std::forward<Item>(item), std::forward<Key>(key));
                return;
            }
        }
        best_.emplace(std::forward<Item>(item), std::forward<Key>(key));
    }

    template <class Less, class Proj>
    void merge(const Less& less, const Proj& proj, best_of_part&& right) {
        const auto wins = [&](const auto& next, const auto& best) {
            return Rule::wins(less, next->key(proj), best->key(proj));
        };
        if constexpr (Partly) {
            std::optional<Held>& mine = best_ ? best_ : lead_.held;
            std::optional<Held>& lead = right.lead_.held;
            if (lead && (!mine || wins(lead, mine))) renew(mine, std::move(lead));
        }
        if (right.best_ && (!best_ || wins(right.best_, best_))) renew(best_, std::move(right.best_));
    }

    // At the end of all parts.
    template <class Less, class Proj>
    std::optional<Held> result(const Less& less, const Proj& proj) && {
        if constexpr (Partly) {
            if (lead_.held &&
                !(best_ && Rule::wins(less, best_->key(proj), lead_.held->key(proj)))) {
                return std::move(lead_.held);
            }
        }
        return std::move(best_);
    }

  private:
    struct none {};
    struct one {
        std::optional<Held> held;
    };

    std::optional<Held> best_;
    [[no_unique_address]] std::conditional_t<Partly, one, none> lead_;
};

template <class Item, class Proj, class Rule, bool ByAddress>
using best_held = best_of_part<held_with_key<Item, Proj, ByAddress>, Rule,
                               partly_ordered<key_value<key_of<Item, Proj>>>>;

// The best item of a chain, held.
template <class Rule, class Item, bool ByAddress, class Chain, class Cmp, class Proj>
auto extreme(Chain& chain, const Cmp& cmp, const Proj& proj) {
    using best = best_held<Item, Proj, Rule, ByAddress>;
    const callable<Cmp> less(cmp);
    const callable<Proj> key(proj);
    return chain
        .drive(accumulating{[] { return best{}; },
                            [less, key](best& acc, auto&& x) {
                                acc.see(less, key, forward_item<Item>(x), key(std::as_const(x)));
                            },
                            [less, key](best& left, best&& right) {
                                left.merge(less, key, std::move(right));
                            }})
        .result(less, key);
}

// Both ends: an item may become both, and is then copied.
template <class Item, bool ByAddress, class Chain, class Cmp, class Proj>
auto both_extremes(Chain& chain, const Cmp& cmp, const Proj& proj) {
    struct ends {
        best_held<Item, Proj, least, ByAddress> min;
        best_held<Item, Proj, greatest, ByAddress> max;
    };
    const callable<Cmp> less(cmp);
    const callable<Proj> key(proj);
    ends all = chain.drive(accumulating{
        [] { return ends{}; },
        [less, key](ends& acc, auto&& x) {
            auto&& its_key = key(std::as_const(x));
            acc.min.see(less, key, x, std::as_const(its_key));
            acc.max.see(less, key, x, std::as_const(its_key));
        },
        [less, key](ends& left, ends&& right) {
            left.min.merge(less, key, std::move(right.min));
            left.max.merge(less, key, std::move(right.max));
        }});
    return std::pair(std::move(all.min).result(less, key), std::move(all.max).result(less, key));
}

// Integers in their natural order: a loop without branches, which the compiler can vectorise. Equal
// integers are the same, so it does not matter which one is kept.
template <std::integral T>
struct extreme_integer {
    T value;
    bool any;
};

template <std::integral T, class Better, bool FromMemory>
struct natural_folder {
    static constexpr bool may_fill = false;

    extreme_integer<T> best;
    Better better;

    void consume(T x) {
        best.value = better(x, best.value) ? x : best.value;
        best.any = true;
    }
    static constexpr bool full() { return false; }
    extreme_integer<T> complete() && { return best; }

    template <class Reader>
    void sweep(const Reader& read, std::uint64_t first, std::uint64_t last)
        requires FromMemory
    {
        T left = best.value, right = best.value;
        in_two_streams(
            read, first, last, [&left, this](T x) { left = better(x, left) ? x : left; },
            [&right, this](T x) { right = better(x, right) ? x : right; });
        best.value = better(left, right) ? left : right;
        best.any = best.any || first != last;
    }
};

template <std::integral T, class Better, bool FromMemory>
struct natural_extreme {
    T worst;
    Better better;

    natural_folder<T, Better, FromMemory> into_folder() const { return {{worst, false}, better}; }
    natural_extreme split_off(std::uint64_t) const { return *this; }
    static constexpr bool full() { return false; }
    extreme_integer<T> reduce(extreme_integer<T> left, extreme_integer<T> right) const {
        return {better(right.value, left.value) ? right.value : left.value, left.any || right.any};
    }
};

// A comparison and a projection that leave integers in their natural order.
template <class T, class Cmp, class Proj>
inline constexpr bool natural_order =
    std::integral<T> && (std::same_as<Cmp, std::less<>> || std::same_as<Cmp, std::less<T>>) &&
    std::same_as<Proj, std::identity>;

template <std::integral T>
std::optional<T> best_value(extreme_integer<T>&& best) {
    if (!best.any) return std::nullopt;
    return best.value;
}

// The item that is held, if there is one.
template <class Held>
auto value_in(std::optional<Held>&& best) {
    using value = decltype(std::move(best->item()).take());
    return best ? std::optional<value>(std::move(best->item()).take()) : std::nullopt;
}

}  // namespace detail
}  // namespace veda

#endif
