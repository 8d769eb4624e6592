// comparisons.hpp: the methods of a chain that compare its items with those of another one, or with their
// neighbours. All stop soon after the answer is known.
#ifndef VEDA_ITER_COMPARISONS_HPP
#define VEDA_ITER_COMPARISONS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/as_chain.hpp>
#include <veda/iter/compare.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/zip.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda {

// Items of two chains that can be compared by ==, or put into an order.
template <class A, class B>
concept equality_comparable_items = requires(const std::remove_reference_t<A>& a,
                                             const std::remove_reference_t<B>& b) {
    { a == b } -> std::convertible_to<bool>;
};
template <class A, class B>
concept ordered_items = requires(const std::remove_reference_t<A>& a,
                                 const std::remove_reference_t<B>& b) {
    detail::three_way{}(a, b);
};

// An item can be held while its neighbour comes: by its address or as a value.
template <class Item>
concept held_for_later = std::is_lvalue_reference_v<Item> || kept_as_value<Item>;

namespace detail {

template <class S>
class comparisons {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

    template <class T>
    using item_from = typename stage_from<T>::type::item;

  public:
    // The same items in the same order.
    template <indexed_source T>
        requires indexed_stage<S> && equality_comparable_items<item, item_from<T>>
    bool equal(T&& other) && {
        auto right = as_chain(std::forward<T>(other));
        if (chain_of(*this).base().size() != right.base().size()) return false;
        return std::move(chain_of(*this)).zip(std::move(right)).all_of([](const auto& pair) {
            return static_cast<bool>(pair.first == pair.second);
        });
    }
    template <indexed_source T>
        requires indexed_stage<S> && equality_comparable_items<item, item_from<T>>
    bool not_equal(T&& other) && {
        return !std::move(*this).equal(std::forward<T>(other));
    }

    // Lexicographically: by the first two items that differ, and else by the lengths. The answer is a
    // std::strong_, weak_ or partial_ordering, as that of the items.
    template <indexed_source T>
        requires indexed_stage<S> && ordered_items<item, item_from<T>>
    auto compare(T&& other) && {
        using ordering = decltype(three_way{}(std::declval<const std::remove_reference_t<item>&>(),
                                              std::declval<const std::remove_reference_t<item_from<T>>&>()));
        auto right = as_chain(std::forward<T>(other));
        const std::uint64_t here = chain_of(*this).base().size(), there = right.base().size();
        const std::optional<ordering> found =
            std::move(chain_of(*this)).zip(std::move(right)).find_map_first([](const auto& pair) {
                const ordering order = three_way{}(pair.first, pair.second);
                return order != 0 ? std::optional(order) : std::nullopt;
            });
        return found ? *found : ordering(here <=> there);
    }
    template <indexed_source T>
        requires indexed_stage<S> && ordered_items<item, item_from<T>>
    bool less(T&& other) && {
        return std::move(*this).compare(std::forward<T>(other)) < 0;
    }
    template <indexed_source T>
        requires indexed_stage<S> && ordered_items<item, item_from<T>>
    bool less_equal(T&& other) && {
        return std::move(*this).compare(std::forward<T>(other)) <= 0;
    }
    template <indexed_source T>
        requires indexed_stage<S> && ordered_items<item, item_from<T>>
    bool greater(T&& other) && {
        return std::move(*this).compare(std::forward<T>(other)) > 0;
    }
    template <indexed_source T>
        requires indexed_stage<S> && ordered_items<item, item_from<T>>
    bool greater_equal(T&& other) && {
        return std::move(*this).compare(std::forward<T>(other)) >= 0;
    }

    // No item is less than the one before it.
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && held_for_later<item>
    bool is_sorted(const Cmp& cmp = {}, const Proj& proj = {}) {
        const callable<Cmp> less(cmp);
        const callable<Proj> key(proj);
        return is_sorted_by([less, key](const auto& a, const auto& b) -> bool {
            return !less(key(b), key(a));
        });
    }
    // follows(a, b) holds for any two neighbours.
    template <class F>
        requires held_for_later<item> &&
            const_predicate<F, const std::remove_reference_t<item>&, const std::remove_reference_t<item>&>
    bool is_sorted_by(const F& follows) {
        any_hit hits;
        return chain_of(*this).drive(order_consumer<item, F>{&hits, std::addressof(follows)}).in_order &&
               !hits.beyond(0);
    }
};

}  // namespace detail
}  // namespace veda

#endif
