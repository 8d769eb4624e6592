// keyed.hpp: the methods of a chain for items with keys of any kind that has a hash: distinct, group_by,
// reduce_by_key.
//
// Keys are compared by ==. They are hashed by std::hash, and pairs, tuples and arrays by their parts. A key
// that is equal to nothing, such as a NaN, is a key of its own each time. What comes first among the items
// comes first in the result, for any number of workers.
#ifndef VEDA_ITER_KEYED_HPP
#define VEDA_ITER_KEYED_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/enter.hpp>
#include <veda/detail/kept.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/distinct.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/grouped.hpp>
#include <veda/iter/grouping.hpp>
#include <veda/iter/key_table.hpp>
#include <veda/iter/keyed_parts.hpp>
#include <veda/iter/routed.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

// key(item) is something that can be compared by ==.
template <class F, class Item>
concept tells_apart = const_callable<F, const std::remove_reference_t<Item>&> &&
    std::equality_comparable<detail::key_value<detail::key_of<Item, F>>>;
// It can be kept besides.
template <class F, class Item>
concept gives_keys = tells_apart<F, Item> && kept_as_value<detail::key_of<Item, F>>;

namespace detail {

template <class K>
consteval void must_have_hash() {
    static_assert(has_hash<K>(),
                  "this key has no std::hash: specialise std::hash for its type, or let the key function "
                  "return what has one (a number, a string, a pair, tuple or array of such)");
}

// A key with what its items have given so far.
template <class K, class Value>
class reduced_key {
  public:
    std::uint64_t hash;

    template <class From>
    reduced_key(std::uint64_t its_hash, From&& key, Value&& first)
        : hash(its_hash), key_(std::forward<From>(key)), value_(std::move(first)) {}
    const K& key() const noexcept { return key_; }

    template <class Op>
    void combine(const Op& op, Value&& right) {
        value_.replace(Value(op(std::move(*value_), std::move(right))));
    }
    Value&& take_value() noexcept { return *std::move(value_); }
    std::pair<K, Value> take() { return std::pair<K, Value>(std::move(key_), take_value()); }

  private:
    K key_;
    kept<Value> value_;
};

template <std::size_t Nth>
struct part_of_pair {
    template <class T>
    decltype(auto) operator()(T&& item) const {
        return part_of<Nth>(std::forward<T>(item));
    }
};

template <class S>
class keyed {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

    template <class F>
    using key_type = key_value<key_of<item, F>>;
    template <class F>
    using value_for = std::remove_cvref_t<std::invoke_result_t<const F&, item>>;

  public:
    // Yields the items that equal none before them. All items are looked at before the first goes on.
    auto distinct() &&
        requires tells_apart<item_itself<item>, item>
    {
        must_have_hash<value_type>();
        return extend<distinct_items<S, item_itself<item>>>(*this, item_itself<item>{});
    }
    // Yields the first item of each key.
    template <tells_apart<item> F>
        requires std::is_lvalue_reference_v<item> || gives_keys<F, item>
    auto distinct_by(F key) && {
        must_have_hash<key_type<F>>();
        return extend<distinct_items<S, F>>(*this, std::move(key));
    }

    // The items by their key: the groups in the order of their first items, each in the order of the items.
    template <gives_keys<item> F>
        requires kept_as_value<item> && has_its_place<value_type>
    grouped_by<key_type<F>, value_type> group_by(const F& key) {
        must_have_hash<key_type<F>>();
        auto& chain = chain_of(*this);
        return in_pool([&] {
            return grouping<item, key_type<F>>::run(chain.base(), key, chain.limits());
        });
    }

    // What value(item) gives for the items of each key, combined in order by an associative op: pairs of
    // the key and that, in the order of the keys' first items. Without functions for items that are pairs.
    template <gives_keys<item> F, const_callable<item> G, combiner<value_for<G>> Op>
    std::vector<std::pair<key_type<F>, value_for<G>>> reduce_by_key(const F& key, const G& value,
                                                                    const Op& op) {
        must_have_hash<key_type<F>>();
        auto& chain = chain_of(*this);
        return in_pool([&] { return reduced_by_key(chain, key, value, op); });
    }
    template <class Op>
        requires has_parts<item, 2>
    auto reduce_by_key(const Op& op) {
        return reduce_by_key(part_of_pair<0>{}, part_of_pair<1>{}, op);
    }

  private:
    template <class Chain, class F, class G, class Op>
    auto reduced_by_key(Chain& chain, const F& key, const G& value, const Op& op) {
        using entry = reduced_key<key_type<F>, value_for<G>>;
        using part = part_with_keys<entry>;
        const callable<Op> combine(op);
        const auto take_in = [key_of = callable<F>(key), value_of = callable<G>(value),
                              combine](part& own, auto&& x) {
            auto&& its_key = key_of(std::as_const(x));
            const auto its_value = [&] { return value_for<G>(value_of(forward_item<item>(x))); };
            bool is_new = false;
            const std::uint64_t number = own.number_of(std::as_const(its_key), [&](std::uint64_t hash) {
                is_new = true;
                // A key that is a reference may lie in the item, which the value may be moved out of.
                key_type<F> kept_key(std::forward<decltype(its_key)>(its_key));
                own.entries.emplace_back(hash, std::move(kept_key), its_value());
            });
            if (!is_new) own.entries[number].combine(combine, its_value());
        };
        auto parts = feed(chain.base(), gathering_parts<part>(take_in), chain.limits());
        keyed_row<entry> row(parts);
        row.find_firsts([&](std::uint64_t first, std::uint64_t i) {
            row[first].combine(combine, row[i].take_value());
        });
        using result = std::vector<std::pair<key_type<F>, value_for<G>>>;
        taken_from reduced(std::move(row).take_firsts(), [](entry* first) { return first->take(); });
        return detail::collect<result>(reduced, {});
    }
};

}  // namespace detail
}  // namespace veda

#endif
