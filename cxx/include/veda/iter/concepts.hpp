// concepts.hpp: the four roles in a parallel chain, and the concepts that a misuse is told by.
//
//     stage      what a chain is made of: a source, or an adaptor around another stage
//     producer   items not yet handed out; can be cut in two
//     consumer   what shall happen to the items: starts folders, joins the results of neighbours
//     folder     one consumer at work on one thread: takes items one by one, keeps a state
//
// README.md beside this file walks one chain through all of them.
#ifndef VEDA_ITER_CONCEPTS_HPP
#define VEDA_ITER_CONCEPTS_HPP

#include <veda/detail/language.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <variant>

namespace veda {

namespace detail {
class stop_link;
}

// What a chain asks of its loop: how large the pieces may be, in items of its source, and whether an
// exception stops the parts to its left, too, after their piece. above is what stops the loop besides: it is
// one of several that make a run.
struct piece_limits {
    std::uint64_t min = 1;
    std::uint64_t max = UINT64_MAX;
    bool stop_on_throw = false;
    detail::stop_link* above = nullptr;
};

// A stage of a chain. `item` is what it yields; `indexed` says that it knows its length and can
// yield the i-th item directly.
template <class S>
concept stage = std::move_constructible<S> && requires {
    typename S::item;
    { S::indexed } -> std::convertible_to<bool>;
};

// A stage with a length and random access: size() items, the i-th of which is reader()(i). A reader
// is a small local copy of what the inner loop needs; each i is read at most once.
// zip, enumerate and chunks need one; after filter or fold a chain is no longer indexed.
template <class S>
concept indexed_stage = stage<S> && S::indexed && requires(S& s, std::uint64_t i) {
    { s.size() } -> std::convertible_to<std::uint64_t>;
    { s.reader()(i) } -> std::convertible_to<typename S::item>;
};

// size() positions are left. split_off(n) cuts everything from position n on away and gives it, or, where
// that is inside of something that must stay whole, from a position nearby, or nothing. fold_some(folder, n)
// feeds the next n positions into the folder, and what begins in them, and gives it back.
template <class P>
concept producer = std::move_constructible<P> && requires(P& p, std::uint64_t n) {
    { p.size() } -> std::convertible_to<std::uint64_t>;
    { p.split_off(n) } -> std::same_as<P>;
};

// Takes items. may_fill says whether full() can ever be true; if not, loops do not ask.
template <class F>
concept folder = std::move_constructible<F> && requires(F& f, const F& c) {
    { F::may_fill } -> std::convertible_to<bool>;
    { c.full() } -> std::convertible_to<bool>;
    std::move(f).complete();
};

// into_folder() starts a folder; split_off(i) is the consumer of the items from i on (only
// consumers of indexed chains look at i); full() says that no more items are wanted anywhere;
// reduce() joins the results of two neighbours, the left one first. After a throw somewhere the left
// one may have been stopped short; what they give together is then thrown away.
template <class C>
concept consumer = std::copy_constructible<C> && requires(const C& c, std::uint64_t i) {
    { c.into_folder() } -> folder;
    { c.split_off(i) } -> std::same_as<C>;
    { c.full() } -> std::convertible_to<bool>;
};

// Something veda::par can walk: random access and a known length.
template <class R>
concept parallel_range = std::ranges::random_access_range<R> && std::ranges::sized_range<R>;

// A callable that a chain may call from several threads at once: invocable as const.
template <class F, class... Items>
concept const_callable = std::invocable<const F&, Items...>;

// The same, answering something usable as bool.
template <class F, class... Items>
concept const_predicate = std::predicate<const F&, Items...>;

// op(left, right) for reductions over T.
template <class F, class T>
concept combiner =
    const_callable<F, T, T> && std::convertible_to<std::invoke_result_t<const F&, T, T>, T>;

// R can add up items (op is std::plus) or multiply them, in any grouping.
template <class R, class Item, class Op>
concept totalled_by = std::move_constructible<R> && std::copy_constructible<R> &&
    requires(const Op& op, R r, Item&& item) {
        static_cast<R>(op(std::move(r), std::forward<Item>(item)));
        static_cast<R>(op(std::move(r), std::move(r)));
    };
template <class R, class Item>
concept sum_of = std::default_initializable<R> && totalled_by<R, Item, std::plus<>>;
template <class R, class Item>
concept product_of = std::constructible_from<R, int> && totalled_by<R, Item, std::multiplies<>>;

// An item can be handed out as a value: copied where it lives elsewhere, else moved.
template <class Item>
concept kept_as_value = std::constructible_from<std::remove_cvref_t<Item>, Item>;

namespace detail {

template <consumer C>
using folder_of = std::remove_cvref_t<decltype(std::declval<const C&>().into_folder())>;

template <consumer C>
using result_of = std::remove_cvref_t<decltype(std::declval<folder_of<C>>().complete())>;

// A stage that can hand out neighbours as a std::span, without moving them.
template <class S>
concept sliceable = requires(const S& s, std::uint64_t i) {
    s.slice(i, i);
};

// The same, and nobody wants to be asked or told in between: all of it may be taken in one slice.
template <class S>
inline constexpr bool is_attended = false;
template <class S>
    requires requires { S::is_attended; }
inline constexpr bool is_attended<S> = S::is_attended;
template <class S>
concept sliceable_at_once = sliceable<S> && !is_attended<S>;

// At most one item comes of each position of the innermost indexed stage.
template <class S>
inline constexpr bool one_for_each = indexed_stage<S>;
template <class S>
    requires(!indexed_stage<S> && requires { S::one_for_each; })
inline constexpr bool one_for_each<S> = S::one_for_each;

// An indexed stage that had rather keep one folder over many pieces than make readers: S::feeds_itself.
template <class S>
inline constexpr bool feeds_itself = false;
template <class S>
    requires requires { S::feeds_itself; }
inline constexpr bool feeds_itself<S> = S::feeds_itself;

// A source that cannot tell its reach gets more than any memory could hold.
inline constexpr std::uint64_t unknown_reach = std::uint64_t{1} << 48;

// All positions at which a stage feeds its consumer lie below this. An adaptor has the reach of its base.
template <class S>
std::uint64_t reach(S& stage) {
    if constexpr (indexed_stage<S>) {
        return stage.size();
    } else if constexpr (requires { stage.reach(); }) {
        return stage.reach();
    } else {
        return unknown_reach;
    }
}

// A value for reduce and fold: given as it is, or by a callable that makes it.
template <class Id>
auto make_identity(const Id& identity) {
    if constexpr (std::invocable<const Id&>) {
        return std::invoke(identity);
    } else {
        return identity;
    }
}

template <class Id>
using identity_value = std::remove_cvref_t<decltype(make_identity(std::declval<const Id&>()))>;

}  // namespace detail
}  // namespace veda

#endif
