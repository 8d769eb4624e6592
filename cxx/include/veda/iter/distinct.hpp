// distinct.hpp: yields the first item of each key, in order.
//
// All items are looked at before the first one goes on, so what follows is a loop of its own. Elements that
// live elsewhere are not copied: what is kept, and what goes on, are references to them.
#ifndef VEDA_ITER_DISTINCT_HPP
#define VEDA_ITER_DISTINCT_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/held.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/keyed_parts.hpp>

#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

namespace veda::detail {

// Instead of std::identity, for a number that lives elsewhere: its value is kept beside its address.
struct number_itself {
    template <class T>
    T operator()(const T& x) const noexcept {
        return x;
    }
};
template <class Item>
using item_itself = std::conditional_t<
    std::is_lvalue_reference_v<Item> && std::is_arithmetic_v<std::remove_cvref_t<Item>>, number_itself,
    std::identity>;

// The first item of a key, which is kept beside it.
template <class Item, class Key>
class first_item {
    static constexpr bool by_address = std::is_lvalue_reference_v<Item>;

  public:
    std::uint64_t hash;

    template <class U, class K>
    first_item(std::uint64_t its_hash, U&& item, K&& key)
        : hash(its_hash), held_(std::forward<U>(item), std::forward<K>(key)) {}
    const auto& key() const noexcept { return held_.key(std::identity{}); }
    // The item as the chain yielded it.
    decltype(auto) item() {
        if constexpr (by_address) {
            return *held_.item().address();
        } else {
            return std::move(held_.item()).take();
        }
    }

  private:
    held_with_key<Item, Key, by_address> held_;
};

template <stage S, class Key>
class distinct_items {
    using base_item = typename S::item;
    using entry = first_item<base_item, Key>;

  public:
    using item = std::conditional_t<std::is_lvalue_reference_v<base_item>, base_item,
                                    std::remove_cvref_t<base_item>>;
    static constexpr bool indexed = false;

    distinct_items(S&& base, Key&& key) : base_(std::move(base)), key_(std::move(key)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        auto parts = detail::feed(base_, gathering_parts<part_with_keys<entry>>(looking()), limits);
        keyed_row<entry> row(parts);
        row.find_firsts([](std::uint64_t, std::uint64_t) {});
        taken_from firsts(std::move(row).take_firsts(), [](entry* first) -> item { return first->item(); });
        return detail::feed(firsts, consumer, limits);
    }

  private:
    auto looking() const {
        return [key = callable<Key>(key_)](part_with_keys<entry>& own, auto&& x) {
            auto&& its_key = key(std::as_const(x));
            (void)own.number_of(std::as_const(its_key), [&](std::uint64_t hash) {
                own.entries.emplace_back(hash, forward_item<base_item>(x),
                                         std::forward<decltype(its_key)>(its_key));
            });
        };
    }

    S base_;
    Key key_;
};

}  // namespace veda::detail

#endif
