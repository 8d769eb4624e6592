// searches.hpp: the methods of a chain that look for items: any_of, find_any, ...
//
// All of them stop soon after the answer is known.
#ifndef VEDA_ITER_SEARCHES_HPP
#define VEDA_ITER_SEARCHES_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/any.hpp>
#include <veda/iter/group.hpp>

#include <atomic>
#include <optional>
#include <type_traits>

namespace veda::detail {

template <class S>
class searches {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
    template <const_predicate<const std::remove_reference_t<item>&> P>
    bool any_of(const P& likes) {
        return find<nothing_of_it>(likes).has_value();
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

    // Some item that likes holds for, not necessarily the first one.
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires kept_as_value<item>
    std::optional<value_type> find_any(const P& likes) {
        return find<value_type>(likes);
    }

  private:
    template <class Found, class P>
    std::optional<Found> find(const P& likes) {
        std::atomic<bool> stop{false};
        return chain_of(*this).drive(any_consumer<Found, P>{&stop, &likes});
    }
};

}  // namespace veda::detail

#endif
