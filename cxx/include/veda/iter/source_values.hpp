// source_values.hpp: the sources that are made of values: once, repeat, a std::optional, evenly spaced
// numbers.
#ifndef VEDA_ITER_SOURCE_VALUES_HPP
#define VEDA_ITER_SOURCE_VALUES_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace veda::detail {

// What is in an optional, given away; at most one item.
template <class T>
class maybe_one {
  public:
    using item = T;
    static constexpr bool indexed = true;

    explicit maybe_one(std::optional<T>&& value) : value_(std::move(value)) {}

    std::uint64_t size() const noexcept { return value_.has_value() ? 1 : 0; }
    auto reader() {
        return [value = std::addressof(value_)](std::uint64_t) -> T { return std::move(**value); };
    }

  private:
    std::optional<T> value_;
};

// Copies of one value.
template <std::copy_constructible T>
class repeated {
  public:
    using item = T;
    static constexpr bool indexed = true;

    repeated(T&& value, std::uint64_t count) : value_(std::move(value)), count_(count) {}

    std::uint64_t size() const noexcept { return count_; }
    auto reader() const {
        return [value = std::addressof(value_)](std::uint64_t) -> T { return *value; };
    }

  private:
    T value_;
    std::uint64_t count_;
};

// first, first + step, first + 2 * step, ...: each by one multiplication, so that errors do not add up.
template <class T>
class spaced {
  public:
    using item = T;
    static constexpr bool indexed = true;

    spaced(T first, T step, std::uint64_t count) : first_(first), step_(step), count_(count) {}

    std::uint64_t size() const noexcept { return count_; }
    auto reader() const {
        return [first = first_, step = step_](std::uint64_t i) -> T {
            return static_cast<T>(first + static_cast<T>(i) * step);
        };
    }

  private:
    T first_;
    T step_;
    std::uint64_t count_;
};

}  // namespace veda::detail

#endif
