// algorithm.hpp: the standard library's algorithms with iterator pairs, in parallel.
//
// For code that comes from std::execution::par: the calls stay, without the policy, and so do the
// results. What differs: iterators must be random access; callables are invoked as const, from several
// threads at once; an exception travels to the caller instead of ending the program (the leftmost one, as
// from a chain). Operations of reduce and the scans must be associative and need not commute: elements
// are combined in order. New code is better off with chains, which need no room for what lies between.
#ifndef VEDA_ALGORITHM_HPP
#define VEDA_ALGORITHM_HPP

#include <veda/algorithm/in_place.hpp>
#include <veda/algorithm/merge.hpp>
#include <veda/algorithm/search.hpp>
#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/enter.hpp>
#include <veda/detail/language.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/pack.hpp>
#include <veda/iter/par.hpp>
#include <veda/iter/scan.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

// ---- for each ------------------------------------------------------------------------------------

template <parallel_iterator I, const_callable<std::iter_reference_t<I>> F>
void for_each(I first, I last, F f) {
    par(first, last).for_each(f);
}

template <parallel_iterator I, std::integral N, const_callable<std::iter_reference_t<I>> F>
I for_each_n(I first, N n, F f) {
    const I last = detail::nth(first, detail::count_from(n));
    veda::for_each(first, last, std::move(f));
    return last;
}

// ---- writing -------------------------------------------------------------------------------------

template <parallel_iterator I, parallel_output O, const_callable<std::iter_reference_t<I>> F>
O transform(I first, I last, O out, F f) {
    const std::uint64_t n = detail::length(first, last);
    const detail::callable<F> op(f);
    detail::indices(n).for_each([=](std::uint64_t i) { detail::at(out, i) = op(detail::at(first, i)); });
    return detail::nth(out, n);
}

template <parallel_iterator I, parallel_iterator J, parallel_output O,
          const_callable<std::iter_reference_t<I>, std::iter_reference_t<J>> F>
O transform(I first, I last, J other, O out, F f) {
    const std::uint64_t n = detail::length(first, last);
    const detail::callable<F> op(f);
    detail::indices(n).for_each(
        [=](std::uint64_t i) { detail::at(out, i) = op(detail::at(first, i), detail::at(other, i)); });
    return detail::nth(out, n);
}

template <parallel_iterator I, parallel_output O>
O copy(I first, I last, O out) {
    return veda::transform(first, last, out, std::identity{});
}

template <parallel_iterator I, std::integral N, parallel_output O>
O copy_n(I first, N n, O out) {
    return veda::copy(first, detail::nth(first, detail::count_from(n)), out);
}

template <parallel_iterator I, parallel_output O>
O reverse_copy(I first, I last, O out) {
    return veda::copy(std::make_reverse_iterator(last), std::make_reverse_iterator(first), out);
}

// middle becomes the first one.
template <parallel_iterator I, parallel_output O>
O rotate_copy(I first, I middle, I last, O out) {
    return veda::copy(first, middle, veda::copy(middle, last, out));
}

// The first element, then the difference of each to the one before it, or op(element, the one before).
template <parallel_iterator I, parallel_output O, class Op = std::minus<>>
O adjacent_difference(I first, I last, O out, Op op = {}) {
    if (first == last) return out;
    *out = *first;
    return veda::transform(first + 1, last, first, out + 1, std::move(op));
}

template <parallel_output I, class T>
void fill(I first, I last, const T& value) {
    par(first, last).for_each([get = detail::constant(value)](std::iter_reference_t<I> x) { x = get(); });
}

template <parallel_output I, std::integral N, class T>
I fill_n(I first, N n, const T& value) {
    const I last = detail::nth(first, detail::count_from(n));
    veda::fill(first, last, value);
    return last;
}

// gen() is called from several threads at once, in no order.
template <parallel_output I, const_callable<> G>
void generate(I first, I last, G gen) {
    par(first, last).for_each([&gen](std::iter_reference_t<I> x) {
        x = std::invoke(std::as_const(gen));
    });
}

template <parallel_output I, const_predicate<std::iter_reference_t<I>> P, class T>
void replace_if(I first, I last, P old, const T& value) {
    const detail::callable<P> is_old(old);
    par(first, last).for_each([is_old, get = detail::constant(value)](std::iter_reference_t<I> x) {
        if (is_old(x)) x = get();
    });
}

template <parallel_output I, class T, class U>
void replace(I first, I last, const T& old, const U& value) {
    veda::replace_if(
        first, last, [get = detail::constant(old)](const auto& x) { return x == get(); }, value);
}

// ---- reducing ------------------------------------------------------------------------------------

namespace detail {

// init and then all values, from left to right.
template <class Chain, class T, class Op>
T combined(Chain values, T&& init, const Op& op) {
    // A sum needs no case for the first element, and its loop can be vectorised.
    if constexpr (std::integral<T> && std::same_as<Op, std::plus<>>) {
        return static_cast<T>(init + values.reduce(T{}, op));
    } else {
        std::optional<T> all = values.reduce_with(op);
        if (!all) return std::move(init);
        return std::invoke(op, std::move(init), std::move(*all));
    }
}

}  // namespace detail

template <parallel_iterator I, class T, combiner<T> Op, const_callable<std::iter_reference_t<I>> F>
requires std::convertible_to<std::invoke_result_t<const F&, std::iter_reference_t<I>>, T> T
transform_reduce(I first, I last, T init, Op op, F f) {
    auto values = par(first, last).map([make = detail::callable<F>(f)](std::iter_reference_t<I> x) -> T {
        return make(x);
    });
    return detail::combined(std::move(values), std::move(init), op);
}

template <parallel_iterator I, parallel_iterator J, class T, combiner<T> Op,
          const_callable<std::iter_reference_t<I>, std::iter_reference_t<J>> F>
T transform_reduce(I first, I last, J other, T init, Op op, F f) {
    auto values = detail::indices(detail::length(first, last))
                      .map([=, make = detail::callable<F>(f)](std::uint64_t i) -> T {
                          return make(detail::at(first, i), detail::at(other, i));
                      });
    return detail::combined(std::move(values), std::move(init), op);
}
template <parallel_iterator I, parallel_iterator J, class T>
T transform_reduce(I first, I last, J other, T init) {
    return veda::transform_reduce(first, last, other, std::move(init), std::plus<>{},
                                  std::multiplies<>{});
}

template <parallel_iterator I, class T, combiner<T> Op>
requires std::convertible_to<std::iter_reference_t<I>, T> T reduce(I first, I last, T init, Op op) {
    return veda::transform_reduce(first, last, std::move(init), std::move(op), std::identity{});
}
template <parallel_iterator I, class T>
requires std::convertible_to<std::iter_reference_t<I>, T> T reduce(I first, I last, T init) {
    return veda::reduce(first, last, std::move(init), std::plus<>{});
}
template <parallel_iterator I>
std::iter_value_t<I> reduce(I first, I last) {
    return veda::reduce(first, last, std::iter_value_t<I>{}, std::plus<>{});
}

template <parallel_iterator I, const_predicate<std::iter_reference_t<I>> P>
std::iter_difference_t<I> count_if(I first, I last, P likes) {
    using number = std::iter_difference_t<I>;
    const detail::callable<P> is(likes);
    return veda::transform_reduce(
        first, last, number{0}, std::plus<>{},
        [is](std::iter_reference_t<I> x) { return static_cast<number>(is(x) ? 1 : 0); });
}
template <parallel_iterator I, class T>
std::iter_difference_t<I> count(I first, I last, const T& value) {
    return veda::count_if(first, last,
                          [get = detail::constant(value)](const auto& x) { return x == get(); });
}

namespace detail {

// The position of the element that better(candidate, best) likes most, the first one of several.
template <class I, class Better>
class best_position {
    static constexpr std::uint64_t none = UINT64_MAX;

  public:
    best_position(const I& first, const Better& better) : first_(first), better_(better) {}

    void see(std::uint64_t i) {
        if (best_ == none || better_(at(first_, i), at(first_, best_))) [[unlikely]] {
            best_ = i;
            // Stays a branch: after a conditional move each element would wait for the one before.
            asm volatile("");
        }
    }
    void merge(const best_position& right) {
        if (right.best_ != none) see(right.best_);
    }
    I found(const I& last) const { return best_ == none ? last : nth(first_, best_); }

  private:
    I first_;
    callable<Better> better_;
    std::uint64_t best_ = none;
};

// The two at once.
template <class Min, class Max>
struct both_positions {
    Min min;
    Max max;

    void see(std::uint64_t i) {
        min.see(i);
        max.see(i);
    }
    void merge(const both_positions& right) {
        min.merge(right.min);
        max.merge(right.max);
    }
};

template <class Min, class Max>
both_positions(Min, Max) -> both_positions<Min, Max>;

// Shows all positions to copies of none, one for each part of the loop, and gives what they found.
template <class Best>
Best best_of(std::uint64_t n, const Best& none) {
    return indices(n).drive(accumulating{[none] { return none; },
                                         [](Best& best, std::uint64_t i) { best.see(i); },
                                         [](Best& left, const Best& right) { left.merge(right); }});
}

template <class I, class Better>
auto best_from(const I& first, const Better& better) {
    return best_position<I, Better>(first, better);
}

}  // namespace detail

// The first of the smallest elements; last if there are none.
template <parallel_iterator I, class Less = std::less<>>
requires const_predicate<Less, std::iter_reference_t<I>, std::iter_reference_t<I>> I
min_element(I first, I last, Less less = {}) {
    return detail::best_of(detail::length(first, last), detail::best_from(first, less)).found(last);
}

// The first of the largest ones.
template <parallel_iterator I, class Less = std::less<>>
requires const_predicate<Less, std::iter_reference_t<I>, std::iter_reference_t<I>> I
max_element(I first, I last, Less less = {}) {
    const auto greater = [less = detail::callable<Less>(less)](const auto& a, const auto& b) -> bool {
        return less(b, a);
    };
    return veda::min_element(first, last, greater);
}

// The first of the smallest ones and the last of the largest ones.
template <parallel_iterator I, class Less = std::less<>>
requires const_predicate<Less, std::iter_reference_t<I>, std::iter_reference_t<I>> std::pair<I, I>
minmax_element(I first, I last, Less less = {}) {
    const auto not_less = [less = detail::callable<Less>(less)](const auto& a, const auto& b) -> bool {
        return !less(a, b);
    };
    const detail::both_positions none{detail::best_from(first, less), detail::best_from(first, not_less)};
    const auto best = detail::best_of(detail::length(first, last), none);
    return {best.min.found(last), best.max.found(last)};
}

// ---- searching -----------------------------------------------------------------------------------

template <parallel_iterator I, const_predicate<detail::shown<I>> P>
I find_if(I first, I last, P likes) {
    const auto found = par(first, last).position_first(likes);
    return found ? detail::nth(first, *found) : last;
}
template <parallel_iterator I, const_predicate<detail::shown<I>> P>
I find_if_not(I first, I last, P likes) {
    return veda::find_if(first, last, [likes = detail::callable<P>(likes)](detail::shown<I> x) {
        return !likes(x);
    });
}
template <parallel_iterator I, class T>
I find(I first, I last, const T& value) {
    return veda::find_if(first, last,
                         [get = detail::constant(value)](const auto& x) { return x == get(); });
}

template <parallel_iterator I, const_predicate<detail::shown<I>> P>
bool any_of(I first, I last, P likes) {
    return par(first, last).any_of(likes);
}
template <parallel_iterator I, const_predicate<detail::shown<I>> P>
bool all_of(I first, I last, P likes) {
    return par(first, last).all_of(likes);
}
template <parallel_iterator I, const_predicate<detail::shown<I>> P>
bool none_of(I first, I last, P likes) {
    return par(first, last).none_of(likes);
}

// Where two neighbours are equal for the first time.
template <parallel_iterator I, class Equal = std::equal_to<>>
I adjacent_find(I first, I last, Equal equal = {}) {
    const std::uint64_t n = detail::length(first, last);
    if (n < 2) return last;
    const auto here = [=, equal = detail::callable<Equal>(equal)](std::uint64_t i) -> bool {
        return equal(detail::at(first, i), detail::at(first, i + 1));
    };
    const auto found = detail::indices(n - 1).position_first(here);
    return found ? detail::nth(first, *found) : last;
}

// The end of the longest sorted beginning.
template <parallel_iterator I, class Less = std::less<>>
I is_sorted_until(I first, I last, Less less = {}) {
    const I falls = veda::adjacent_find(
        first, last,
        [less = detail::callable<Less>(less)](const auto& a, const auto& b) { return less(b, a); });
    return falls == last ? last : falls + 1;
}
template <parallel_iterator I, class Less = std::less<>>
bool is_sorted(I first, I last, Less less = {}) {
    return veda::is_sorted_until(first, last, std::move(less)) == last;
}

// The first place where two ranges differ; the second one is at least as long, or has an end.
template <parallel_iterator I, parallel_iterator J, class Equal = std::equal_to<>>
requires const_predicate<Equal, std::iter_reference_t<I>, std::iter_reference_t<J>> std::pair<I, J>
mismatch(I first, I last, J other, Equal equal = {}) {
    const auto differs = [=, equal = detail::callable<Equal>(equal)](std::uint64_t i) -> bool {
        return !equal(detail::at(first, i), detail::at(other, i));
    };
    const std::uint64_t n = detail::length(first, last);
    const std::uint64_t i = detail::indices(n).position_first(differs).value_or(n);
    return {detail::nth(first, i), detail::nth(other, i)};
}
template <parallel_iterator I, parallel_iterator J, class Equal = std::equal_to<>>
requires const_predicate<Equal, std::iter_reference_t<I>, std::iter_reference_t<J>> std::pair<I, J>
mismatch(I first, I last, J other, J other_last, Equal equal = {}) {
    const std::uint64_t n = std::min(detail::length(first, last), detail::length(other, other_last));
    return veda::mismatch(first, detail::nth(first, n), other, std::move(equal));
}

template <parallel_iterator I, parallel_iterator J, class Equal = std::equal_to<>>
requires const_predicate<Equal, std::iter_reference_t<I>, std::iter_reference_t<J>>
bool equal(I first, I last, J other, Equal equal = {}) {
    return veda::mismatch(first, last, other, std::move(equal)).first == last;
}
template <parallel_iterator I, parallel_iterator J, class Equal = std::equal_to<>>
requires const_predicate<Equal, std::iter_reference_t<I>, std::iter_reference_t<J>>
bool equal(I first, I last, J other, J other_last, Equal equal = {}) {
    return detail::length(first, last) == detail::length(other, other_last) &&
           veda::equal(first, last, other, std::move(equal));
}

// ---- scans ---------------------------------------------------------------------------------------

namespace detail {

// Two passes over blocks: all but the last one are reduced; then each is scanned from what lies before
// it. read(i) gives element i; write(i, before) writes it, given all before it (empty: nothing is before it)
// and answers what is before the next one. out may be the input itself.
template <class T, class Read, class Op, class Write>
void scan_blocks(const Read& read, std::uint64_t n, std::optional<T> init, const Op& op,
                 const Write& write) {
    const std::uint64_t length = block_length(n);
    std::vector<std::optional<T>> before((n + length - 1) / length + 1);
    before[0] = std::move(init);
    for_each_block(n, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t) {
        if (begin + length >= n) return;  // nobody comes after the last block
        T sum(read(begin));
        for (std::uint64_t i = begin + 1; i != begin + length; ++i) {
            sum = std::invoke(op, std::move(sum), read(i));
        }
        before[block + 1].emplace(std::move(sum));
    });
    for (std::size_t block = 1; block < before.size() && before[block]; ++block) {
        const std::optional<T>& left = before[block - 1];
        if (left) before[block].emplace(std::invoke(op, *left, std::move(*before[block])));
    }
    for_each_block(n, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
        std::optional<T> left = std::move(before[block]);
        std::uint64_t i = begin;
        if (!left) left.emplace(write(i++, nullptr));
        T sum = std::move(*left);
        for (; i != end; ++i) sum = write(i, &sum);
    });
}

template <bool Inclusive, class T, class I, class O, class Op>
O scan_memory(I first, std::uint64_t n, O out, std::optional<T>&& init, const Op& op) {
    if (n == 0) return out;
    in_pool([&] {
        scanning<T, Op, Inclusive>(std::to_address(first), std::to_address(out), n, op, std::move(init))
            .run();
    });
    return nth(out, n);
}

// Both kinds for any iterators, of f(element).
template <class T, class I, class O, class Op, class F>
O scan_inclusive(I first, std::uint64_t n, O out, std::optional<T> init, const Op& op, const F& f) {
    const auto read = [=, f = callable<F>(f)](std::uint64_t i) -> decltype(auto) {
        return f(at(first, i));
    };
    const auto write = [&](std::uint64_t i, T* before) {
        T sum = before == nullptr ? T(read(i)) : T(std::invoke(op, std::move(*before), read(i)));
        at(out, i) = sum;
        return sum;
    };
    scan_blocks<T>(read, n, std::move(init), op, write);
    return nth(out, n);
}
template <class T, class I, class O, class Op, class F>
O scan_exclusive(I first, std::uint64_t n, O out, T init, const Op& op, const F& f) {
    const auto read = [=, f = callable<F>(f)](std::uint64_t i) -> decltype(auto) {
        return f(at(first, i));
    };
    const auto write = [&](std::uint64_t i, T* before) {
        // First, for out may be the input; and not for nothing, for it might be too much for T.
        T next(i + 1 == n ? T(*before) : T(std::invoke(op, *before, read(i))));
        at(out, i) = std::move(*before);
        return next;
    };
    scan_blocks<T>(read, n, std::optional<T>(std::move(init)), op, write);
    return nth(out, n);
}

template <class T, class I, class O, class Op>
O inclusive_scan(I first, I last, O out, std::optional<T> init, const Op& op) {
    const std::uint64_t n = length(first, last);
    if constexpr (from_memory_to_memory<I, O, T>) {
        return scan_memory<true>(first, n, out, std::move(init), op);
    } else {
        return scan_inclusive<T>(first, n, out, std::move(init), op, std::identity{});
    }
}

}  // namespace detail

template <parallel_iterator I, parallel_output O, class Op = std::plus<>>
requires combiner<Op, std::iter_value_t<I>> O inclusive_scan(I first, I last, O out, Op op = {}) {
    return detail::inclusive_scan<std::iter_value_t<I>>(first, last, out, std::nullopt, op);
}
template <parallel_iterator I, parallel_output O, class T, combiner<T> Op>
O inclusive_scan(I first, I last, O out, Op op, T init) {
    return detail::inclusive_scan<T>(first, last, out, std::optional<T>(std::move(init)), op);
}

template <parallel_iterator I, parallel_output O, class T, combiner<T> Op = std::plus<>>
O exclusive_scan(I first, I last, O out, T init, Op op = {}) {
    const std::uint64_t n = detail::length(first, last);
    if constexpr (detail::from_memory_to_memory<I, O, T>) {
        return detail::scan_memory<false>(first, n, out, std::optional<T>(std::move(init)), op);
    } else {
        return detail::scan_exclusive<T>(first, n, out, std::move(init), op, std::identity{});
    }
}

// The same of f(element).
template <parallel_iterator I, parallel_output O, class Op, const_callable<std::iter_reference_t<I>> F>
O transform_inclusive_scan(I first, I last, O out, Op op, F f) {
    using value = std::remove_cvref_t<std::invoke_result_t<const F&, std::iter_reference_t<I>>>;
    return detail::scan_inclusive<value>(first, detail::length(first, last), out, std::nullopt, op, f);
}
template <parallel_iterator I, parallel_output O, class Op, const_callable<std::iter_reference_t<I>> F,
          class T>
O transform_inclusive_scan(I first, I last, O out, Op op, F f, T init) {
    return detail::scan_inclusive<T>(first, detail::length(first, last), out,
                                     std::optional<T>(std::move(init)), op, f);
}
template <parallel_iterator I, parallel_output O, class T, class Op,
          const_callable<std::iter_reference_t<I>> F>
O transform_exclusive_scan(I first, I last, O out, T init, Op op, F f) {
    return detail::scan_exclusive<T>(first, detail::length(first, last), out, std::move(init), op, f);
}

// ---- packing -------------------------------------------------------------------------------------

namespace detail {

// Two passes over blocks: keep(i) is asked once for each element and remembered, and counted; then
// place(i, kept, k) is called, k being how many of the same kind lie before i. Answers how many were
// kept.
template <class Keep, class Place>
std::uint64_t pack_blocks(std::uint64_t n, const Keep& keep, const Place& place) {
    const std::uint64_t length = block_length(n);
    const std::unique_ptr<bool[]> kept(new bool[static_cast<std::size_t>(n)]);
    std::vector<std::uint64_t> before((n + length - 1) / length + 1);
    for_each_block(n, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
        std::uint64_t count = 0;
        for (std::uint64_t i = begin; i != end; ++i) count += (kept[i] = keep(i)) ? 1 : 0;
        before[block + 1] = count;
    });
    for (std::size_t block = 1; block < before.size(); ++block) before[block] += before[block - 1];
    for_each_block(n, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
        std::uint64_t k = before[block];
        for (std::uint64_t i = begin; i != end; ++i) {
            place(i, kept[i], kept[i] ? k : i - k);
            k += kept[i] ? 1 : 0;
        }
    });
    return before.back();
}

template <class I, class O, class Keep>
O copy_kept(I first, std::uint64_t n, O out, const Keep& keep) {
    return nth(out, pack_blocks(n, keep, [=](std::uint64_t i, bool kept, std::uint64_t k) {
                   if (kept) at(out, k) = at(first, i);
               }));
}

}  // namespace detail

template <parallel_iterator I, parallel_output O, const_predicate<std::iter_reference_t<I>> P>
O copy_if(I first, I last, O out, P likes) {
    using element = std::iter_value_t<I>;
    if constexpr (detail::from_memory_to_memory<I, O> && std::is_trivially_copyable_v<element> &&
                  const_predicate<P, const element&>) {
        const std::uint64_t n = detail::length(first, last);
        if (n == 0) return out;
        return detail::in_pool([&] {
            detail::packing<element, P> kept(std::to_address(first), n, likes);
            const std::uint64_t count = kept.ask();
            kept.put(std::to_address(out));
            return detail::nth(out, count);
        });
    }
    const detail::callable<P> is(likes);
    return detail::copy_kept(first, detail::length(first, last), out,
                             [=](std::uint64_t i) -> bool { return is(detail::at(first, i)); });
}
template <parallel_iterator I, parallel_output O, const_predicate<std::iter_reference_t<I>> P>
O remove_copy_if(I first, I last, O out, P likes) {
    const detail::callable<P> is(likes);
    return veda::copy_if(first, last, out, [is](std::iter_reference_t<I> x) { return !is(x); });
}
template <parallel_iterator I, parallel_output O, class T>
O remove_copy(I first, I last, O out, const T& value) {
    return veda::remove_copy_if(first, last, out,
                                [get = detail::constant(value)](const auto& x) { return x == get(); });
}

// The first of each group of equal neighbours.
template <parallel_iterator I, parallel_output O, class Equal = std::equal_to<>>
O unique_copy(I first, I last, O out, Equal equal = {}) {
    return detail::copy_kept(first, detail::length(first, last), out,
                             [=, equal = detail::callable<Equal>(equal)](std::uint64_t i) -> bool {
                                 return i == 0 || !equal(detail::at(first, i - 1), detail::at(first, i));
                             });
}

template <parallel_iterator I, parallel_output Yes, parallel_output No,
          const_predicate<std::iter_reference_t<I>> P>
std::pair<Yes, No> partition_copy(I first, I last, Yes yes, No no, P likes) {
    const std::uint64_t n = detail::length(first, last);
    const detail::callable<P> is(likes);
    const std::uint64_t kept = detail::pack_blocks(
        n, [=](std::uint64_t i) -> bool { return is(detail::at(first, i)); },
        [=](std::uint64_t i, bool liked, std::uint64_t k) {
            if (liked) {
                detail::at(yes, k) = detail::at(first, i);
            } else {
                detail::at(no, k) = detail::at(first, i);
            }
        });
    return {detail::nth(yes, kept), detail::nth(no, n - kept)};
}

}  // namespace veda

#endif
