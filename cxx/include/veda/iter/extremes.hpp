// extremes.hpp: the methods of a chain that look for its least and greatest items.
#ifndef VEDA_ITER_EXTREMES_HPP
#define VEDA_ITER_EXTREMES_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/extreme.hpp>
#include <veda/iter/group.hpp>

#include <functional>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class S>
class extremes {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
    // Empty if there are no items. Among equals min gives the first and max the last one. A NaN is no better
    // than anything, and nothing is better than it, as in the standard's min_element: it is the result if it
    // is the first item. A key is computed once an item.
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && kept_as_value<item>
    std::optional<value_type> min(const Cmp& cmp = {}, const Proj& proj = {}) {
        if constexpr (natural_order<value_type, Cmp, Proj>) {
            return natural_best(std::numeric_limits<value_type>::max(), std::less<>{});
        } else {
            return value_in(extreme<least, item, held_by_address<item>>(chain_of(*this), cmp, proj));
        }
    }
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && kept_as_value<item>
    std::optional<value_type> max(const Cmp& cmp = {}, const Proj& proj = {}) {
        if constexpr (natural_order<value_type, Cmp, Proj>) {
            return natural_best(std::numeric_limits<value_type>::min(), std::greater<>{});
        } else {
            return value_in(extreme<greatest, item, held_by_address<item>>(chain_of(*this), cmp, proj));
        }
    }

    // The same by another name: by an order, or by a key.
    template <class Cmp>
        requires order_on<Cmp, std::identity, item> && kept_as_value<item>
    std::optional<value_type> min_by(const Cmp& cmp) {
        return min(cmp);
    }
    template <class Cmp>
        requires order_on<Cmp, std::identity, item> && kept_as_value<item>
    std::optional<value_type> max_by(const Cmp& cmp) {
        return max(cmp);
    }
    template <class Proj>
        requires order_on<std::less<>, Proj, item> && kept_as_value<item>
    std::optional<value_type> min_by_key(const Proj& key) {
        return min(std::less<>{}, key);
    }
    template <class Proj>
        requires order_on<std::less<>, Proj, item> && kept_as_value<item>
    std::optional<value_type> max_by_key(const Proj& key) {
        return max(std::less<>{}, key);
    }

    // Both in one walk: {min, max}. The items are copied where both ends are the same one.
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && std::copy_constructible<value_type>
    std::optional<std::pair<value_type, value_type>> minmax(const Cmp& cmp = {}, const Proj& proj = {}) {
        auto ends = both_extremes<item, held_by_address<item>>(chain_of(*this), cmp, proj);
        if (!ends.first) return std::nullopt;
        return std::optional<std::pair<value_type, value_type>>(
            std::in_place, std::move(ends.first->item()).take(), std::move(ends.second->item()).take());
    }

    // The address of the element instead of a copy, null if there are no items. Only for chains of lvalues;
    // whose elements may be of a type that cannot be copied.
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && std::is_lvalue_reference_v<item>
    std::remove_reference_t<item>* min_ref(const Cmp& cmp = {}, const Proj& proj = {}) {
        return address_of(extreme<least, item, true>(chain_of(*this), cmp, proj));
    }
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && std::is_lvalue_reference_v<item>
    std::remove_reference_t<item>* max_ref(const Cmp& cmp = {}, const Proj& proj = {}) {
        return address_of(extreme<greatest, item, true>(chain_of(*this), cmp, proj));
    }
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && std::is_lvalue_reference_v<item>
    auto minmax_ref(const Cmp& cmp = {}, const Proj& proj = {}) {
        auto ends = both_extremes<item, true>(chain_of(*this), cmp, proj);
        return std::pair(address_of(std::move(ends.first)), address_of(std::move(ends.second)));
    }

  private:
    template <class Held>
    static std::remove_reference_t<item>* address_of(std::optional<Held>&& best) {
        return best ? best->item().address() : nullptr;
    }

    template <class Better>
    std::optional<value_type> natural_best(value_type worst, Better better) {
        using consumer = natural_extreme<value_type, Better, walks_memory<S>>;
        return best_value(chain_of(*this).drive(consumer{worst, better}));
    }
};

}  // namespace veda::detail

#endif
