// par.hpp: veda::par, the way into a parallel chain.
//
//     par(0, n)                 integers; par_inclusive(1, n) with the last one
//     par(first, last)          random-access iterators
//     par(container)            an lvalue: borrowed, yields references
//     par(std::move(container)) an rvalue: owned, gives its elements away
//     par(view)                 a view or span: kept by value, yields what it yields
//     par(list), par(map), ...  as containers; their places are listed first
//     par(optional)             one item or none
//     range | par               the same as par(range)
//
// par is an object, of type detail::par_entry: a new way in is one more operator() of that.
#ifndef VEDA_ITER_PAR_HPP
#define VEDA_ITER_PAR_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/error.hpp>
#include <veda/iter/par_iter.hpp>
#include <veda/iter/refusals.hpp>
#include <veda/iter/source_integers.hpp>
#include <veda/iter/source_listed.hpp>
#include <veda/iter/source_owned.hpp>
#include <veda/iter/source_range.hpp>
#include <veda/iter/source_values.hpp>

#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

template <std::integral T>
constexpr bool is_negative(T x) noexcept {
    if constexpr (std::is_signed_v<T>) return x < 0;
    return false;
}

// Picks the source for a range: where do its elements live?
template <class R>
auto range_source(R&& range) {
    using bare = std::remove_cvref_t<R>;
    if constexpr (std::is_lvalue_reference_v<R> || std::ranges::borrowed_range<R>) {
        using iterator = std::ranges::iterator_t<R>;
        return borrowed<iterator>(std::ranges::begin(range),
                                  static_cast<std::uint64_t>(std::ranges::size(range)));
    } else if constexpr (std::ranges::view<bare>) {
        return viewed<bare>(std::move(range));
    } else {
        return owned<bare>(std::move(range));
    }
}

}  // namespace detail

namespace detail {

// A and B as their common type. Throws VEDA_E_RANGE for a negative one together with an unsigned one: no
// type would hold both.
template <class A, class B>
auto bounds(const char* name, A first, B last) {
    using value = std::common_type_t<A, B>;
    if constexpr (std::is_unsigned_v<value> && (std::is_signed_v<A> || std::is_signed_v<B>)) {
        if (is_negative(first) || is_negative(last)) [[unlikely]] {
            throw error(VEDA_E_RANGE, std::string("VEDA_E_RANGE: ") + name + ": first is " +
                                          std::to_string(first) + ", last is " + std::to_string(last) +
                                          "; with an unsigned one neither may be negative");
        }
    }
    return std::pair(static_cast<value>(first), static_cast<value>(last));
}

}  // namespace detail

// [first, last) in the common type of the two; empty if last is not above first.
template <std::integral A, std::integral B>
    requires(!std::same_as<std::common_type_t<A, B>, bool>)
auto detail::par_entry::operator()(A first, B last) const {
    const auto [from, to] = detail::bounds("par", first, last);
    return par_iter(detail::integers<std::common_type_t<A, B>>(from, to));
}

// [first, last], with last; empty if last is below first. Throws VEDA_E_RANGE for all numbers of 64 bits: so
// many cannot be counted.
template <std::integral A, std::integral B>
    requires(!std::same_as<std::common_type_t<A, B>, bool>)
[[nodiscard]] auto par_inclusive(A first, B last) {
    using value = std::common_type_t<A, B>;
    const auto [from, to] = detail::bounds("par_inclusive", first, last);
    const std::uint64_t steps = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    const std::uint64_t size = to < from ? 0 : detail::sum_of_lengths("par_inclusive", steps, 1);
    return par_iter(detail::integers_through<value>(from, size));
}

// [first, last) of elements that must outlive the chain.
template <std::random_access_iterator It, std::sized_sentinel_for<It> E>
auto detail::par_entry::operator()(It first, E last) const {
    const auto size = static_cast<std::uint64_t>(last - first);
    return par_iter(detail::borrowed<It>(std::move(first), size));
}

// A range with random access and a known size.
template <parallel_range R>
auto detail::par_entry::operator()(R&& range) const {
    detail::must_not_move_a_constant<R>();
    return par_iter(detail::range_source(std::forward<R>(range)));
}

// Any other range that can be walked again: a list, a set, a map.
template <listable_range R>
auto detail::par_entry::operator()(R&& range) const {
    using bare = std::remove_cvref_t<R>;
    detail::must_have_an_end<R>();
    detail::must_not_move_a_constant<R>();
    if constexpr (std::is_lvalue_reference_v<R> || std::ranges::borrowed_range<R>) {
        return par_iter(detail::listed<std::ranges::iterator_t<R>>(range));
    } else {
        static_assert(!std::ranges::view<bare>,
                      "a view that is no std::ranges::borrowed_range must be an lvalue");
        auto items = detail::take_all_out(std::move(range));
        return par_iter(detail::taken_out<typename decltype(items)::value_type>(std::move(items)));
    }
}

// What is in an optional, if anything.
template <class T>
auto detail::par_entry::operator()(std::optional<T>&& value) const {
    return par_iter(detail::maybe_one<T>(std::move(value)));
}
template <class T>
auto detail::par_entry::operator()(std::optional<T>& value) const {
    T* const first = value ? std::addressof(*value) : nullptr;
    return par_iter(detail::borrowed<T*>(first, value ? 1 : 0));
}
template <class T>
auto detail::par_entry::operator()(const std::optional<T>& value) const {
    const T* const first = value ? std::addressof(*value) : nullptr;
    return par_iter(detail::borrowed<const T*>(first, value ? 1 : 0));
}

namespace detail {

template <class R>
    requires parallel_range<R> || listable_range<R>
[[nodiscard]] auto operator|(R&& range, const par_entry& enter) {
    return enter(std::forward<R>(range));
}

}  // namespace detail

}  // namespace veda

#endif
