// collector.hpp: how items become what collect<C>() was asked for.
//
// A collector has a consumer, which the chain runs into, and finish, which makes a C of the result. They nest
// as C does: that of std::optional<std::pair<A, B>> unwraps each item and gives its halves to those of A
// and B. A collector lives on the stack of the method that collects, and its consumers point into it.
//
// Hits says which of several errors wins: any one, or the leftmost (search.hpp).
#ifndef VEDA_ITER_COLLECTOR_HPP
#define VEDA_ITER_COLLECTOR_HPP

#include <veda/detail/language.hpp>
#include <veda/expected.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/checked.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/filter_map.hpp>
#include <veda/iter/routed.hpp>
#include <veda/iter/utf8.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace veda {

namespace detail {

template <class C, class Item, class Hits>
class collector;

// expected<void, E> asks only whether all are there.
template <class C>
using content_wanted = std::conditional_t<std::is_void_v<C>, std::monostate, C>;

template <class C>
inline constexpr bool is_optional = false;
template <class C>
inline constexpr bool is_optional<std::optional<C>> = true;
template <class C>
inline constexpr bool is_expected = false;
template <class C, class E>
inline constexpr bool is_expected<expected<C, E>> = true;

// Whether C can be made of such items, and why not.
template <class C, class Item>
struct collecting {
    static constexpr bool possible = collectable<C, Item> || text_collectable<C, Item>;
};
template <class Item>
struct collecting<std::monostate, Item> {
    static constexpr bool possible = true;
};
template <class C, class Item>
    requires optional_like<Item> && (is_optional<C> || is_expected<C>)
struct collecting<C, Item> {
    static constexpr bool possible =
        collecting<content_wanted<typename C::value_type>, content_or_nothing<Item>>::possible;
};
template <class A, class B, class Item>
    requires has_parts<Item, 2>
struct collecting<std::pair<A, B>, Item> {
    static constexpr bool possible = collecting<A, part_of_item<0, Item>>::possible &&
                                     collecting<B, part_of_item<1, Item>>::possible;
};
template <class... C, class Item>
    requires has_parts<Item, sizeof...(C)>
struct collecting<std::tuple<C...>, Item> {
    template <std::size_t... Nth>
    static constexpr bool all(std::index_sequence<Nth...>) {
        return (collecting<C, part_of_item<Nth, Item>>::possible && ...);
    }
    static constexpr bool possible = all(std::index_sequence_for<C...>{});
};

}  // namespace detail

// C is a container of them, a string of texts or code points, or an optional, expected, pair or tuple of such
// things, whose items are optionals, expecteds, pairs or tuples of theirs.
template <class C, class Item>
concept collects = collectable<C, Item> || text_collectable<C, Item> || detail::collecting<C, Item>::possible;

namespace detail {

template <class C>
using element_of = typename movable_element<typename C::value_type>::type;

template <class C, class Item, class Hits>
    requires collectable<C, Item>
class collector<C, Item, Hits> {
  public:
    using consumer_type = gather_consumer<element_of<C>>;
    consumer_type consumer() { return {}; }
    C finish(gathered<element_of<C>>&& parts) {
        return put_together<C, element_of<C>>(std::move(parts));
    }
};

template <class C, class Item, class Hits>
    requires text_collectable<C, Item>
class collector<C, Item, Hits> {
  public:
    using consumer_type = decltype(text_consumer<C>());
    consumer_type consumer() { return text_consumer<C>(); }
    C finish(C&& text) { return std::move(text); }
};

template <class Item, class Hits>
class collector<std::monostate, Item, Hits> {
    struct nothing {
        std::monostate operator()() const { return {}; }
        template <class A, class B>
        void operator()(A&&, B&&) const {}
    };

  public:
    using consumer_type = accumulating<nothing, nothing, nothing>;
    consumer_type consumer() { return {}; }
    std::monostate finish(std::monostate) { return {}; }
};

// A result where all items held something; else empty, or the error of one. make() gives the result.
template <class R, class Error, class Make>
R unless_failed(std::optional<Error>&& error, const Make& make) {
    if (!error) return make();
    if constexpr (is_expected<R>) {
        return R(unexpected(*std::move(error)));
    } else {
        return R();
    }
}

// An optional (or expected) of an R instead of what it is of.
template <class Holder, class R>
struct holding;
template <class T, class R>
struct holding<std::optional<T>, R> {
    using type = std::optional<R>;
};
template <class T, class E, class R>
struct holding<expected<T, E>, R> {
    using type = expected<R, E>;
};

// R, or the type of a value if R is void.
template <class R, class Item>
using either_type = std::conditional_t<std::is_void_v<R>, std::remove_cvref_t<Item>, R>;

// Items that are such.
template <class Item>
concept optional_or_expected =
    is_optional<std::remove_cvref_t<Item>> || is_expected<std::remove_cvref_t<Item>>;

// An optional or expected: what is in the items, or the error of one.
template <class R, class Item, class Hits>
    requires optional_like<Item> && (is_optional<R> || is_expected<R>)
class collector<R, Item, Hits> {
    using content = content_wanted<typename R::value_type>;
    using inner = collector<content, content_or_nothing<Item>, Hits>;
    using error = decltype(why_empty(std::declval<Item>()));

  public:
    using consumer_type = checked_consumer<typename inner::consumer_type, error, Hits>;
    consumer_type consumer() { return {inner_.consumer(), &hits_}; }
    R finish(result_of<consumer_type>&& all) {
        return unless_failed<R>(std::move(all.error), [&] {
            if constexpr (std::is_void_v<typename R::value_type>) {
                return R();
            } else {
                return R(inner_.finish(std::move(all.items)));
            }
        });
    }

  private:
    Hits hits_;
    inner inner_;
};

// A pair or tuple: each part to a collector of its own.
template <class R, class Item, class Hits, class Indices, class... C>
class collector_of_parts;
template <class R, class Item, class Hits, std::size_t... Nth, class... C>
class collector_of_parts<R, Item, Hits, std::index_sequence<Nth...>, C...> {
    using collectors = std::tuple<collector<C, part_of_item<Nth, Item>, Hits>...>;

  public:
    using consumer_type = parts_consumer<
        typename collector<C, part_of_item<Nth, Item>, Hits>::consumer_type...>;
    consumer_type consumer() { return consumer_type{{std::get<Nth>(parts_).consumer()...}}; }
    R finish(result_of<consumer_type>&& all) {
        return R(std::get<Nth>(parts_).finish(std::get<Nth>(std::move(all)))...);
    }

  private:
    collectors parts_;
};
template <class A, class B, class Item, class Hits>
class collector<std::pair<A, B>, Item, Hits>
    : public collector_of_parts<std::pair<A, B>, Item, Hits, std::index_sequence<0, 1>, A, B> {};
template <class... C, class Item, class Hits>
class collector<std::tuple<C...>, Item, Hits>
    : public collector_of_parts<std::tuple<C...>, Item, Hits, std::index_sequence_for<C...>, C...> {};

}  // namespace detail
}  // namespace veda

#endif
