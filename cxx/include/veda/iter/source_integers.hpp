// source_integers.hpp: the integers from first up to, but not including, last.
#ifndef VEDA_ITER_SOURCE_INTEGERS_HPP
#define VEDA_ITER_SOURCE_INTEGERS_HPP

#include <veda/iter/concepts.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace veda::detail {

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
    auto reader() const noexcept {
        // Unsigned, so that a range over more than half of a signed type wraps as it should.
        return [first = static_cast<std::uint64_t>(first_)](std::uint64_t i) {
            return static_cast<T>(first + i);
        };
    }

  private:
    T first_;
    std::uint64_t size_;
};

}  // namespace veda::detail

#endif
