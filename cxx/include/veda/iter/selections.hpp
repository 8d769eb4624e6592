// selections.hpp: the adaptors that yield only some of the items, or in another order: take, skip, rev, ...
#ifndef VEDA_ITER_SELECTIONS_HPP
#define VEDA_ITER_SELECTIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/take.hpp>
#include <veda/iter/take_any.hpp>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class S>
class selections {
    using item = typename S::item;

  public:
    // The first count items, or all if there are fewer.
    auto take(std::uint64_t count) &&
        requires indexed_stage<S>
    {
        return extend<taken<S>>(*this, count);
    }
    // All but the first count items.
    auto skip(std::uint64_t count) &&
        requires indexed_stage<S>
    {
        return extend<skipped<S>>(*this, count);
    }
    // The first item and every step-th after it. Throws VEDA_E_RANGE for a step of 0.
    auto step_by(std::uint64_t step) &&
        requires indexed_stage<S>
    {
        if (step == 0) throw error(VEDA_E_RANGE, "VEDA_E_RANGE: step_by: step is 0, must be 1 or more");
        piece_limits limits = chain_of(*this).limits();
        limits.min = std::max<std::uint64_t>(limits.min / step, 1);
        limits.max = std::max<std::uint64_t>(limits.max / step, 1);
        return chain_with(strided<S>(std::move(chain_of(*this)).release(), step), limits);
    }
    // The last item first.
    auto rev() &&
        requires indexed_stage<S>
    {
        return extend<reversed<S>>(*this);
    }

    // Some count items, or all but some count; whichever the workers come to first. Those that go on
    // keep their order.
    auto take_any(std::uint64_t count) && { return extend<counted_any<S, take_rule>>(*this, count); }
    auto skip_any(std::uint64_t count) && { return extend<counted_any<S, skip_rule>>(*this, count); }

    // Items until some worker meets one for which holds is false; or those from then on.
    template <const_predicate<const std::remove_reference_t<item>&> P>
    auto take_any_while(P holds) && {
        return extend<judged_any<S, P, take_while_rule>>(*this, std::move(holds));
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
    auto skip_any_while(P holds) && {
        return extend<judged_any<S, P, skip_while_rule>>(*this, std::move(holds));
    }

};

}  // namespace veda::detail

#endif
