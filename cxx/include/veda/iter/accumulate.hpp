// accumulate.hpp: the consumer behind for_each, count, sum, reduce, min and max.
//
// Three callables make it: start() gives a fresh accumulator, step(acc, item) takes one item in,
// and merge(left, right) takes a right neighbour's accumulator into the left one. They are copied,
// so they hold a user's callable as detail::callable. An accumulator that is large lives on the
// heap, so that a folder stays cheap to move between pieces.
#ifndef VEDA_ITER_ACCUMULATE_HPP
#define VEDA_ITER_ACCUMULATE_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace veda::detail {

inline constexpr std::size_t inline_accumulator = 64;

template <class T>
class accumulator {
  public:
    explicit accumulator(T&& value) : value_(std::move(value)) {}
    T& get() noexcept { return value_; }

  private:
    T value_;
};

template <class T>
    requires(sizeof(T) > inline_accumulator)
class accumulator<T> {
  public:
    explicit accumulator(T&& value) : value_(std::make_unique<T>(std::move(value))) {}
    T& get() noexcept { return *value_; }

  private:
    std::unique_ptr<T> value_;
};

template <class Acc, class Step>
struct accumulate_folder {
    static constexpr bool may_fill = false;

    accumulator<Acc> acc;
    Step step;  // a copy: the consumer it came from may be a temporary

    template <class T>
    void consume(T&& item) {
        step(acc.get(), std::forward<T>(item));
    }
    static constexpr bool full() { return false; }
    Acc complete() && { return std::move(acc.get()); }
};

template <class Start, class Step, class Merge>
struct accumulating {
    using value = std::remove_cvref_t<std::invoke_result_t<const Start&>>;

    Start start;
    Step step;
    Merge merge;

    accumulate_folder<value, Step> into_folder() const {
        return {accumulator<value>(start()), step};
    }
    accumulating split_off(std::uint64_t) const { return *this; }
    static constexpr bool full() { return false; }
    value reduce(value&& left, value&& right) const {
        merge(left, std::move(right));
        return std::move(left);
    }
};

template <class Start, class Step, class Merge>
accumulating(Start, Step, Merge) -> accumulating<Start, Step, Merge>;

}  // namespace veda::detail

#endif
