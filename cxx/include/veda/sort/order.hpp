// order.hpp: the user's order and projection as one thing, and those orders that are an order of bits.
#ifndef VEDA_SORT_ORDER_HPP
#define VEDA_SORT_ORDER_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

namespace veda::detail {

// less(a, b) for cmp(proj(a), proj(b)).
template <class T, class Cmp, class Proj>
class order {
  public:
    order(const Cmp& cmp, const Proj& proj) : cmp_(cmp), proj_(proj) {}

    template <class A, class B>
    [[gnu::__always_inline__]] bool operator()(A&& a, B&& b) const {
        return static_cast<bool>(cmp_(proj_(std::forward<A>(a)), proj_(std::forward<B>(b))));
    }

    // Cheap enough that a branch which is guessed wrong costs more than the comparison.
    static constexpr bool is_cheap = std::is_trivially_copyable_v<T> && sizeof(T) <= 16;

  private:
    callable<Cmp> cmp_;
    callable<Proj> proj_;
};

// ---- orders of bits -------------------------------------------------------------------------------

template <class Cmp, class K>
inline constexpr bool is_less = std::same_as<Cmp, std::less<>> || std::same_as<Cmp, std::less<K>> ||
                                std::same_as<Cmp, std::ranges::less>;
template <class Cmp, class K>
inline constexpr bool is_greater = std::same_as<Cmp, std::greater<>> || std::same_as<Cmp, std::greater<K>> ||
                                   std::same_as<Cmp, std::ranges::greater>;

// A projection that tells the same of an element each time, because it runs no code of the user's.
template <class Proj>
inline constexpr bool reads_the_element =
    std::same_as<Proj, std::identity> || std::is_member_object_pointer_v<Proj>;

// A projection that cannot fail.
template <class Proj, class T>
concept plain_projection =
    reads_the_element<Proj> ||
    (std::is_nothrow_invocable_v<const Proj&, const T&> && copied_into_loop<Proj>);

template <std::size_t Bytes>
struct unsigned_of;
template <>
struct unsigned_of<1> {
    using type = std::uint8_t;
};
template <>
struct unsigned_of<2> {
    using type = std::uint16_t;
};
template <>
struct unsigned_of<4> {
    using type = std::uint32_t;
};
template <>
struct unsigned_of<8> {
    using type = std::uint64_t;
};

template <class K>
concept key_of_bits = (std::integral<K> && sizeof(K) <= 8) || std::same_as<K, float> ||
    std::same_as<K, double>;

// The unsigned number whose order is that of x. Of floating-point numbers both zeros get the same one, since
// neither is less; what is no number comes first or last, by its sign.
template <key_of_bits K>
constexpr auto bits_in_order(K x) noexcept {
    using bits = typename unsigned_of<sizeof(K)>::type;
    constexpr bits sign = static_cast<bits>(bits{1} << (8 * sizeof(bits) - 1));
    if constexpr (std::floating_point<K>) {
        const bits raw = std::bit_cast<bits>(x == 0 ? K{0} : x);
        return static_cast<bits>((raw & sign) != 0 ? ~raw : raw | sign);
    } else if constexpr (std::is_signed_v<K>) {
        return static_cast<bits>(static_cast<bits>(x) ^ sign);
    } else {
        return static_cast<bits>(x);
    }
}

template <class T, class Proj>
using key_type = std::remove_cvref_t<std::invoke_result_t<const Proj&, const T&>>;

// Elements that can be copied like bytes, ordered by a number, up or down.
template <class T, class Cmp, class Proj>
inline constexpr bool has_radix_key = [] {
    if constexpr (std::is_trivially_copyable_v<T> && sizeof(T) <= 64 && plain_projection<Proj, T>) {
        using key = key_type<T, Proj>;
        return key_of_bits<key> && (is_less<Cmp, key> || is_greater<Cmp, key>);
    } else {
        return false;
    }
}();

template <class T, class Cmp, class Proj>
class radix_key {
  public:
    // Integers by their own value: an element can be made from its key.
    static constexpr bool is_the_element =
        std::integral<T> && !std::same_as<T, bool> && std::same_as<Proj, std::identity>;

    explicit radix_key(const Proj& proj) : proj_(proj) {}

    using bits = decltype(bits_in_order(std::declval<key_type<T, Proj>>()));

    static T element_of(bits key) noexcept
        requires is_the_element
    {
        if constexpr (is_greater<Cmp, T>) key = static_cast<bits>(~key);
        if constexpr (std::is_signed_v<T>) key = static_cast<bits>(key ^ bits_in_order(T{0}));
        return static_cast<T>(key);
    }

    [[gnu::__always_inline__]] bits operator()(const T& element) const noexcept {
        const bits key = bits_in_order(proj_(element));
        if constexpr (is_less<Cmp, key_type<T, Proj>>) {
            return key;
        } else {
            return static_cast<bits>(~key);
        }
    }

  private:
    callable<Proj> proj_;
};

}  // namespace veda::detail

#endif
