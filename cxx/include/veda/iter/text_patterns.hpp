// text_patterns.hpp: what a text may be searched for and divided at: a character, a string, one of several
// characters, or whatever a predicate on code points likes.
#ifndef VEDA_ITER_TEXT_PATTERNS_HPP
#define VEDA_ITER_TEXT_PATTERNS_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/source_parts.hpp>
#include <veda/iter/utf8.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

template <class P>
inline constexpr bool is_character_set = false;
template <std::size_t N>
inline constexpr bool is_character_set<std::array<char, N>> = true;
template <std::size_t N>
inline constexpr bool is_character_set<std::array<char32_t, N>> = true;

}  // namespace detail

// An ASCII char, a char32_t, a string, a std::array of characters any of which will do, or a predicate that
// is asked about a char32_t and may be called from several threads at once.
template <class P>
concept text_pattern = std::same_as<P, char> || std::same_as<P, char32_t> ||
    std::convertible_to<const P&, std::string_view> || detail::is_character_set<P> ||
    const_predicate<P, char32_t>;

namespace detail {

// Finders, see between_separators. All of them: separators found from the left do not overlap.
// clear_place(text, begin, at, end) is a place at or shortly behind `at` into which none reaches that a
// search from begin would find; end if there is none. A search that has found nothing up to `stop` goes on at
// go_on(text, stop), at most reach() before it.

class byte_finder {
  public:
    explicit byte_finder(char wanted) noexcept : wanted_(wanted) {}

    [[gnu::__always_inline__]] separator find(std::string_view text, std::uint64_t begin,
                                          std::uint64_t end) const noexcept {
        const std::size_t at = text.substr(begin, end - begin).find(wanted_);
        return at == std::string_view::npos ? separator{end, 0} : separator{begin + at, 1};
    }
    static std::uint64_t clear_place(std::string_view, std::uint64_t, std::uint64_t at,
                                     std::uint64_t) noexcept {
        return at;
    }
    static std::uint64_t reach() noexcept { return 0; }
    static std::uint64_t go_on(std::string_view, std::uint64_t stop) noexcept { return stop; }

  private:
    char wanted_;
};

class string_finder {
  public:
    explicit string_finder(std::string wanted) : wanted_(std::move(wanted)) {}

    separator find(std::string_view text, std::uint64_t begin, std::uint64_t end) const noexcept {
        const std::size_t at = text.substr(begin, end - begin).find(wanted_);
        return at == std::string_view::npos ? separator{end, 0} : separator{begin + at, wanted_.size()};
    }
    // "aa" in "aaaa" is there at 0 and 2, but whoever begins in the middle may find it at 1. Where none
    // begins so shortly before that it overlaps, the search from the left cannot miss it.
    separator find_anywhere(std::string_view text, std::uint64_t begin, std::uint64_t from,
                            std::uint64_t end) const noexcept {
        for (separator found = find(text, from, end); found.length != 0;
             found = find(text, found.at + 1, end)) {
            const std::uint64_t before = found.at + reach();
            if (find(text, shortly_before(found.at, begin), before).length == 0) return found;
        }
        return {end, 0};
    }

    std::uint64_t clear_place(std::string_view text, std::uint64_t begin, std::uint64_t at,
                              std::uint64_t end) const noexcept {
        const std::uint64_t last = end - at > reach() ? at + reach() : end;
        const separator found = find(text, shortly_before(at, begin), last);
        if (found.length == 0 || found.at >= at) return at;
        const separator sure = find_anywhere(text, begin, at, end);
        return sure.at + sure.length;
    }

    std::uint64_t reach() const noexcept { return wanted_.size() - 1; }
    std::uint64_t go_on(std::string_view, std::uint64_t stop) const noexcept { return stop - reach(); }

  private:
    // Where one begins at the earliest that reaches into `at`, not before begin.
    std::uint64_t shortly_before(std::uint64_t at, std::uint64_t begin) const noexcept {
        return at - begin > reach() ? at - reach() : begin;
    }

    std::string wanted_;
};

// Predicate: asked about char32_t.
template <class P>
class code_point_finder {
  public:
    explicit code_point_finder(P&& likes) : likes_(std::move(likes)) {}

    separator find(std::string_view text, std::uint64_t begin, std::uint64_t end) const {
        for (std::uint64_t at = begin; at < end;) {
            const code_point next = decode(text, at);
            if (std::invoke(likes_, next.value)) return {at, next.length};
            at += next.length;
        }
        return {end, 0};
    }
    // end may be inside of a code point here.
    separator find_anywhere(std::string_view text, std::uint64_t, std::uint64_t from,
                            std::uint64_t end) const {
        const separator found = find(text, next_code_point(text, from), end);
        return found.at + found.length < end ? found : separator{end, 0};
    }

    static std::uint64_t clear_place(std::string_view text, std::uint64_t, std::uint64_t at,
                                     std::uint64_t end) noexcept {
        return std::min(next_code_point(text, at), end);
    }

    static std::uint64_t reach() noexcept { return 0; }
    static std::uint64_t go_on(std::string_view text, std::uint64_t stop) noexcept {
        return next_code_point(text, stop);
    }

  private:
    P likes_;
};

// One of a few characters.
template <class C, std::size_t N>
struct one_of {
    std::array<char32_t, N> wanted;
    explicit one_of(const std::array<C, N>& characters) {
        std::ranges::transform(characters, wanted.begin(), [](C c) {
            return static_cast<char32_t>(static_cast<std::make_unsigned_t<C>>(c));
        });
    }
    bool operator()(char32_t c) const noexcept { return std::ranges::find(wanted, c) != wanted.end(); }
};
template <std::size_t N>
struct one_of<char32_t, N> {
    std::array<char32_t, N> wanted;
    explicit one_of(const std::array<char32_t, N>& characters) : wanted(characters) {}
    bool operator()(char32_t c) const noexcept { return std::ranges::find(wanted, c) != wanted.end(); }
};

[[noreturn, gnu::__cold__]] inline void bad_pattern(const char* method, const std::string& what) {
    throw error(VEDA_E_RANGE, std::string("VEDA_E_RANGE: ") + method + ": the pattern " + what);
}

inline void must_be_ascii(const char* method, char c) {
    if (static_cast<unsigned char>(c) < 0x80) return;
    bad_pattern(method, "is the char " + std::to_string(static_cast<unsigned char>(c)) +
                            ", must be ASCII, below 128; other characters are given as a char32_t");
}

inline std::string encoded_pattern(const char* method, char32_t c) {
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        bad_pattern(method, "is the char32_t " + std::to_string(static_cast<std::uint32_t>(c)) +
                                ", must be a code point from 0 to 1114111 and no surrogate");
    }
    return encoded(c);
}

// method: for the text of VEDA_E_RANGE.
template <text_pattern P>
auto finder_for(const char* method, P&& pattern) {
    if constexpr (std::same_as<P, char>) {
        must_be_ascii(method, pattern);
        return byte_finder(pattern);
    } else if constexpr (std::same_as<P, char32_t>) {
        return string_finder(encoded_pattern(method, pattern));
    } else if constexpr (std::convertible_to<const P&, std::string_view>) {
        std::string wanted(static_cast<std::string_view>(pattern));
        if (wanted.empty()) bad_pattern(method, "is an empty string, must have one byte or more");
        return string_finder(std::move(wanted));
    } else if constexpr (is_character_set<P>) {
        using character = typename P::value_type;
        if constexpr (std::same_as<character, char>) {
            for (char c : pattern) must_be_ascii(method, c);
        }
        return code_point_finder(one_of<character, std::tuple_size_v<P>>(pattern));
    } else {
        return code_point_finder<P>(std::move(pattern));
    }
}

template <class P>
using finder_of = decltype(finder_for("", std::declval<P>()));

}  // namespace detail
}  // namespace veda

#endif
