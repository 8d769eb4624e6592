// source_owned.hpp: a container that was passed by rvalue and gives its elements away by moving.
//
// Elements that nobody took, and the moved-from ones, die with the container, each exactly once.
#ifndef VEDA_ITER_SOURCE_OWNED_HPP
#define VEDA_ITER_SOURCE_OWNED_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <cstdint>
#include <ranges>
#include <utility>

namespace veda::detail {

template <parallel_range R>
class owned {
  public:
    using item = std::ranges::range_value_t<R>;
    static constexpr bool indexed = true;

    explicit owned(R&& range) : range_(std::move(range)) {}

    std::uint64_t size() { return static_cast<std::uint64_t>(std::ranges::size(range_)); }
    auto reader() {
        return [first = std::ranges::begin(range_)](std::uint64_t i) -> item {
            return std::ranges::iter_move(first +
                                          static_cast<std::ranges::range_difference_t<R>>(i));
        };
    }

  private:
    R range_;
};

}  // namespace veda::detail

#endif
