// count_if.hpp: how many items a predicate holds for, without a branch: what count after filter becomes where
// items can be tested in blocks (search.hpp).
#ifndef VEDA_ITER_COUNT_IF_HPP
#define VEDA_ITER_COUNT_IF_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/filter.hpp>
#include <veda/iter/search.hpp>

#include <cstdint>
#include <utility>

namespace veda::detail {

template <class P>
struct count_if_folder {
    static constexpr bool may_fill = false;

    callable<P> keep;
    std::uint64_t count = 0;

    template <class T>
    void consume(T&& item) {
        count += static_cast<bool>(keep(std::as_const(item))) ? 1u : 0u;
    }
    static constexpr bool full() { return false; }
    std::uint64_t complete() && { return count; }

    // In blocks, whose small counts fit the words that the compiler adds up several of at once.
    template <class Reader>
    void sweep(const Reader& read, std::uint64_t first, std::uint64_t last) {
        const callable<P> test = keep;
        std::uint64_t all = 0;
        for (; last - first >= test_block; first += test_block) {
            std::uint32_t some = 0;
            for (std::uint64_t i = 0; i != test_block; ++i)
                some += static_cast<bool>(test(read(first + i))) ? 1u : 0u;
            all += some;
        }
        for (; first != last; ++first) consume(read(first));
        count += all;
    }
};

template <class P>
struct count_if_consumer {
    const P* keep;

    count_if_folder<P> into_folder() const { return {callable<P>(*keep)}; }
    count_if_consumer split_off(std::uint64_t) const { return *this; }
    static constexpr bool full() { return false; }
    std::uint64_t reduce(std::uint64_t left, std::uint64_t right) const { return left + right; }
};

template <class S>
inline constexpr bool counts_in_blocks = false;
template <indexed_stage S, class P>
inline constexpr bool counts_in_blocks<filtered<S, P>> = testable_in_blocks<typename S::item>;

}  // namespace veda::detail

#endif
