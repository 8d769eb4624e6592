// source_slices.hpp: parts of contiguous elements as std::spans: those that can be told by numbers (chunks,
// windows), and where the elements themselves say that one ends.
#ifndef VEDA_ITER_SOURCE_SLICES_HPP
#define VEDA_ITER_SOURCE_SLICES_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/source_parts.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

namespace veda::detail {

// ---- by numbers -----------------------------------------------------------------------------------

// Layouts: how many spans of `length` there are in `size` elements, and where the i-th one is.
struct span_place {
    std::uint64_t first, count;
};

struct chunks_from_left {
    static std::uint64_t count(std::uint64_t size, std::uint64_t length) noexcept {
        return groups_of(length, size);
    }
    static span_place at(std::uint64_t i, std::uint64_t size, std::uint64_t length) noexcept {
        return {i * length, std::min(length, size - i * length)};
    }
};
struct chunks_from_right : chunks_from_left {
    static span_place at(std::uint64_t i, std::uint64_t size, std::uint64_t length) noexcept {
        const std::uint64_t end = size - i * length;
        return end > length ? span_place{end - length, length} : span_place{0, end};
    }
};
template <class Chunks>
struct only_whole : Chunks {
    static std::uint64_t count(std::uint64_t size, std::uint64_t length) noexcept { return size / length; }
};
struct windows_layout {
    static std::uint64_t count(std::uint64_t size, std::uint64_t length) noexcept {
        return size < length ? 0 : size - length + 1;
    }
    static span_place at(std::uint64_t i, std::uint64_t, std::uint64_t length) noexcept {
        return {i, length};
    }
};

// Span: std::span<T>, or std::span<T, N> where all have N elements.
template <class Span, class Layout>
class spans {
  public:
    using item = Span;
    static constexpr bool indexed = true;

    spans(std::span<typename Span::element_type> all, std::uint64_t length) noexcept
        : all_(all), length_(length) {}

    std::uint64_t size() const noexcept { return Layout::count(all_.size(), length_); }
    auto reader() const {
        return [all = all_, length = length_](std::uint64_t i) -> Span {
            const span_place place = Layout::at(i, all.size(), length);
            return Span(all.data() + place.first, static_cast<std::size_t>(place.count));
        };
    }

  private:
    std::span<typename Span::element_type> all_;
    std::uint64_t length_;
};

// ---- by what the elements say ---------------------------------------------------------------------

// Finders, see between_separators: an element that is one.
template <class P>
class element_finder {
  public:
    explicit element_finder(P&& is_separator) : is_separator_(std::move(is_separator)) {}

    template <class T>
    separator find(std::span<T> all, std::uint64_t begin, std::uint64_t end) const {
        for (std::uint64_t i = begin; i != end; ++i) {
            if (std::invoke(is_separator_, std::as_const(all[i]))) return {i, 1};
        }
        return {end, 0};
    }

  private:
    P is_separator_;
};

// Nothing between two neighbours that do not belong together.
template <class P>
class border_finder {
  public:
    explicit border_finder(P&& belong_together) : belong_together_(std::move(belong_together)) {}

    template <class T>
    separator find(std::span<T> all, std::uint64_t begin, std::uint64_t end) const {
        for (std::uint64_t i = begin + 1; i < end; ++i) {
            if (!std::invoke(belong_together_, std::as_const(all[i - 1]), std::as_const(all[i]))) {
                return {i, 0};
            }
        }
        return {end, 0};
    }
    template <class T>
    separator find_anywhere(std::span<T> all, std::uint64_t, std::uint64_t from, std::uint64_t end) const {
        return find(all, from - 1, end);
    }

  private:
    P belong_together_;
};

}  // namespace veda::detail

#endif
