// source_integers.hpp: the integers from first up to, but not including, last.
#ifndef VEDA_ITER_SOURCE_INTEGERS_HPP
#define VEDA_ITER_SOURCE_INTEGERS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/each.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace veda::detail {

// Unsigned inside, so that a range over more than half of a signed type wraps as it should.
template <std::integral T>
struct integer_reader {
    std::uint64_t origin;

    [[gnu::__always_inline__]] T operator()(std::uint64_t i) const noexcept {
        return static_cast<T>(origin + i);
    }

    // Counts in T, as the loop by hand would: the compiler then knows that nothing wraps.
    template <class Sink>
    [[gnu::__always_inline__]] void each(std::uint64_t first, std::uint64_t last, Sink sink) const {
        const T end = (*this)(last);
        for (T value = (*this)(first); value < end; ++value) {
            if (sink_stops(sink, T{value})) return;
        }
    }
};

template <std::integral T>
class integers {
  public:
    using item = T;
    static constexpr bool indexed = true;

    // Empty if last is not above first.
    integers(T first, T last) noexcept
        : first_(first),
          size_(first < last ? static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first)
                             : 0) {}

    std::uint64_t size() const noexcept { return size_; }
    auto reader() const noexcept { return integer_reader<T>{static_cast<std::uint64_t>(first_)}; }

  private:
    T first_;
    std::uint64_t size_;
};

// The integers from first up to last, last included. Not counted in T: the number behind last may be none.
template <std::integral T>
class integers_through {
  public:
    using item = T;
    static constexpr bool indexed = true;

    // size: how many there are.
    integers_through(T first, std::uint64_t size) noexcept : first_(first), size_(size) {}

    std::uint64_t size() const noexcept { return size_; }
    auto reader() const noexcept {
        return [origin = static_cast<std::uint64_t>(first_)](std::uint64_t i) {
            return static_cast<T>(origin + i);
        };
    }

  private:
    T first_;
    std::uint64_t size_;
};

}  // namespace veda::detail

#endif
