// any.hpp: looks for an item that a predicate likes, and stops everywhere soon after one is found.
//
// A folder stops itself at once; the others hear of it through one shared flag, looked at per
// piece.
#ifndef VEDA_ITER_ANY_HPP
#define VEDA_ITER_ANY_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/concepts.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class Found, class P>
struct any_folder {
    static constexpr bool may_fill = true;

    std::atomic<bool>* stop;
    callable<P> likes;
    std::optional<Found> found;

    template <class T>
    void consume(T&& item) {
        if (likes(std::as_const(item))) {
            found.emplace(std::forward<T>(item));
            stop->store(true, std::memory_order_relaxed);  // only a hint: the join publishes found
        }
    }
    bool full() const { return found.has_value(); }
    std::optional<Found> complete() && { return std::move(found); }
};

// Found is constructed from the item: the item's value, or nothing_of_it.
template <class Found, class P>
struct any_consumer {
    std::atomic<bool>* stop;
    const P* likes;

    any_folder<Found, P> into_folder() const { return {stop, callable<P>(*likes), {}}; }
    any_consumer split_off(std::uint64_t) const { return *this; }
    bool full() const { return stop->load(std::memory_order_relaxed); }
    std::optional<Found> reduce(std::optional<Found>&& left, std::optional<Found>&& right) const {
        return left.has_value() ? std::move(left) : std::move(right);
    }
};

// For questions answered by yes or no.
struct nothing_of_it {
    template <class T>
    explicit nothing_of_it(T&&) noexcept {}
    nothing_of_it(const nothing_of_it&) = default;
    nothing_of_it(nothing_of_it&&) = default;
    nothing_of_it& operator=(const nothing_of_it&) = default;
    nothing_of_it& operator=(nothing_of_it&&) = default;
};

}  // namespace veda::detail

#endif
