// streams.hpp: reading a piece of what lies in memory at two places at once.
//
// One accumulator makes each step wait for the one before it, and one stream of addresses leaves a part of
// what memory could give unused. So a piece is read from its beginning and from its middle at once, into two
// accumulators, which is the order of the items still: the left half's result stands left of the right
// half's. Whatever the compiler makes of the loop, it makes two of it (10^8 int32, mapped to int64 and added
// up by g++ -O3: 94 to 50 ms).
#ifndef VEDA_ITER_STREAMS_HPP
#define VEDA_ITER_STREAMS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/map.hpp>
#include <veda/iter/source_range.hpp>
#include <veda/iter/zip.hpp>

#include <cstdint>
#include <iterator>

namespace veda::detail {

// Stages over elements that lie side by side: any of them is as near as any other.
template <class S>
inline constexpr bool walks_memory = false;
template <std::contiguous_iterator It>
inline constexpr bool walks_memory<borrowed<It>> = true;
template <stage S, class F>
inline constexpr bool walks_memory<mapped<S, F>> = walks_memory<S>;
template <indexed_stage A, indexed_stage B>
inline constexpr bool walks_memory<zipped<A, B>> = walks_memory<A> && walks_memory<B>;

// left(item) gets the items of the left half, right(item) those of the right half, each in order. They do not
// throw. If reading does, the leftmost exception travels.
template <class Reader, class Left, class Right>
[[gnu::__always_inline__]] inline void in_two_streams(const Reader& read, std::uint64_t first,
                                                  std::uint64_t last, Left left, Right right) {
    const std::uint64_t half = (last - first) / 2;
    for (std::uint64_t i = 0; i != half; ++i) {
        left(read(first + i));
        try {
            right(read(first + half + i));
        } catch (...) {
            // What is left of it might throw, too, and would come first.
            while (++i != half) (void)read(first + i);
            throw;
        }
    }
    if ((last - first) % 2 != 0) right(read(last - 1));
}

}  // namespace veda::detail

#endif
