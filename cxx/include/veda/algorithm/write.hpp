// write.hpp: algorithms that visit elements, and that write them: for_each, transform, copy, fill, replace.
#ifndef VEDA_ALGORITHM_WRITE_HPP
#define VEDA_ALGORITHM_WRITE_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/language.hpp>
#include <veda/iter/par.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <utility>

namespace veda {

// ---- for each ------------------------------------------------------------------------------------

template <parallel_iterator It, const_callable<std::iter_reference_t<It>> F>
void for_each(It first, It last, F f) {
    par(first, last).for_each(f);
}

template <parallel_iterator It, std::integral N, const_callable<std::iter_reference_t<It>> F>
It for_each_n(It first, N n, F f) {
    const It last = detail::nth(first, detail::count_from(n));
    veda::for_each(first, last, std::move(f));
    return last;
}

// ---- writing -------------------------------------------------------------------------------------

template <parallel_iterator It, parallel_output O, const_callable<std::iter_reference_t<It>> F>
O transform(It first, It last, O out, F f) {
    const std::uint64_t n = detail::length(first, last);
    const detail::callable<F> op(f);
    detail::indices(n).for_each([=](std::uint64_t i) { detail::at(out, i) = op(detail::at(first, i)); });
    return detail::nth(out, n);
}

template <parallel_iterator It, parallel_iterator J, parallel_output O,
          const_callable<std::iter_reference_t<It>, std::iter_reference_t<J>> F>
O transform(It first, It last, J other, O out, F f) {
    const std::uint64_t n = detail::length(first, last);
    const detail::callable<F> op(f);
    detail::indices(n).for_each(
        [=](std::uint64_t i) { detail::at(out, i) = op(detail::at(first, i), detail::at(other, i)); });
    return detail::nth(out, n);
}

template <parallel_iterator It, parallel_output O>
O copy(It first, It last, O out) {
    return veda::transform(first, last, out, std::identity{});
}

template <parallel_iterator It, std::integral N, parallel_output O>
O copy_n(It first, N n, O out) {
    return veda::copy(first, detail::nth(first, detail::count_from(n)), out);
}

template <parallel_iterator It, parallel_output O>
O reverse_copy(It first, It last, O out) {
    return veda::copy(std::make_reverse_iterator(last), std::make_reverse_iterator(first), out);
}

// middle becomes the first one.
template <parallel_iterator It, parallel_output O>
O rotate_copy(It first, It middle, It last, O out) {
    return veda::copy(first, middle, veda::copy(middle, last, out));
}

// The first element, then the difference of each to the one before it, or op(element, the one before).
template <parallel_iterator It, parallel_output O, class Op = std::minus<>>
O adjacent_difference(It first, It last, O out, Op op = {}) {
    if (first == last) return out;
    *out = *first;
    return veda::transform(first + 1, last, first, out + 1, std::move(op));
}

template <parallel_output It, class T>
void fill(It first, It last, const T& value) {
    par(first, last).for_each([get = detail::constant(value)](std::iter_reference_t<It> x) { x = get(); });
}

template <parallel_output It, std::integral N, class T>
It fill_n(It first, N n, const T& value) {
    const It last = detail::nth(first, detail::count_from(n));
    veda::fill(first, last, value);
    return last;
}

// gen() is called from several threads at once, in no order.
template <parallel_output It, const_callable<> G>
void generate(It first, It last, G gen) {
    par(first, last).for_each([&gen](std::iter_reference_t<It> x) {
        x = std::invoke(std::as_const(gen));
    });
}

template <parallel_output It, const_predicate<std::iter_reference_t<It>> P, class T>
void replace_if(It first, It last, P old, const T& value) {
    const detail::callable<P> is_old(old);
    par(first, last).for_each([is_old, get = detail::constant(value)](std::iter_reference_t<It> x) {
        if (is_old(x)) x = get();
    });
}

template <parallel_output It, class T, class U>
void replace(It first, It last, const T& old, const U& value) {
    veda::replace_if(
        first, last, [get = detail::constant(old)](const auto& x) { return x == get(); }, value);
}

template <parallel_output It, std::integral N, const_callable<> G>
It generate_n(It first, N n, G gen) {
    const It last = detail::nth(first, detail::count_from(n));
    veda::generate(first, last, std::move(gen));
    return last;
}

namespace detail {

template <class It, class O, class T, class Is>
O copy_replaced(It first, std::uint64_t n, O out, const Is& is_old, const T& value) {
    indices(n).for_each([=, get = constant(value)](std::uint64_t i) {
        auto&& x = at(first, i);
        if (is_old(x)) {
            at(out, i) = get();
        } else {
            at(out, i) = static_cast<decltype(x)>(x);
        }
    });
    return nth(out, n);
}

}  // namespace detail

template <parallel_iterator It, parallel_output O, const_predicate<std::iter_reference_t<It>> P, class T>
O replace_copy_if(It first, It last, O out, P old, const T& value) {
    return detail::copy_replaced(first, detail::length(first, last), out, detail::callable<P>(old), value);
}
template <parallel_range R, parallel_output O, class P, class T, class Proj = std::identity>
O replace_copy_if(R&& range, O out, P old, const T& value, Proj proj = {}) {
    const detail::callable<P> is(old);
    const detail::callable<Proj> of(proj);
    const auto is_old = [is, of](const auto& x) -> bool { return is(of(x)); };
    return detail::copy_replaced(std::ranges::begin(range), std::ranges::size(range), out, is_old, value);
}
template <parallel_iterator It, parallel_output O, class T, class U>
O replace_copy(It first, It last, O out, const T& old, const U& value) {
    return veda::replace_copy_if(
        first, last, out, [get = detail::constant(old)](const auto& x) { return x == get(); }, value);
}
template <parallel_range R, parallel_output O, class T, class U, class Proj = std::identity>
O replace_copy(R&& range, O out, const T& old, const U& value, Proj proj = {}) {
    const auto is_old = [get = detail::constant(old)](const auto& x) { return x == get(); };
    return veda::replace_copy_if(range, out, is_old, value, std::move(proj));
}

// The elements are moved; both ranges may not overlap.
template <parallel_iterator It, parallel_output O>
O move(It first, It last, O out) {
    const std::uint64_t n = detail::length(first, last);
    detail::indices(n).for_each([=](std::uint64_t i) {
        detail::at(out, i) = std::ranges::iter_move(detail::nth(first, i));
    });
    return detail::nth(out, n);
}
template <parallel_range R, parallel_output O>
O move(R&& range, O out) {
    return veda::move(std::ranges::begin(range), detail::end_of(range), out);
}

}  // namespace veda

#endif
