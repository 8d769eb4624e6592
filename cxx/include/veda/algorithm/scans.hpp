// scans.hpp: running totals over any iterators. From memory to memory they are those of the chains
// (iter/scan.hpp).
#ifndef VEDA_ALGORITHM_SCANS_HPP
#define VEDA_ALGORITHM_SCANS_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/enter.hpp>
#include <veda/detail/kept.hpp>
#include <veda/detail/language.hpp>
#include <veda/iter/scan.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

namespace detail {

// Two passes over blocks: all but the last one are reduced; then each is scanned from what lies before
// it. read(i) gives element i; write(i, before) writes it, given all before it (empty: nothing is before it)
// and answers what is before the next one. out may be the input itself.
template <class T, class Read, class Op, class Write>
void scan_blocks(const Read& read, std::uint64_t n, std::optional<T> init, const Op& op,
                 const Write& write) {
    const std::uint64_t length = block_length(n);
    std::vector<std::optional<T>> before(groups_of(length, n) + 1);
    renew(before[0], std::move(init));
    for_each_block(n, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t) {
        if (begin + length >= n) return;  // nobody comes after the last block
        T sum(read(begin));
        for (std::uint64_t i = begin + 1; i != begin + length; ++i) {
            renew(sum, T(std::invoke(op, std::move(sum), read(i))));
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
        for (; i != end; ++i) renew(sum, write(i, std::addressof(sum)));
    });
}

template <bool Inclusive, class T, class It, class O, class Op>
O scan_memory(It first, std::uint64_t n, O out, std::optional<T>&& init, const Op& op) {
    if (n == 0) return out;
    in_pool([&] {
        scanning<T, Op, Inclusive>(std::to_address(first), std::to_address(out), n, op, std::move(init))
            .run();
    });
    return nth(out, n);
}

// i -> f(element i).
template <class It, class F>
auto reading(It first, const F& f) {
    return [=, f = callable<F>(f)](std::uint64_t i) -> decltype(auto) { return f(at(first, i)); };
}

// Both kinds for any iterators, of f(element).
template <class T, class It, class O, class Op, class F>
O scan_inclusive(It first, std::uint64_t n, O out, std::optional<T> init, const Op& op, const F& f) {
    const auto read = reading(first, f);
    const auto write = [&](std::uint64_t i, T* before) {
        T sum = before == nullptr ? T(read(i)) : T(std::invoke(op, std::move(*before), read(i)));
        at(out, i) = sum;
        return sum;
    };
    scan_blocks<T>(read, n, std::move(init), op, write);
    return nth(out, n);
}
template <class T, class It, class O, class Op, class F>
O scan_exclusive(It first, std::uint64_t n, O out, T init, const Op& op, const F& f) {
    const auto read = reading(first, f);
    const auto write = [&](std::uint64_t i, T* before) {
        // First, for out may be the input; and not for nothing, for it might be too much for T.
        T next(i + 1 == n ? T(*before) : T(std::invoke(op, *before, read(i))));
        at(out, i) = std::move(*before);
        return next;
    };
    scan_blocks<T>(read, n, std::optional<T>(std::move(init)), op, write);
    return nth(out, n);
}

template <class T, class It, class O, class Op>
O inclusive_scan(It first, It last, O out, std::optional<T> init, const Op& op) {
    const std::uint64_t n = length(first, last);
    if constexpr (from_memory_to_memory<It, O, T>) {
        return scan_memory<true>(first, n, out, std::move(init), op);
    } else {
        return scan_inclusive<T>(first, n, out, std::move(init), op, std::identity{});
    }
}

}  // namespace detail

template <parallel_iterator It, parallel_output O, class Op = std::plus<>>
requires combiner<Op, std::iter_value_t<It>> O inclusive_scan(It first, It last, O out, Op op = {}) {
    return detail::inclusive_scan<std::iter_value_t<It>>(first, last, out, std::nullopt, op);
}
template <parallel_iterator It, parallel_output O, class T, combiner<T> Op>
O inclusive_scan(It first, It last, O out, Op op, T init) {
    return detail::inclusive_scan<T>(first, last, out, std::optional<T>(std::move(init)), op);
}

template <parallel_iterator It, parallel_output O, class T, combiner<T> Op = std::plus<>>
O exclusive_scan(It first, It last, O out, T init, Op op = {}) {
    const std::uint64_t n = detail::length(first, last);
    if constexpr (detail::from_memory_to_memory<It, O, T>) {
        return detail::scan_memory<false>(first, n, out, std::optional<T>(std::move(init)), op);
    } else {
        return detail::scan_exclusive<T>(first, n, out, std::move(init), op, std::identity{});
    }
}

// The same of f(element).
template <parallel_iterator It, parallel_output O, class Op, const_callable<std::iter_reference_t<It>> F>
O transform_inclusive_scan(It first, It last, O out, Op op, F f) {
    using value = std::remove_cvref_t<std::invoke_result_t<const F&, std::iter_reference_t<It>>>;
    return detail::scan_inclusive<value>(first, detail::length(first, last), out, std::nullopt, op, f);
}
template <parallel_iterator It, parallel_output O, class Op, const_callable<std::iter_reference_t<It>> F,
          class T>
O transform_inclusive_scan(It first, It last, O out, Op op, F f, T init) {
    return detail::scan_inclusive<T>(first, detail::length(first, last), out,
                                     std::optional<T>(std::move(init)), op, f);
}
template <parallel_iterator It, parallel_output O, class T, class Op,
          const_callable<std::iter_reference_t<It>> F>
O transform_exclusive_scan(It first, It last, O out, T init, Op op, F f) {
    return detail::scan_exclusive<T>(first, detail::length(first, last), out, std::move(init), op, f);
}

}  // namespace veda

#endif
