// sum.hpp: the sum of numbers that come from memory, in two streams.
//
// One accumulator makes each addition wait for the one before it, and one stream of addresses leaves a part
// of what memory could give unused. So a piece is read at its beginning and at its middle at once, into two
// accumulators, which is the order of the items still: the left half's sum stands left of the right half's.
// Whatever the compiler makes of the loop, it makes two of it (10^8 int32, mapped to int64 by g++ -O3: 94 to
// 50 ms).
#ifndef VEDA_ITER_SUM_HPP
#define VEDA_ITER_SUM_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/map.hpp>
#include <veda/iter/source_range.hpp>
#include <veda/iter/zip.hpp>

#include <concepts>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <utility>

namespace veda::detail {

// Stages over elements that lie side by side: any of them is as near as any other.
template <class S>
inline constexpr bool walks_memory = false;
template <std::contiguous_iterator I>
inline constexpr bool walks_memory<borrowed<I>> = true;
template <stage S, class F>
inline constexpr bool walks_memory<mapped<S, F>> = walks_memory<S>;
template <indexed_stage A, indexed_stage B>
inline constexpr bool walks_memory<zipped<A, B>> = walks_memory<A> && walks_memory<B>;

template <class T>
concept number = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

template <class S, class R>
concept summed_in_streams =
    walks_memory<S> && number<R> && number<std::remove_cvref_t<typename S::item>> &&
    (std::floating_point<R> || std::integral<std::remove_cvref_t<typename S::item>>);

// What R is added up in: the sums of parts may overflow where that of the whole does not.
template <class R>
struct sum_word {
    using type = R;
};
template <std::integral R>
struct sum_word<R> {
    using type = std::make_unsigned_t<R>;
};

template <number R, number Item>
class sum_folder {
    using word = typename sum_word<R>::type;

  public:
    static constexpr bool may_fill = false;

    void consume(Item item) { total_ = plus(total_, item); }
    static constexpr bool full() { return false; }
    R complete() && { return static_cast<R>(total_); }

    template <class Reader>
    void sweep(const Reader& read, std::uint64_t first, std::uint64_t last) {
        const std::uint64_t half = (last - first) / 2;
        word left{}, right{};
        for (std::uint64_t i = 0; i != half; ++i) {
            left = plus(left, read(first + i));
            try {
                right = plus(right, read(first + half + i));
            } catch (...) {
                // What is left of it might throw, too, and would come first.
                while (++i != half) (void)read(first + i);
                throw;
            }
        }
        if ((last - first) % 2 != 0) right = plus(right, read(last - 1));
        total_ = static_cast<word>(total_ + static_cast<word>(left + right));
    }

  private:
    static word plus(word sum, Item item) noexcept {
        if constexpr (std::integral<Item>) {
            return static_cast<word>(sum + static_cast<word>(item));
        } else {
            return static_cast<word>(sum + item);  // as precise as the items
        }
    }

    word total_{};
};

template <number R, number Item>
struct sum_consumer {
    sum_folder<R, Item> into_folder() const { return {}; }
    sum_consumer split_off(std::uint64_t) const { return {}; }
    static constexpr bool full() { return false; }
    R reduce(R left, R right) const {
        sum_folder<R, R> both;
        both.consume(left);
        both.consume(right);
        return std::move(both).complete();
    }
};

}  // namespace veda::detail

#endif
