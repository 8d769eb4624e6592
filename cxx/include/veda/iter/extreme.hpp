// extreme.hpp: min and max. Among equals min keeps the first and max the last.
#ifndef VEDA_ITER_EXTREME_HPP
#define VEDA_ITER_EXTREME_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/streams.hpp>

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

// The best item so far: the element itself where it lives elsewhere, a copy of numbers, and
// otherwise the item that was given.
template <class Item>
using best_so_far =
    std::conditional_t<std::is_lvalue_reference_v<Item> &&
                           !std::is_arithmetic_v<std::remove_cvref_t<Item>>,
                       std::remove_reference_t<Item>*, std::optional<std::remove_cvref_t<Item>>>;

template <class T, class U>
void set_best(T*& best, U&& item) {
    best = std::addressof(item);
}
template <class T, class U>
void set_best(std::optional<T>& best, U&& item) {
    best.emplace(std::forward<U>(item));
}

// better(candidate, best): the candidate, which comes later, takes the place.
template <class Item, class Better>
auto extreme(const Better& better) {
    using best = best_so_far<Item>;
    const callable<Better> wins(better);
    return accumulating{
        [] { return best{}; },
        [wins](best& acc, auto&& item) {
            if (!acc || wins(std::as_const(item), std::as_const(*acc))) {
                set_best(acc, std::forward<decltype(item)>(item));
            }
        },
        [wins](best& left, best&& right) {
            if (right && (!left || wins(std::as_const(*right), std::as_const(*left)))) {
                left = std::move(right);
            }
        }};
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

// As std::optional of a value, whichever way it was kept.
template <class T>
std::optional<std::remove_cv_t<T>> best_value(T* best) {
    if (best == nullptr) return std::nullopt;
    return *best;
}
template <class T>
std::optional<T> best_value(std::optional<T>&& best) {
    return std::move(best);
}

}  // namespace detail
}  // namespace veda

#endif
