// par_iter.hpp: what a user holds while building a chain: one stage, and all that can follow it.
//
// Adaptors (map, filter, ...) are lazy: they take the chain by rvalue and give a longer one. Consumers
// (for_each, sum, collect, ...) run it: in the calling worker's runtime, or from outside as a guest of
// the default one. What is not here is in a group (group.hpp). Callables are invoked as const, from
// several threads at once; all of them live in the chain until it ends.
#ifndef VEDA_ITER_PAR_ITER_HPP
#define VEDA_ITER_PAR_ITER_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/detail/kept.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/attempts.hpp>
#include <veda/iter/blocks.hpp>
#include <veda/iter/chunks.hpp>
#include <veda/iter/collections.hpp>
#include <veda/iter/combinations.hpp>
#include <veda/iter/comparisons.hpp>
#include <veda/iter/control.hpp>
#include <veda/iter/count_if.hpp>
#include <veda/iter/enumerate.hpp>
#include <veda/iter/expansions.hpp>
#include <veda/iter/extremes.hpp>
#include <veda/iter/filter.hpp>
#include <veda/iter/fold.hpp>
#include <veda/iter/keyed.hpp>
#include <veda/iter/map.hpp>
#include <veda/iter/par_entry.hpp>
#include <veda/iter/prefixes.hpp>
#include <veda/iter/rankings.hpp>
#include <veda/iter/refusals.hpp>
#include <veda/iter/scratch.hpp>
#include <veda/iter/searches.hpp>
#include <veda/iter/selections.hpp>
#include <veda/iter/sum.hpp>
#include <veda/iter/zip.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda {

template <stage S>
class [[nodiscard("a parallel chain does nothing until a consumer runs it")]] par_iter
    : public detail::selections<S>,
      public detail::combinations<S>,
      public detail::expansions<S>,
      public detail::scratch<S>,
      public detail::blocks<S>,
      public detail::control<S>,
      public detail::searches<S>,
      public detail::extremes<S>,
      public detail::comparisons<S>,
      public detail::attempts<S>,
      public detail::prefixes<S>,
      public detail::keyed<S>,
      public detail::rankings<S>,
      public detail::collections<S> {
  public:
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

    explicit par_iter(S && stage, piece_limits limits = {})
        : stage_(std::move(stage)), limits_(limits) {}

    // ---- adaptors ------------------------------------------------------------------------------

    // Yields f(item).
    template <const_callable<item> F>
    auto map(F f) && {
        return longer(detail::mapped<S, F>(std::move(stage_), std::move(f)));
    }

    // Yields the items for which keep(item) holds.
    template <const_predicate<const std::remove_reference_t<item>&> P>
    auto filter(P keep) && {
        return longer(detail::filtered<S, P>(std::move(stage_), std::move(keep)));
    }

    // Calls f(item) on the way and yields the item unchanged.
    template <const_callable<const std::remove_reference_t<item>&> F>
    auto inspect(F f) && {
        return std::move(*this).map(detail::inspecting<F>{std::move(f)});
    }

    // Yields copies instead of references.
    auto cloned() &&
        requires std::constructible_from<value_type, item>
    {
        return std::move(*this).map(detail::cloning{});
    }

    // Yields std::pair(index, item).
    auto enumerate() &&
        requires indexed_stage<S>
    {
        return longer(detail::enumerated<S>(std::move(stage_)));
    }

    // Yields std::pair(item, other's item), as many as the shorter of the two has.
    template <stage T>
        requires indexed_stage<S> && indexed_stage<T>
    auto zip(par_iter<T>&& other) && {
        limits_ = detail::both(limits_, other.limits());
        return longer(detail::zipped<S, T>(std::move(stage_), std::move(other).release()));
    }
    template <parallel_range R>
        requires indexed_stage<S>
    auto zip(R&& other) && {
        return std::move(*this).zip(par(std::forward<R>(other)));
    }

    // Yields groups of length neighbours: std::span over contiguous memory, else std::vector.
    auto chunks(std::uint64_t length) &&
        requires indexed_stage<S>
    {
        static_assert(detail::sliceable<S> || !detail::is_writable_place<item>,
                      "these elements do not lie side by side, so chunks would hold copies, and what is "
                      "written into them would be lost: to read, put .cloned() before .chunks(n), or begin "
                      "with veda::par(std::as_const(range))");
        const std::uint64_t n = std::max<std::uint64_t>(length, 1);
        limits_.min = std::max<std::uint64_t>(limits_.min / n, 1);
        limits_.max = std::max<std::uint64_t>(limits_.max / n, 1);
        return longer(detail::chunked<S>(std::move(stage_), length));
    }

    // Yields accumulators, one for each part that one worker did in one go. identity is a value or
    // a callable that makes one; f(acc, item) gives the next accumulator or changes acc in place.
    template <class Id, class F>
        requires fold_step<F, detail::identity_value<Id>, item>
    auto fold(Id identity, F f) && {
        return longer(
            detail::folded<S, Id, F>(std::move(stage_), std::move(identity), std::move(f)));
    }

    // Hints, seldom needed: no piece is shorter or longer than this many items of the source.
    auto with_min_len(std::uint64_t length) && {
        limits_.min = std::max<std::uint64_t>(length, 1);
        limits_.max = std::max(limits_.max, limits_.min);
        return std::move(*this);
    }
    auto with_max_len(std::uint64_t length) && {
        limits_.max = std::max<std::uint64_t>(length, 1);
        limits_.min = std::min(limits_.max, limits_.min);
        return std::move(*this);
    }

    // ---- consumers -----------------------------------------------------------------------------

    // Runs the chain into any consumer; everything below is made of this.
    template <consumer C>
    auto drive(const C& consumer) {
        return detail::in_pool([&] { return detail::feed(stage_, consumer, limits_); });
    }

    template <const_callable<item> F>
    void for_each(const F& f) {
        detail::must_not_write_bits<item>();
        accumulate([] { return nothing{}; },
                   [f = detail::callable<F>(f)](nothing, auto&& x) { f(detail::forward_item<item>(x)); },
                   [](nothing, nothing) {});
    }

    // How many items there are, without a look at them.
    std::uint64_t size()
        requires indexed_stage<S>
    {
        return stage_.size();
    }

    std::uint64_t count() {
        if constexpr (detail::counts_in_blocks<S>) {
            return detail::in_pool([&] {
                using predicate = std::remove_cvref_t<decltype(stage_.predicate())>;
                const detail::count_if_consumer<predicate> consumer{std::addressof(stage_.predicate())};
                return detail::feed(stage_.base(), consumer, limits_);
            });
        }
        return accumulate([] { return std::uint64_t{0}; }, [](std::uint64_t& n, auto&&) { ++n; },
                          [](std::uint64_t& left, std::uint64_t right) { left += right; });
    }

    // Combines all items with an associative op. identity, a value or a callable that makes one,
    // may be combined in any number of times.
    template <class Id, class Op>
        requires combiner<Op, detail::identity_value<Id>> &&
                 const_callable<Op, detail::identity_value<Id>, item>
    detail::identity_value<Id> reduce(const Id& identity, const Op& op) {
        using value = detail::identity_value<Id>;
        using held = detail::kept<value>;
        const detail::callable<Op> combine(op);
        return *accumulate(
            [&identity] { return held(detail::make_identity(identity)); },
            [combine](held& acc, auto&& x) {
                acc.replace(value(combine(std::move(*acc), detail::forward_item<item>(x))));
            },
            [combine](held& left, held&& right) {
                left.replace(value(combine(std::move(*left), std::move(*right))));
            });
    }

    // The same without an identity: empty if there are no items.
    template <combiner<value_type> Op>
        requires const_callable<Op, value_type, item> && kept_as_value<item>
    std::optional<value_type> reduce_with(const Op& op) {
        using best = std::optional<value_type>;
        const detail::callable<Op> combine(op);
        return accumulate([] { return best{}; },
                          [combine](best& acc, auto&& x) {
                              if (acc) {
                                  detail::renew(acc, value_type(combine(std::move(*acc),
                                                                        detail::forward_item<item>(x))));
                              } else {
                                  acc.emplace(detail::forward_item<item>(x));
                              }
                          },
                          [combine](best& left, best&& right) {
                              if (!left) {
                                  detail::renew(left, std::move(right));
                              } else if (right) {
                                  detail::renew(left, value_type(combine(std::move(*left),
                                                                         std::move(*right))));
                              }
                          });
    }

    // In the items' own type, or in R: par(v).sum<std::int64_t>().
    template <class R = value_type>
        requires sum_of<R, item>
    R sum() {
        if constexpr (detail::summed_in_streams<S, R>) {
            return drive(detail::sum_consumer<R, value_type>{});
        } else {
            return total<R>(R{}, std::plus<>{});
        }
    }
    template <class R = value_type>
        requires product_of<R, item>
    R product() {
        return total<R>(R{1}, std::multiplies<>{});
    }
    // Of optionals or expecteds: such a sum or product of what is in them; empty, or some error, as soon as
    // one is.
    template <class R = void>
        requires detail::optional_or_expected<item>
    auto sum() {
        using number = detail::either_type<R, detail::content_or_nothing<item>>;
        return total_of_contents<number>(number{}, std::plus<>{});
    }
    template <class R = void>
        requires detail::optional_or_expected<item>
    auto product() {
        using number = detail::either_type<R, detail::content_or_nothing<item>>;
        return total_of_contents<number>(number{1}, std::multiplies<>{});
    }

    // The stage itself, for adaptors that take a chain.
    S release() && { return std::move(stage_); }
    S& base() noexcept { return stage_; }
    piece_limits limits() const noexcept { return limits_; }

  private:
    struct nothing {};

    template <stage T>
    par_iter<T> longer(T && next) {
        return par_iter<T>(std::move(next), limits_);
    }

    template <class Start, class Step, class Merge>
    auto accumulate(Start start, Step step, Merge merge) {
        return drive(detail::accumulating{start, step, merge});
    }

    template <class R, class Op>
    R total(R zero, Op op) {
        return *drive(totalling<R, item>(std::move(zero), op));
    }

    template <class R, class Op>
    auto total_of_contents(R zero, Op op) {
        using content = detail::content_or_nothing<item>;
        using whole = typename detail::holding<value_type, R>::type;
        using failure = decltype(detail::why_empty(std::declval<item>()));
        const auto sum = totalling<R, content>(std::move(zero), op);
        detail::any_hit hits;
        auto all = drive(
            detail::checked_consumer<std::remove_cv_t<decltype(sum)>, failure, detail::any_hit>{sum, &hits});
        return detail::unless_failed<whole>(std::move(all.error),
                                            [&] { return whole(*std::move(all.items)); });
    }

    template <class R, class Item, class Op>
    static auto totalling(R zero, Op op) {
        using held = detail::kept<R>;
        return detail::accumulating{
            [zero = std::move(zero)] { return held(R(zero)); },
            [op](held& acc, auto&& x) {
                acc.replace(static_cast<R>(op(std::move(*acc), detail::forward_item<Item>(x))));
            },
            [op](held& left, held&& right) {
                left.replace(static_cast<R>(op(std::move(*left), std::move(*right))));
            }};
    }

    S stage_;
    piece_limits limits_;
};

}  // namespace veda

#endif
