// extremes.hpp: the methods of a chain that look for its least and greatest items.
#ifndef VEDA_ITER_EXTREMES_HPP
#define VEDA_ITER_EXTREMES_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
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
    // Empty if there are no items. Among equals min gives the first and max the last one.
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && kept_as_value<item>
    std::optional<value_type> min(const Cmp& cmp = {}, const Proj& proj = {}) {
        if constexpr (natural_order<value_type, Cmp, Proj>) {
            return natural_best(std::numeric_limits<value_type>::max(), std::less<>{});
        } else {
            const callable<Cmp> less(cmp);
            const callable<Proj> key(proj);
            return best([less, key](const auto& next, const auto& best) -> bool {
                return less(key(next), key(best));
            });
        }
    }
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && kept_as_value<item>
    std::optional<value_type> max(const Cmp& cmp = {}, const Proj& proj = {}) {
        if constexpr (natural_order<value_type, Cmp, Proj>) {
            return natural_best(std::numeric_limits<value_type>::min(), std::greater<>{});
        } else {
            const callable<Cmp> less(cmp);
            const callable<Proj> key(proj);
            return best([less, key](const auto& next, const auto& best) -> bool {
                return !less(key(next), key(best));
            });
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
        using ends = std::optional<std::pair<value_type, value_type>>;
        const callable<Cmp> less(cmp);
        const callable<Proj> key(proj);
        return chain_of(*this).drive(accumulating{
            [] { return ends{}; },
            [less, key](ends& acc, auto&& x) {
                if (!acc) {
                    acc.emplace(x, x);
                } else if (less(key(std::as_const(x)), key(std::as_const(acc->first)))) {
                    acc->first = x;
                } else if (!less(key(std::as_const(x)), key(std::as_const(acc->second)))) {
                    acc->second = x;
                }
            },
            [less, key](ends& left, ends&& right) {
                if (!left) {
                    left = std::move(right);
                } else if (right) {
                    if (less(key(std::as_const(right->first)), key(std::as_const(left->first))))
                        left->first = std::move(right->first);
                    if (!less(key(std::as_const(right->second)), key(std::as_const(left->second))))
                        left->second = std::move(right->second);
                }
            }});
    }

  private:
    template <class Better>
    std::optional<value_type> best(const Better& better) {
        return best_value(chain_of(*this).drive(extreme<item>(better)));
    }

    template <class Better>
    std::optional<value_type> natural_best(value_type worst, Better better) {
        using consumer = natural_extreme<value_type, Better, walks_memory<S>>;
        return best_value(chain_of(*this).drive(consumer{worst, better}));
    }
};

}  // namespace veda::detail

#endif
