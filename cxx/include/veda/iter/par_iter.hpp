// par_iter.hpp: what a user holds while building a chain: one stage, and all that can follow it.
//
// Adaptors (map, filter, ...) are lazy: they take the chain by rvalue and give a longer one.
// Consumers (for_each, sum, collect, ...) run it: in the calling worker's runtime, or from outside
// as a guest of the default one. Callables are invoked as const, from several threads at once; all
// of them live in the chain until it ends.
#ifndef VEDA_ITER_PAR_ITER_HPP
#define VEDA_ITER_PAR_ITER_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/iter/any.hpp>
#include <veda/iter/chunks.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/enumerate.hpp>
#include <veda/iter/extreme.hpp>
#include <veda/iter/filter.hpp>
#include <veda/iter/fold.hpp>
#include <veda/iter/map.hpp>
#include <veda/iter/zip.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda {

template <stage S>
class par_iter;

namespace detail {

// What both of two chains that are walked in step ask for; where they disagree, the longest piece counts.
constexpr piece_limits both(piece_limits a, piece_limits b) noexcept {
    const std::uint64_t max = std::min(a.max, b.max);
    return {std::min(std::max(a.min, b.min), max), max};
}

template <class T>
inline constexpr bool is_par_iter = false;
template <class S>
inline constexpr bool is_par_iter<par_iter<S>> = true;

}  // namespace detail

template <parallel_range R>
[[nodiscard]] auto par(R&& range);

template <stage S>
class [[nodiscard("a parallel chain does nothing until a consumer runs it")]] par_iter {
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
        const std::uint64_t n = std::max<std::uint64_t>(length, 1);
        limits_ = {std::max<std::uint64_t>(limits_.min / n, 1),
                   std::max<std::uint64_t>(limits_.max / n, 1)};
        return longer(detail::chunked<S>(std::move(stage_), length));
    }

    // Yields accumulators, one for each part that one worker did in one go. identity is a value or
    // a callable that makes one; f(acc, item) gives the next accumulator or changes acc in place.
    template <class I, class F>
        requires fold_step<F, detail::identity_value<I>, item>
    auto fold(I identity, F f) && {
        return longer(
            detail::folded<S, I, F>(std::move(stage_), std::move(identity), std::move(f)));
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
        accumulate([] { return nothing{}; },
                   [f = detail::callable<F>(f)](nothing, auto&& x) { f(forward_item(x)); },
                   [](nothing, nothing) {});
    }

    std::uint64_t count() {
        return accumulate([] { return std::uint64_t{0}; }, [](std::uint64_t& n, auto&&) { ++n; },
                          [](std::uint64_t& left, std::uint64_t right) { left += right; });
    }

    // Combines all items with an associative op. identity, a value or a callable that makes one,
    // may be combined in any number of times.
    template <class I, class Op>
        requires combiner<Op, detail::identity_value<I>> &&
                 const_callable<Op, detail::identity_value<I>, item>
    detail::identity_value<I> reduce(const I& identity, const Op& op) {
        using value = detail::identity_value<I>;
        const detail::callable<Op> combine(op);
        return accumulate(
            [&identity]() -> value { return detail::make_identity(identity); },
            [combine](value& acc, auto&& x) { acc = combine(std::move(acc), forward_item(x)); },
            [combine](value& left, value&& right) {
                left = combine(std::move(left), std::move(right));
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
                                  *acc = combine(std::move(*acc), forward_item(x));
                              } else {
                                  acc.emplace(forward_item(x));
                              }
                          },
                          [combine](best& left, best&& right) {
                              if (!left) {
                                  left = std::move(right);
                              } else if (right) {
                                  *left = combine(std::move(*left), std::move(*right));
                              }
                          });
    }

    // In the items' own type, or in R: par(v).sum<std::int64_t>().
    template <class R = value_type>
        requires sum_of<R, item>
    R sum() {
        return total<R>(R{}, std::plus<>{});
    }
    template <class R = value_type>
        requires product_of<R, item>
    R product() {
        return total<R>(R{1}, std::multiplies<>{});
    }

    // Empty if there are no items. Among equals min gives the first and max the last one.
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && kept_as_value<item>
    std::optional<value_type> min(const Cmp& cmp = {}, const Proj& proj = {}) {
        if constexpr (detail::natural_order<value_type, Cmp, Proj>) {
            return natural_best(std::numeric_limits<value_type>::max(), std::less<>{});
        } else {
            const detail::callable<Cmp> less(cmp);
            const detail::callable<Proj> key(proj);
            return best([less, key](const auto& next, const auto& best) -> bool {
                return less(key(next), key(best));
            });
        }
    }
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && kept_as_value<item>
    std::optional<value_type> max(const Cmp& cmp = {}, const Proj& proj = {}) {
        if constexpr (detail::natural_order<value_type, Cmp, Proj>) {
            return natural_best(std::numeric_limits<value_type>::min(), std::greater<>{});
        } else {
            const detail::callable<Cmp> less(cmp);
            const detail::callable<Proj> key(proj);
            return best([less, key](const auto& next, const auto& best) -> bool {
                return !less(key(next), key(best));
            });
        }
    }

    // Stop soon after the answer is known.
    template <const_predicate<const std::remove_reference_t<item>&> P>
    bool any_of(const P& likes) {
        return find<detail::nothing_of_it>(likes).has_value();
    }
    template <const_predicate<const std::remove_reference_t<item>&> P>
    bool all_of(const P& likes) {
        const detail::callable<P> holds(likes);
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

    // All items in order, in a container.
    template <class C>
        requires collectable<C, item>
    C collect() {
        return detail::in_pool([&] { return detail::collect<C>(stage_, limits_); });
    }
    // collect<std::vector>(): the element type is the items' own.
    template <template <class...> class C>
        requires collectable<C<value_type>, item>
    C<value_type> collect() {
        return collect<C<value_type>>();
    }

    // The stage itself, for adaptors that take a chain.
    S release() && { return std::move(stage_); }
    piece_limits limits() const noexcept { return limits_; }

  private:
    struct nothing {};

    // An item as the chain yielded it; the parameter x of a generic lambda is always auto&&.
    template <class T>
    static constexpr T&& forward_item(T& x) noexcept
        requires(!std::is_reference_v<item>)
    {
        return static_cast<T&&>(x);
    }
    template <class T>
    static constexpr item&& forward_item(T& x) noexcept
        requires std::is_reference_v<item>
    {
        return static_cast<item&&>(x);
    }

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
        return accumulate(
            [zero] { return zero; },
            [op](R& acc, auto&& x) { acc = static_cast<R>(op(std::move(acc), forward_item(x))); },
            [op](R& left, R&& right) {
                left = static_cast<R>(op(std::move(left), std::move(right)));
            });
    }

    template <class Better>
    std::optional<value_type> best(const Better& better) {
        return detail::best_value(drive(detail::extreme<item>(better)));
    }

    template <class Better>
    std::optional<value_type> natural_best(value_type worst, Better better) {
        return detail::best_value(drive(detail::natural_extreme(worst, better)));
    }

    template <class Found, class P>
    std::optional<Found> find(const P& likes) {
        std::atomic<bool> stop{false};
        return drive(detail::any_consumer<Found, P>{&stop, &likes});
    }

    S stage_;
    piece_limits limits_;
};

}  // namespace veda

#endif
