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

  private:
    template <class Better>
    std::optional<value_type> best(const Better& better) {
        return best_value(chain_of(*this).drive(extreme<item>(better)));
    }

    template <class Better>
    std::optional<value_type> natural_best(value_type worst, Better better) {
        return best_value(chain_of(*this).drive(natural_extreme(worst, better)));
    }
};

}  // namespace veda::detail

#endif
