// kept.hpp: a value that a loop holds and replaces from time to time: an accumulator, the best item so far.
//
// It is never assigned to. An item may be a reference in disguise: a pair of references from zip, the bit of
// a std::vector<bool>. Assignment then writes into the user's elements; it does not exist at all for a type
// with a const member. So the old value is destroyed and the new one built in its place.
#ifndef VEDA_DETAIL_KEPT_HPP
#define VEDA_DETAIL_KEPT_HPP

#include <veda/detail/language.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda::detail {

// To assign one T to another is to copy its bytes, which stay in T.
template <class T>
inline constexpr bool plainly_assigned =
    std::is_trivially_copyable_v<T> && std::is_trivially_move_assignable_v<T>;

// The next value instead of the one that is in place. Where moving may throw, T is assigned; without an
// assignment it must not throw, because nothing is left in place if it does.
template <class T>
void renew(T& place, T&& value) {
    if constexpr (plainly_assigned<T> ||
                  (!std::is_nothrow_move_constructible_v<T> && std::is_move_assignable_v<T>)) {
        place = std::move(value);
    } else {
        std::destroy_at(std::addressof(place));
        std::construct_at(std::addressof(place), std::move(value));
    }
}
// An optional is empty if that throws.
template <class T>
void renew(std::optional<T>& place, T&& value) {
    place.emplace(std::move(value));
}
template <class T>
void renew(std::optional<T>& place, std::optional<T>&& value) {
    if (value) {
        place.emplace(*std::move(value));
    } else {
        place.reset();
    }
}

// One T, always there for its user; gone only after replace() threw.
template <class T>
class kept {
  public:
    explicit kept(T&& value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value)) {}
    T& operator*() & noexcept { return value_; }
    T&& operator*() && noexcept { return std::move(value_); }
    void replace(T&& value) { renew(value_, std::move(value)); }

  private:
    T value_;
};

template <class T>
    requires(!plainly_assigned<T> && !std::is_nothrow_move_constructible_v<T>)
class kept<T> {
  public:
    explicit kept(T&& value) : value_(std::move(value)) {}
    T& operator*() & noexcept { return *value_; }
    T&& operator*() && noexcept { return *std::move(value_); }
    void replace(T&& value) { renew(value_, std::move(value)); }

  private:
    std::optional<T> value_;
};

}  // namespace veda::detail

#endif
