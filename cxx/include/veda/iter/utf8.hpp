// utf8.hpp: code points out of bytes that may be anything.
//
// What is not UTF-8 becomes U+FFFD, one for each longest beginning of a sequence that could have gone on
// (Unicode 15, section 3.9, "substitution of maximal subparts", as the WHATWG decoder and Rust's lossy
// conversion do). Every byte that does not continue a sequence begins one, so any text can be cut anywhere,
// up to three bytes on.
#ifndef VEDA_ITER_UTF8_HPP
#define VEDA_ITER_UTF8_HPP

#include <veda/detail/language.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace veda::detail {

struct code_point {
    char32_t value;
    std::uint64_t length;  // bytes
};

inline constexpr char32_t replacement = 0xfffd;

constexpr bool continues(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// For a first byte that begins a sequence: how many follow, and what the first of them may be.
struct lead {
    unsigned char more, least, most;
};
constexpr lead lead_of(unsigned char first) noexcept {
    if (first >= 0xc2 && first <= 0xdf) return {1, 0x80, 0xbf};
    if (first == 0xe0) return {2, 0xa0, 0xbf};  // shorter ones need two bytes
    if (first == 0xed) return {2, 0x80, 0x9f};  // no surrogates
    if (first >= 0xe1 && first <= 0xef) return {2, 0x80, 0xbf};
    if (first == 0xf0) return {3, 0x90, 0xbf};
    if (first >= 0xf1 && first <= 0xf3) return {3, 0x80, 0xbf};
    if (first == 0xf4) return {3, 0x80, 0x8f};  // up to U+10FFFF
    return {0, 0, 0};
}

// The code point at the beginning of text, which is not empty.
constexpr code_point decode_sequence(std::string_view text) noexcept {
    const auto byte = [text](std::uint64_t i) { return static_cast<unsigned char>(text[i]); };
    const lead begun = lead_of(byte(0));
    if (begun.more == 0 || text.size() < 2 || byte(1) < begun.least || byte(1) > begun.most) {
        return {replacement, 1};
    }
    char32_t value = byte(0) & (0x3fu >> begun.more);
    for (std::uint64_t i = 1; i <= begun.more; ++i) {
        if (i == text.size() || !continues(text[i])) return {replacement, i};
        value = value << 6 | (byte(i) & 0x3f);
    }
    return {value, begun.more + std::uint64_t{1}};
}

[[gnu::__always_inline__]] constexpr code_point decode(std::string_view text, std::uint64_t at) noexcept {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) [[likely]] return {first, 1};
    return decode_sequence(text.substr(at));
}

// A place at or at most three bytes behind `at` where decoding from the beginning of the text would begin a
// code point: at what continues nothing, and behind three bytes that do, for no sequence has a fourth.
constexpr std::uint64_t next_code_point(std::string_view text, std::uint64_t at) noexcept {
    const auto is_begin = [text](std::uint64_t i) {
        return i == 0 || i >= text.size() || !continues(text[i]) ||
               (i >= 3 && continues(text[i - 1]) && continues(text[i - 2]) && continues(text[i - 3]));
    };
    while (!is_begin(at)) ++at;
    return at;
}

// value as UTF-8; it is a code point and no surrogate.
inline std::string encoded(char32_t value) {
    const auto tail = [value](unsigned shift) { return static_cast<char>(0x80 | (value >> shift & 0x3f)); };
    if (value < 0x80) return {static_cast<char>(value)};
    if (value < 0x800) return {static_cast<char>(0xc0 | value >> 6), tail(0)};
    if (value < 0x10000) return {static_cast<char>(0xe0 | value >> 12), tail(6), tail(0)};
    return {static_cast<char>(0xf0 | value >> 18), tail(12), tail(6), tail(0)};
}

// Unicode's White_Space.
constexpr bool is_white_space(char32_t c) noexcept {
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

}  // namespace veda::detail

#endif
