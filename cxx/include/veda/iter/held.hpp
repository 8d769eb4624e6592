// held.hpp: an item of a chain that is held for later, and its key.
//
// Held items are replaced and never assigned to (detail/kept.hpp), so that nothing is written through one
// that is, or contains, a reference.
#ifndef VEDA_ITER_HELD_HPP
#define VEDA_ITER_HELD_HPP

#include <veda/detail/language.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda::detail {

// An item that lives elsewhere is held by its address. A number is cheaper to copy.
template <class Item>
inline constexpr bool held_by_address =
    std::is_lvalue_reference_v<Item> && !std::is_arithmetic_v<std::remove_cvref_t<Item>>;

template <class Item, bool ByAddress = held_by_address<Item>>
class held_item {
    using value = std::remove_cvref_t<Item>;

  public:
    template <class U>
        requires(!std::same_as<std::remove_cvref_t<U>, held_item>)
    explicit held_item(U&& item) : value_(std::forward<U>(item)) {}
    const value& get() const noexcept { return value_; }
    value take() && { return std::move(value_); }

  private:
    value value_;
};

template <class Item>
class held_item<Item, true> {
    using element = std::remove_reference_t<Item>;

  public:
    explicit held_item(element& item) noexcept : at_(std::addressof(item)) {}
    const element& get() const noexcept { return *at_; }
    std::remove_cv_t<element> take() && { return *at_; }
    element* address() const noexcept { return at_; }

  private:
    element* at_;
};

// The address of a found item, or null.
template <class Held>
auto address_in(const std::optional<Held>& found) {
    return found ? found->address() : nullptr;
}

// Proj(item), kept beside the item so that it is computed once. A key that is a reference may lie inside the
// item: if the item moves, the key is copied, or, if it cannot be, asked for again.
template <class Item, class Proj>
using key_of = std::invoke_result_t<const Proj&, const std::remove_reference_t<Item>&>;

template <class Key>
using key_value = std::remove_cvref_t<Key>;

template <class Key, bool ByAddress>
inline constexpr bool key_by_address =
    ByAddress && std::is_lvalue_reference_v<Key> && !std::is_arithmetic_v<key_value<Key>>;
template <class Key>
inline constexpr bool key_by_value =
    !std::is_lvalue_reference_v<Key> || std::copy_constructible<key_value<Key>>;

template <class Key, bool ByAddress>
class held_key {
  public:
    template <class K>
    explicit held_key(K&& key) : value_(std::forward<K>(key)) {}
    template <class Proj, class Held>
    const key_value<Key>& get(const Proj&, const Held&) const noexcept {
        return value_;
    }

  private:
    key_value<Key> value_;
};
template <class Key, bool ByAddress>
    requires key_by_address<Key, ByAddress>
class held_key<Key, ByAddress> {
  public:
    explicit held_key(const key_value<Key>& key) noexcept : at_(std::addressof(key)) {}
    template <class Proj, class Held>
    const key_value<Key>& get(const Proj&, const Held&) const noexcept {
        return *at_;
    }

  private:
    const key_value<Key>* at_;
};
template <class Key, bool ByAddress>
    requires(!key_by_address<Key, ByAddress> && !key_by_value<Key>)
class held_key<Key, ByAddress> {
  public:
    template <class K>
    explicit held_key(K&&) noexcept {}
    template <class Proj, class Held>
    const key_value<Key>& get(const Proj& proj, const Held& item) const {
        return proj(item.get());
    }
};

// Both. With std::identity the item is its own key.
template <class Item, class Proj, bool ByAddress>
class held_with_key {
  public:
    template <class U, class K>
    held_with_key(U&& item, K&& key) : key_(std::forward<K>(key)), item_(std::forward<U>(item)) {}
    template <class P>
    const auto& key(const P& proj) const {
        return key_.get(proj, item_);
    }
    held_item<Item, ByAddress>& item() noexcept { return item_; }

  private:
    held_key<key_of<Item, Proj>, ByAddress> key_;  // first: the item may be moved in
    held_item<Item, ByAddress> item_;
};
template <class Item, bool ByAddress>
class held_with_key<Item, std::identity, ByAddress> {
  public:
    template <class U, class K>
    held_with_key(U&& item, const K&) : item_(std::forward<U>(item)) {}
    template <class P>
    const auto& key(const P&) const noexcept {
        return item_.get();
    }
    held_item<Item, ByAddress>& item() noexcept { return item_; }

  private:
    held_item<Item, ByAddress> item_;
};

}  // namespace veda::detail

#endif
