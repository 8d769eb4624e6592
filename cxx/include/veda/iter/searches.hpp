// searches.hpp: the methods of a chain that look for items: any_of, find_first, position_any, ...
//
// All of them stop soon after the answer is known; _first and _last stop what can no longer win. A
// predicate may also be asked about a few items behind a hit.
#ifndef VEDA_ITER_SEARCHES_HPP
#define VEDA_ITER_SEARCHES_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/filter_map.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/held.hpp>
#include <veda/iter/search.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>

namespace veda {

namespace detail {

template <class S>
class searches {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
    template <const_predicate<const std::remove_reference_t<item>&> P>
    bool any_of(const P& likes) {
        any_hit hits;
        return chain_of(*this).drive(ask_consumer<item, P>{&hits, std::addressof(likes)});
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
    bool all_of(const P& likes) {
        const callable<P> holds(likes);
        return !any_of([holds](const auto& x) -> bool { return !holds(x); });
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
    bool none_of(const P& likes) {
        return !any_of(likes);
    }
    template <class T>
        requires std::equality_comparable_with<const std::remove_reference_t<item>&, const T&>
    bool contains(const T& value) {
        return any_of([&value](const auto& x) -> bool { return x == value; });
    }

    // An item that likes holds for: some one, the leftmost or the rightmost.
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires kept_as_value<item>
    std::optional<value_type> find_any(const P& likes) {
        return find<value_type, any_hit>(matching<P>{callable<P>(likes)});
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires kept_as_value<item>
    std::optional<value_type> find_first(const P& likes) {
        return find<value_type, leftmost_hit>(matching<P>{callable<P>(likes)});
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires kept_as_value<item>
    std::optional<value_type> find_last(const P& likes) {
        return find<value_type, rightmost_hit>(matching<P>{callable<P>(likes)});
    }

    // The same, but the address of the element instead of a copy, null if there is none. Only for chains of
    // lvalues, whose elements may be of a type that cannot be copied.
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires std::is_lvalue_reference_v<item>
    std::remove_reference_t<item>* find_any_ref(const P& likes) {
        return find_ref<any_hit>(likes);
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires std::is_lvalue_reference_v<item>
    std::remove_reference_t<item>* find_first_ref(const P& likes) {
        return find_ref<leftmost_hit>(likes);
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires std::is_lvalue_reference_v<item>
    std::remove_reference_t<item>* find_last_ref(const P& likes) {
        return find_ref<rightmost_hit>(likes);
    }

    // What is in a std::optional that f gives: some one, that of the leftmost or of the rightmost item.
    template <maybe_maps<item> F>
    auto find_map_any(const F& f) {
        return find<found_by<F>, any_hit>(mapping<F>{callable<F>(f)});
    }
    template <maybe_maps<item> F>
    auto find_map_first(const F& f) {
        return find<found_by<F>, leftmost_hit>(mapping<F>{callable<F>(f)});
    }
    template <maybe_maps<item> F>
    auto find_map_last(const F& f) {
        return find<found_by<F>, rightmost_hit>(mapping<F>{callable<F>(f)});
    }

    // The index of such an item.
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires indexed_stage<S>
    std::optional<std::uint64_t> position_any(const P& likes) {
        return position<any_hit>(likes);
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires indexed_stage<S>
    std::optional<std::uint64_t> position_first(const P& likes) {
        return position<leftmost_hit>(likes);
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires indexed_stage<S>
    std::optional<std::uint64_t> position_last(const P& likes) {
        return position<rightmost_hit>(likes);
    }

    // Yields the indices of all such items, in order.
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires indexed_stage<S>
    auto positions(P likes) && {
        return std::move(chain_of(*this)).enumerate().filter_map(index_if<P>{std::move(likes)});
    }

  private:
    template <class F>
    using found_by = std::remove_cvref_t<content_of<std::invoke_result_t<const F&, item>>>;

    template <class P>
    struct index_if {
        P likes;
        std::optional<std::uint64_t> operator()(std::pair<std::uint64_t, item>&& entry) const {
            if (!std::invoke(likes, std::as_const(entry.second))) return std::nullopt;
            return entry.first;
        }
    };

    template <class Found, class Hits, class Probe>
    std::optional<Found> find(const Probe& probe) {
        Hits hits;
        return chain_of(*this).drive(search_consumer<Found, Probe, Hits>{&hits, probe});
    }

    template <class Hits, class P>
    std::remove_reference_t<item>* find_ref(const P& likes) {
        return address_in(find<held_item<item, true>, Hits>(matching<P>{callable<P>(likes)}));
    }

    template <class Hits, class P>
    std::optional<std::uint64_t> position(const P& likes) {
        Hits hits;
        return chain_of(*this).drive(position_consumer<item, P, Hits>{&hits, std::addressof(likes)});
    }
};

}  // namespace detail
}  // namespace veda

#endif
