// source_text.hpp: what a text yields besides the parts between separators: code points, UTF-16, and the
// occurrences of a pattern.
#ifndef VEDA_ITER_SOURCE_TEXT_HPP
#define VEDA_ITER_SOURCE_TEXT_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/source_parts.hpp>
#include <veda/iter/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace veda::detail {

// How a code point is handed out, which begins at byte `at`.
struct as_code_point {
    using item = char32_t;
    [[gnu::__always_inline__]] static void give(std::uint64_t, char32_t c, auto& folder) {
        folder.consume(c);
    }
};
struct as_code_point_at {
    using item = std::pair<std::size_t, char32_t>;
    static void give(std::uint64_t at, char32_t c, auto& folder) {
        folder.consume(item(static_cast<std::size_t>(at), c));
    }
};
struct as_utf16 {
    using item = char16_t;
    static void give(std::uint64_t, char32_t c, auto& folder) {
        if (c < 0x10000) return folder.consume(static_cast<char16_t>(c));
        folder.consume(static_cast<char16_t>(0xd7c0 + (c >> 10)));  // 0xd800 - (0x10000 >> 10)
        if (!folder.full()) folder.consume(static_cast<char16_t>(0xdc00 | (c & 0x3ff)));
    }
};

template <class As>
class decoded {
  public:
    using item = typename As::item;

    explicit decoded(std::string_view text) noexcept : text_(text) {}

    std::uint64_t size() const noexcept { return text_.size(); }
    std::uint64_t next_begin(std::uint64_t, std::uint64_t from, std::uint64_t end) const noexcept {
        const std::uint64_t at = next_code_point(text_, from);
        return at < end ? at : end;
    }
    template <folder F>
    [[gnu::__always_inline__]] std::uint64_t hand_out(std::uint64_t begin, std::uint64_t, F& folder) const {
        const code_point next = decode(text_, begin);
        As::give(begin, next.value, folder);
        return begin + next.length;
    }

  private:
    std::string_view text_;
};

using code_points = decoded<as_code_point>;
using code_point_indices = decoded<as_code_point_at>;
using utf16_units = decoded<as_utf16>;

// How an occurrence is handed out.
struct as_match {
    using item = std::string_view;
    static item make(std::string_view text, separator found) {
        return text.substr(found.at, found.length);
    }
};
struct as_match_at {
    using item = std::pair<std::size_t, std::string_view>;
    static item make(std::string_view text, separator found) {
        return {static_cast<std::size_t>(found.at), text.substr(found.at, found.length)};
    }
};

// A part ends behind an occurrence, or, where none is nearby, at some place that none reaches into.
template <class Finder, class As>
class occurrences {
    static constexpr std::uint64_t nearby = std::uint64_t{1} << 14;  // bytes

  public:
    using item = typename As::item;

    occurrences(std::string_view text, Finder&& finder) : text_(text), finder_(std::move(finder)) {}

    std::uint64_t size() const noexcept { return text_.size(); }
    std::uint64_t next_begin(std::uint64_t begin, std::uint64_t from, std::uint64_t end) const {
        return from < end ? finder_.clear_place(text_, begin, from, end) : end;
    }
    template <folder F>
    std::uint64_t hand_out(std::uint64_t begin, std::uint64_t end, F& folder) const {
        const std::uint64_t window = nearby + finder_.reach();
        const std::uint64_t stop = end - begin > window ? begin + window : end;
        const separator found = finder_.find(text_, begin, stop);
        if (found.length != 0) {
            folder.consume(As::make(text_, found));
            return found.at + found.length;
        }
        return stop == end ? end : std::min(finder_.go_on(text_, stop), end);
    }

  private:
    std::string_view text_;
    Finder finder_;
};

template <class Finder>
using matches = occurrences<Finder, as_match>;
template <class Finder>
using match_indices = occurrences<Finder, as_match_at>;

}  // namespace veda::detail

#endif
