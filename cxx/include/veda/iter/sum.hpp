// sum.hpp: the sum of numbers that come from memory, in two streams (streams.hpp).
#ifndef VEDA_ITER_SUM_HPP
#define VEDA_ITER_SUM_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/streams.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace veda::detail {

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
        word left{}, right{};
        in_two_streams(
            read, first, last, [&left](Item item) { left = plus(left, item); },
            [&right](Item item) { right = plus(right, item); });
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
