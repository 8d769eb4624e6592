// checked.hpp: a consumer of what is in optionals or expecteds, that ends at one that is empty, for
// collect into an optional or expected.
//
// Hits says which of several errors wins, and so who may stop: any one, or the leftmost (search.hpp).
#ifndef VEDA_ITER_CHECKED_HPP
#define VEDA_ITER_CHECKED_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/filter_map.hpp>
#include <veda/iter/search.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace veda::detail {

// What is in an optional or expected, where that of an expected<void, E> is std::monostate.
template <optional_like T>
struct contained {
    using type = content_of<T>;
};
template <optional_like T>
    requires std::is_void_v<decltype(*std::declval<T>())>
struct contained<T> {
    using type = std::monostate;
};
template <class T>
using content_or_nothing = typename contained<T>::type;

// What an empty optional or expected has to say.
struct nothing_there {};
template <class T>
auto why_empty(T&& item) {
    if constexpr (requires { item.error(); }) {
        return std::forward<T>(item).error();
    } else {
        return nothing_there{};
    }
}

template <class Error, class Result>
struct checked_result {
    std::optional<Error> error;
    Result items;
};

template <class Next, class Error, class Hits>
struct checked_folder {
    static constexpr bool may_fill = true;

    Next next;
    Hits* hits;
    std::uint64_t position;
    std::optional<Error> error;

    template <class T>
    void consume(T&& item) {
        if (error) return;  // the first one of this part is kept, even if others of the run go on
        if (item) {
            if constexpr (std::is_void_v<decltype(*std::forward<T>(item))>) {
                next.consume(std::monostate{});
            } else {
                next.consume(*std::forward<T>(item));
            }
        } else {
            error.emplace(why_empty(std::forward<T>(item)));
            hits->hit(position);
        }
    }
    bool full() const { return error.has_value() || hits->beyond(position) || next.full(); }
    auto complete() && {
        auto items = std::move(next).complete();
        return checked_result<Error, decltype(items)>{std::move(error), std::move(items)};
    }
};

template <consumer C, class Error, class Hits>
struct checked_consumer {
    C next;
    Hits* hits;
    std::uint64_t position = 0;

    using result = checked_result<Error, result_of<C>>;

    checked_folder<folder_of<C>, Error, Hits> into_folder() const {
        return {next.into_folder(), hits, position, {}};
    }
    checked_consumer split_off(std::uint64_t i) const {
        return {next.split_off(i), hits, position + i};
    }
    bool full() const { return hits->beyond(position) || next.full(); }
    result reduce(result&& left, result&& right) const {
        return {left.error ? std::move(left.error) : std::move(right.error),
                next.reduce(std::move(left.items), std::move(right.items))};
    }
};

}  // namespace veda::detail

#endif
