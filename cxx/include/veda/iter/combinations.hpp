// combinations.hpp: the adaptors that put two chains together: chain, interleave, intersperse, zip_exact.
//
// The other one may be a chain, or a range that veda::par takes.
#ifndef VEDA_ITER_COMBINATIONS_HPP
#define VEDA_ITER_COMBINATIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/iter/as_chain.hpp>
#include <veda/iter/concatenation.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/interleave.hpp>
#include <veda/iter/intersperse.hpp>
#include <veda/iter/zip.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

// What both of two chains that are walked in step ask for; where they disagree, the longest piece counts.
constexpr piece_limits both(piece_limits a, piece_limits b) noexcept {
    const std::uint64_t max = std::min(a.max, b.max);
    return {std::min(std::max(a.min, b.min), max), max, a.stop_on_throw || b.stop_on_throw, nullptr};
}

template <class S>
class combinations {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
    // All own items, then all of the other.
    template <parallel_source T>
        requires chained_items<item, typename stage_from<T>::type::item>
    auto chain(T&& other) && {
        return together<concatenation>(as_chain(std::forward<T>(other)));
    }

    // Own and other items by turns; interleave goes on with the rest of the longer one,
    // interleave_shortest ends where one of them would have to go twice.
    template <indexed_source T>
        requires indexed_stage<S> && chained_items<item, typename stage_from<T>::type::item>
    auto interleave(T&& other) && {
        return together<interleaved_all>(as_chain(std::forward<T>(other)));
    }
    template <indexed_source T>
        requires indexed_stage<S> && chained_items<item, typename stage_from<T>::type::item>
    auto interleave_shortest(T&& other) && {
        return together<interleaved_shortest>(as_chain(std::forward<T>(other)));
    }

    // The separator between any two neighbours. Where the items are references, so is it.
    auto intersperse(value_type separator) && {
        if constexpr (indexed_stage<S>) {
            return extend<interspersed<S>>(*this, std::move(separator));
        } else {
            return extend<interspersed_some<S>>(*this, std::move(separator));
        }
    }

    // As zip, but throws VEDA_E_RANGE if the two are not equally long.
    template <indexed_source T>
        requires indexed_stage<S>
    auto zip_exact(T&& other) && {
        auto right = as_chain(std::forward<T>(other));
        const std::uint64_t here = chain_of(*this).base().size(), there = right.base().size();
        if (here != there) {
            throw error(VEDA_E_RANGE, "VEDA_E_RANGE: zip_exact: the first chain has " +
                                          std::to_string(here) + " items, the second " +
                                          std::to_string(there));
        }
        return together<zipped>(std::move(right));
    }

  private:
    template <class A, class B>
    using interleaved_all = interleaved<A, B, false>;
    template <class A, class B>
    using interleaved_shortest = interleaved<A, B, true>;

    template <template <class, class> class Both, class T>
    auto together(par_iter<T>&& other) {
        auto& first = chain_of(*this);
        const piece_limits limits = both(first.limits(), other.limits());
        return chain_with(Both<S, T>(std::move(first).release(), std::move(other).release()), limits);
    }
};

}  // namespace detail
}  // namespace veda

#endif
