// refusals.hpp: what a chain refuses although it would compile, each with the way out.
#ifndef VEDA_ITER_REFUSALS_HPP
#define VEDA_ITER_REFUSALS_HPP

#include <veda/detail/language.hpp>

#include <concepts>
#include <iterator>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

// A writable bit of a std::vector<bool>, or a pair or tuple that holds one. Its neighbours share its byte.
template <class Item>
inline constexpr bool holds_a_bit = std::same_as<Item, std::vector<bool>::reference>;
template <class A, class B>
inline constexpr bool holds_a_bit<std::pair<A, B>> = holds_a_bit<A> || holds_a_bit<B>;
template <class... T>
inline constexpr bool holds_a_bit<std::tuple<T...>> = (holds_a_bit<T> || ...);

// For what calls a function for its effects on the items.
template <class Item>
consteval void must_not_write_bits() {
    static_assert(
        !holds_a_bit<std::remove_cvref_t<Item>>,
        "the bits of a std::vector<bool> share their bytes, so threads cannot write them at once: use "
        "std::vector<char>, or read them by veda::par(std::as_const(bits))");
}

// An element that lives elsewhere and may be written there.
template <class Item>
inline constexpr bool is_writable_place =
    std::is_lvalue_reference_v<Item> && !std::is_const_v<std::remove_reference_t<Item>>;

template <class R>
consteval void must_have_an_end() {
    static_assert(
        !std::same_as<std::ranges::sentinel_t<R>, std::unreachable_sentinel_t>,
        "this range has no end: take a part, range | std::views::take(n), or, for a search that ends "
        "by itself, veda::par_bridge(range)");
}

// R: what a forwarding reference was deduced as.
template <class R>
consteval void must_not_move_a_constant() {
    static_assert(
        !std::is_const_v<R> || std::ranges::borrowed_range<R> || std::ranges::view<std::remove_cv_t<R>>,
        "nothing can be moved out of a const container: veda::par(container) borrows it");
}

template <class...>
inline constexpr bool no_type_at_all = false;

// The first argument is a range: then the algorithm was meant and not the step of a pipe.
template <class... Args>
inline constexpr bool begins_with_range = false;
template <class R, class... Rest>
inline constexpr bool begins_with_range<R, Rest...> = std::ranges::range<R>;

}  // namespace veda::detail

#endif
