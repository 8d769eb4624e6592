// source_range.hpp: elements that live elsewhere, or in a view kept here, yielded as references.
//
// Nothing is copied: what was passed by lvalue must outlive the chain.
#ifndef VEDA_ITER_SOURCE_RANGE_HPP
#define VEDA_ITER_SOURCE_RANGE_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <cstdint>
#include <iterator>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace veda::detail {

// Contiguous elements, by a plain pointer. Reading one twice is reading memory twice.
template <class T>
struct memory_reader {
    static constexpr bool reads_memory = true;
    T* first;

    [[gnu::__always_inline__]] T& operator()(std::uint64_t i) const noexcept { return first[i]; }
};

// Over elements that the caller keeps. A contiguous range is walked by a plain pointer.
template <std::random_access_iterator It>
class borrowed {
    static constexpr bool contiguous = std::contiguous_iterator<It>;

  public:
    using item = std::iter_reference_t<It>;
    static constexpr bool indexed = true;

    borrowed(It first, std::uint64_t size) : first_(std::move(first)), size_(size) {}

    std::uint64_t size() const noexcept { return size_; }
    auto reader() const {
        if constexpr (contiguous) {
            return memory_reader<std::remove_reference_t<item>>{data()};
        } else {
            return [first = first_](std::uint64_t i) -> item {
                return first[static_cast<std::iter_difference_t<It>>(i)];
            };
        }
    }

    // Contiguous elements can be handed out in groups without moving them.
    auto slice(std::uint64_t first, std::uint64_t count) const
        requires contiguous
    {
        return std::span(data() + first, static_cast<std::size_t>(count));
    }

  private:
    auto data() const { return size_ == 0 ? nullptr : std::to_address(first_); }

    It first_;
    std::uint64_t size_;
};

// Over a view that is not borrowed (a transform_view, say): the view itself moves in.
template <std::ranges::view V>
    requires parallel_range<V>
class viewed {
  public:
    using item = std::ranges::range_reference_t<V>;
    static constexpr bool indexed = true;

    explicit viewed(V view) : view_(std::move(view)) {}

    std::uint64_t size() { return static_cast<std::uint64_t>(std::ranges::size(view_)); }
    auto reader() {
        return [first = std::ranges::begin(view_)](std::uint64_t i) -> item {
            return first[static_cast<std::ranges::range_difference_t<V>>(i)];
        };
    }

  private:
    V view_;
};

}  // namespace veda::detail

#endif
