// str.hpp: a text as the source of parallel chains.
//
//     veda::str(text).lines().filter(is_error).count();
//     veda::str(text).split_whitespace().map(length).max();
//     veda::str(text).code_points().collect<std::u32string>();
//
// Nothing is copied: a chain yields std::string_views into the text, which must outlive it. They come in the
// order of the text, and the methods of a chain keep it as they always do. A thief begins near the middle of
// what is left, where a part or a code point begins.
//
// Any bytes will do. What is not UTF-8 stays as it is in views; as code points, and to a predicate, it is
// U+FFFD, one for each longest beginning of a sequence that could have gone on (iter/utf8.hpp).
#ifndef VEDA_STR_HPP
#define VEDA_STR_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/par.hpp>
#include <veda/iter/source_text.hpp>
#include <veda/iter/text_patterns.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

// Text that does not go away with the object that names it: an lvalue, a view, a pointer.
template <class T>
concept stays = std::is_lvalue_reference_v<T> || std::ranges::borrowed_range<T> ||
    std::is_pointer_v<std::decay_t<T>>;

}  // namespace detail

class str {
    // First, for what they give back is deduced.
    template <class D>
    static auto parts(D&& whole) {
        return par_iter(detail::parted<D>(std::move(whole)));
    }
    template <detail::part_style Style, class Finder>
    auto between(Finder&& finder) const {
        return parts(
            detail::between_separators<std::string_view, Finder, Style>(text_, std::move(finder)));
    }
    template <class P>
    auto words(P is_space) const {
        return between<detail::part_style{.skips_empty = true}>(
            detail::code_point_finder<P>(std::move(is_space)));
    }

  public:
    // What owns its text and would be gone at once is refused.
    template <std::convertible_to<std::string_view> T>
        requires detail::stays<T>
    explicit str(T&& text) : text_(std::forward<T>(text)) {}
    template <std::convertible_to<std::u8string_view> T>
        requires detail::stays<T>
    explicit str(T&& text) : str(std::u8string_view(std::forward<T>(text)), 0) {}

    // ---- characters ----

    // std::uint8_t, indexed.
    [[nodiscard]] auto bytes() const {
        return par(std::span(reinterpret_cast<const std::uint8_t*>(text_.data()), text_.size()))
            .map([](std::uint8_t byte) { return byte; });
    }
    // char32_t.
    [[nodiscard]] auto code_points() const { return parts(detail::code_points(text_)); }
    // Each with the index of its first byte: std::pair<std::size_t, char32_t>.
    [[nodiscard]] auto code_point_indices() const { return parts(detail::code_point_indices(text_)); }
    // char16_t: the text as UTF-16.
    [[nodiscard]] auto utf16() const { return parts(detail::utf16_units(text_)); }

    // ---- parts ----

    // Between line ends, "\n" or "\r\n". What is behind the last line end is a line if it is not empty.
    [[nodiscard]] auto lines() const {
        return between<detail::part_style{.trims_cr = true}>(detail::byte_finder('\n'));
    }

    // Between separators; also the empty parts, and always one more than there are separators. Throws
    // VEDA_E_RANGE for a pattern that is empty or no character.
    template <text_pattern P>
    [[nodiscard]] auto split(P pattern) const {
        return between<detail::part_style{.last_may_be_empty = true}>(
            detail::finder_for("split", std::move(pattern)));
    }
    // Each part with the separator that ends it. Nothing behind a separator at the very end.
    template <text_pattern P>
    [[nodiscard]] auto split_inclusive(P pattern) const {
        return between<detail::part_style{.keeps_separator = true}>(
            detail::finder_for("split_inclusive", std::move(pattern)));
    }
    // As split, but a separator ends a part: nothing is behind one at the very end.
    template <text_pattern P>
    [[nodiscard]] auto split_terminator(P pattern) const {
        return between<detail::part_style{}>(
            detail::finder_for("split_terminator", std::move(pattern)));
    }

    // Words: what is between white space, and not empty. White space is Unicode's, or ASCII's: space, tab,
    // line feed, form feed, carriage return.
    [[nodiscard]] auto split_whitespace() const {
        return words([](char32_t c) { return detail::is_white_space(c); });
    }
    [[nodiscard]] auto split_ascii_whitespace() const {
        return words([](char32_t c) {
            return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
        });
    }

    // ---- occurrences ----

    // Those that a search from the left finds, one going on where the last one ended.
    template <text_pattern P>
    [[nodiscard]] auto matches(P pattern) const {
        using finder = detail::finder_of<P>;
        return parts(detail::matches<finder>(text_, detail::finder_for("matches", std::move(pattern))));
    }
    // Each with the index of its first byte: std::pair<std::size_t, std::string_view>.
    template <text_pattern P>
    [[nodiscard]] auto match_indices(P pattern) const {
        using finder = detail::finder_of<P>;
        return parts(detail::match_indices<finder>(
            text_, detail::finder_for("match_indices", std::move(pattern))));
    }

  private:
    str(std::u8string_view text, int)
        : text_(reinterpret_cast<const char*>(text.data()), text.size()) {}

    std::string_view text_;
};

}  // namespace veda

#endif
