// packing.hpp: algorithms that copy some of the elements, or part them: copy_if, unique_copy, partition_copy.
// From memory to memory copy_if is that of the chains (iter/pack.hpp).
#ifndef VEDA_ALGORITHM_PACKING_HPP
#define VEDA_ALGORITHM_PACKING_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/enter.hpp>
#include <veda/detail/language.hpp>
#include <veda/iter/pack.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

namespace detail {

// Two passes over blocks: keep(i) is asked once for each element and remembered, and counted; then
// place(i, kept, k) is called, k being how many of the same kind lie before i. Answers how many were
// kept.
template <class Keep, class Place>
std::uint64_t pack_blocks(std::uint64_t n, const Keep& keep, const Place& place) {
    const std::uint64_t length = block_length(n);
    const std::unique_ptr<bool[]> kept(new bool[static_cast<std::size_t>(n)]);
    std::vector<std::uint64_t> before(groups_of(length, n) + 1);
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

template <class It, class O, class Keep>
O copy_kept(It first, std::uint64_t n, O out, const Keep& keep) {
    return nth(out, pack_blocks(n, keep, [=](std::uint64_t i, bool kept, std::uint64_t k) {
                   if (kept) at(out, k) = at(first, i);
               }));
}

}  // namespace detail

template <parallel_iterator It, parallel_output O, const_predicate<std::iter_reference_t<It>> P>
O copy_if(It first, It last, O out, P likes) {
    using element = std::iter_value_t<It>;
    if constexpr (detail::from_memory_to_memory<It, O> && std::is_trivially_copyable_v<element> &&
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
template <parallel_iterator It, parallel_output O, const_predicate<std::iter_reference_t<It>> P>
O remove_copy_if(It first, It last, O out, P likes) {
    const detail::callable<P> is(likes);
    return veda::copy_if(first, last, out, [is](std::iter_reference_t<It> x) { return !is(x); });
}
template <parallel_iterator It, parallel_output O, class T>
O remove_copy(It first, It last, O out, const T& value) {
    return veda::remove_copy_if(first, last, out,
                                [get = detail::constant(value)](const auto& x) { return x == get(); });
}

// The first of each group of equal neighbours.
template <parallel_iterator It, parallel_output O, class Equal = std::equal_to<>>
    requires const_relation<Equal, It>
O unique_copy(It first, It last, O out, Equal equal = {}) {
    return detail::copy_kept(first, detail::length(first, last), out,
                             [=, equal = detail::callable<Equal>(equal)](std::uint64_t i) -> bool {
                                 return i == 0 || !equal(detail::at(first, i - 1), detail::at(first, i));
                             });
}

template <parallel_iterator It, parallel_output Yes, parallel_output No,
          const_predicate<std::iter_reference_t<It>> P>
std::pair<Yes, No> partition_copy(It first, It last, Yes yes, No no, P likes) {
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
