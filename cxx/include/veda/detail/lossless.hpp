// lossless.hpp: whether every value of one arithmetic type is also a value of another.
#ifndef VEDA_DETAIL_LOSSLESS_HPP
#define VEDA_DETAIL_LOSSLESS_HPP

#include <veda/detail/language.hpp>

#include <limits>
#include <type_traits>
#include <utility>

namespace veda::detail {

// Bytes may be kept as characters and the other way round.
template <class T>
inline constexpr bool is_character = std::is_same_v<T, char> || std::is_same_v<T, char8_t>;

template <class From, class To>
consteval bool number_fits() {
    if constexpr (std::is_same_v<From, To> || std::is_same_v<From, bool>) {
        return true;
    } else if constexpr (std::is_same_v<To, bool>) {
        return false;
    } else if constexpr ((is_character<From> || is_character<To>)&&sizeof(From) == 1 && sizeof(To) == 1) {
        return true;
    } else {
        using from = std::numeric_limits<From>;
        using to = std::numeric_limits<To>;
        return from::digits <= to::digits && (from::is_integer || !to::is_integer) &&
               (!from::is_signed || to::is_signed);
    }
}

// What is no number may become whatever it can be converted to. Pairs are looked into.
template <class From, class To>
inline constexpr bool lossless = true;
template <class From, class To>
    requires std::is_arithmetic_v<From> && std::is_arithmetic_v<To>
inline constexpr bool lossless<From, To> = number_fits<From, To>();
template <class A, class B, class C, class D>
inline constexpr bool lossless<std::pair<A, B>, std::pair<C, D>> =
    lossless<std::remove_cvref_t<A>, std::remove_cvref_t<C>> &&
    lossless<std::remove_cvref_t<B>, std::remove_cvref_t<D>>;

}  // namespace veda::detail

#endif
