// strings_test.cpp: texts as sources, against loops over the whole text; with every way to cut it, and with
// bytes that are no UTF-8.
#include "support.hpp"
#include "support/effort.hpp"

#include <veda/str.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::literals;
using namespace veda::test;
using views = std::vector<std::string_view>;

// Cuts wherever it can: parts are handed out one by one, and slowly for some.
const auto kept = [](auto part) {
    if (part.size() % 4 == 1) busy();
    return part;
};

// ---- what is expected, found from the left ----

// f(text, from): where the next separator begins and how long it is; npos: there is none.
template <class F>
views separated(std::string_view text, const F& next, bool inclusive, bool terminated) {
    views all;
    std::size_t begin = 0;
    for (;;) {
        const auto [at, length] = next(text, begin);
        if (at == text.npos) break;
        all.push_back(text.substr(begin, at - begin + (inclusive ? length : 0)));
        begin = at + length;
    }
    if (!terminated || begin != text.size()) all.push_back(text.substr(begin));
    return all;
}
auto next_string(std::string_view wanted) {
    return [wanted](std::string_view text, std::size_t from) {
        return std::pair(text.find(wanted, from), wanted.size());
    };
}
auto next_of(std::string_view wanted) {
    return [wanted](std::string_view text, std::size_t from) {
        return std::pair(text.find_first_of(wanted, from), std::size_t{1});
    };
}

// One loop over the bytes, by the letter of the Unicode standard's table 3-7.
std::u32string decoded(std::string_view text, std::vector<std::size_t>* begins = nullptr) {
    std::u32string all;
    std::size_t i = 0;
    const auto in = [&](std::size_t at, unsigned least, unsigned most) {
        return at < text.size() && static_cast<unsigned char>(text[at]) >= least &&
               static_cast<unsigned char>(text[at]) <= most;
    };
    while (i < text.size()) {
        if (begins) begins->push_back(i);
        const unsigned a = static_cast<unsigned char>(text[i]);
        unsigned more = 0, least = 0x80, most = 0xbf;
        if (a >= 0xc2 && a <= 0xdf) more = 1;
        if (a >= 0xe0 && a <= 0xef) more = 2;
        if (a >= 0xf0 && a <= 0xf4) more = 3;
        if (a == 0xe0) least = 0xa0;
        if (a == 0xed) most = 0x9f;
        if (a == 0xf0) least = 0x90;
        if (a == 0xf4) most = 0x8f;
        char32_t c = more == 0 ? a : more == 1 ? a & 0x1f : more == 2 ? a & 0x0f : a & 0x07;
        std::size_t length = 1;
        if (more == 0 && a >= 0x80) c = 0xfffd;
        for (unsigned k = 1; k <= more; ++k) {
            if (!in(i + k, k == 1 ? least : 0x80, k == 1 ? most : 0xbf)) {
                c = 0xfffd;
                break;
            }
            c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
            ++length;
        }
        all.push_back(c);
        i += length;
    }
    return all;
}

// Texts of every length to 257: letters, separators, line ends, and longer sequences, valid or not.
template <class F>
void texts(F&& check) {
    std::mt19937_64 random(seed());
    const std::vector<std::string> alphabets[] = {
        {"a", ",", "b", "\n", "\r\n", " ", "aa"},
        {"ä", "€", "𝄞", " ", "\u2003", "x", ",", "\n"},
        {"\x80", "\xbf", "\xe2\x82", "\xf0\x9d\x84", "\xed\xa0\x80", "\xc0", "\xff", "ok", "€", "\n"},
        {"a"},
        {"\x80"},
        {","}};
    in_every_pool([&](std::uint32_t workers) {
        for (const auto& alphabet : alphabets) {
            for (std::size_t length = 0; length <= 257; length += scaled(4) * (length > 20) + 1) {
                std::string text;
                while (text.size() < length) text += alphabet[random() % alphabet.size()];
                text.resize(length);
                SCOPED_TRACE(std::to_string(workers) + " workers, \"" + text + "\"");
                check(std::string_view(text));
            }
        }
    });
}

TEST(Strings, Lines) {
    texts([](std::string_view text) {
        views expected = separated(text, next_string("\n"), true, true);
        for (std::string_view& line : expected) {
            if (line.ends_with("\r\n")) line.remove_suffix(2);
            else if (line.ends_with('\n')) line.remove_suffix(1);
        }
        EXPECT_EQ(veda::str(text).lines().map(kept).collect<views>(), expected);
    });
}

TEST(Strings, SplitByStrings) {
    texts([](std::string_view text) {
        for (std::string_view wanted : {","sv, "aa"sv, "aba"sv, "\r\n"sv, "€"sv, "\x80"sv, "aaaa"sv}) {
            const auto next = next_string(wanted);
            EXPECT_EQ(veda::str(text).split(wanted).map(kept).collect<views>(),
                      separated(text, next, false, false));
            EXPECT_EQ(veda::str(text).split_inclusive(wanted).map(kept).collect<views>(),
                      separated(text, next, true, true));
            EXPECT_EQ(veda::str(text).split_terminator(wanted).map(kept).collect<views>(),
                      separated(text, next, false, true));
        }
    });
}

TEST(Strings, SplitByOtherPatterns) {
    texts([](std::string_view text) {
        EXPECT_EQ(veda::str(text).split(',').map(kept).collect<views>(),
                  separated(text, next_string(","), false, false));
        EXPECT_EQ(veda::str(text).split(U'€').map(kept).collect<views>(),
                  separated(text, next_string("€"), false, false));
        EXPECT_EQ(veda::str(text).split(std::array{',', 'b', '\n'}).map(kept).collect<views>(),
                  separated(text, next_of(",b\n"), false, false));
        const auto likes = [](char32_t c) { return c == U'€' || c == 0xfffd; };
        // The predicate sees the text as decoded says.
        std::vector<std::size_t> begins;
        const std::u32string all = decoded(text, &begins);
        begins.push_back(text.size());
        const auto next = [&](std::string_view, std::size_t from) {
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (begins[i] < from || !likes(all[i])) continue;
                return std::pair(begins[i], begins[i + 1] - begins[i]);
            }
            return std::pair(std::string_view::npos, std::size_t{0});
        };
        EXPECT_EQ(veda::str(text).split(likes).map(kept).collect<views>(),
                  separated(text, next, false, false));
        EXPECT_EQ(veda::str(text).split(std::array{U'€', U'\ufffd'}).map(kept).collect<views>(),
                  separated(text, next, false, false));
    });
}

TEST(Strings, Words) {
    texts([](std::string_view text) {
        views expected = separated(text, next_of(" \t\n\f\r"), false, false);
        std::erase(expected, ""sv);
        EXPECT_EQ(veda::str(text).split_ascii_whitespace().map(kept).collect<views>(), expected);
    });
    const auto words = [](std::string_view text) {
        return veda::str(text).split_whitespace().collect<views>();
    };
    EXPECT_EQ(words(" a\u00a0b\u2003\u3000c\u0085d\v e\u200bf "), (views{"a", "b", "c", "d", "e\u200bf"}));
    EXPECT_EQ(words(""), views{});
    EXPECT_EQ(words(" \n"), views{});
}

TEST(Strings, CodePoints) {
    texts([](std::string_view text) {
        std::vector<std::size_t> begins;
        const std::u32string expected = decoded(text, &begins);
        const auto slow = [](char32_t c) {
            if (c % 4 == 1) busy(std::chrono::nanoseconds(300));
            return c;
        };
        EXPECT_EQ(veda::str(text).code_points().map(slow).collect<std::u32string>(), expected);
        std::vector<std::pair<std::size_t, char32_t>> indexed;
        for (std::size_t i = 0; i < expected.size(); ++i) indexed.emplace_back(begins[i], expected[i]);
        EXPECT_EQ(veda::str(text).code_point_indices().collect<std::vector>(), indexed);
        std::u16string units;
        for (char32_t c : expected) {
            if (c < 0x10000) {
                units += static_cast<char16_t>(c);
            } else {
                units += static_cast<char16_t>(0xd800 + ((c - 0x10000) >> 10));
                units += static_cast<char16_t>(0xdc00 + ((c - 0x10000) & 0x3ff));
            }
        }
        EXPECT_EQ(veda::str(text).utf16().collect<std::u16string>(), units);
        EXPECT_EQ(veda::str(text).bytes().map([](std::uint8_t b) { return static_cast<char>(b); })
                      .collect<std::string>(), text);
    });
    EXPECT_EQ(veda::str("a\xe2\x82z\xf0\x9f\x98\x80\xed\xa0\x80").code_points().collect<std::u32string>(),
              U"a\ufffdz\U0001f600\ufffd\ufffd\ufffd");
    EXPECT_EQ(veda::str(u8"€").code_points().collect<std::u32string>(), U"€");
}

TEST(Strings, Matches) {
    texts([](std::string_view text) {
        for (std::string_view wanted : {","sv, "aa"sv, "aba"sv, "€"sv}) {
            std::vector<std::pair<std::size_t, std::string_view>> expected;
            for (std::size_t at = text.find(wanted); at != text.npos;
                 at = text.find(wanted, at + wanted.size())) {
                expected.emplace_back(at, text.substr(at, wanted.size()));
            }
            EXPECT_EQ(veda::str(text).match_indices(wanted).collect<std::vector>(), expected);
            EXPECT_EQ(veda::str(text).matches(wanted).map(kept).count(), expected.size());
        }
        EXPECT_EQ(veda::str(text).matches([](char32_t c) { return c == 0xfffd; }).count(),
                  static_cast<std::size_t>(std::ranges::count(decoded(text), U'\ufffd')));
    });
}

// Where no occurrence is near, a part ends between them.
TEST(Strings, MatchesInLongTexts) {
    std::mt19937_64 random(seed());
    in_every_pool([&](std::uint32_t) {
        for (std::string_view wanted : {","sv, "aa"sv, "aba"sv, "€"sv}) {
            for (std::size_t rare : {1u, 3u, 500u, 20'000u}) {
                std::string text;
                while (text.size() < 60'000) {
                    const std::string_view filler = std::string_view("x€ab").substr(random() % 2, 4);
                    text += random() % rare == 0 ? wanted : filler;
                }
                std::vector<std::pair<std::size_t, std::string_view>> expected;
                const std::string_view view = text;
                for (std::size_t at = view.find(wanted); at != view.npos;
                     at = view.find(wanted, at + wanted.size())) {
                    expected.emplace_back(at, view.substr(at, wanted.size()));
                }
                EXPECT_EQ(veda::str(text).match_indices(wanted).collect<std::vector>(), expected);
            }
        }
        const std::string zeros(300'001, '0');
        EXPECT_EQ(veda::str(zeros).matches("00").count(), 150'000u);
        EXPECT_EQ(veda::str(zeros).split("00").map(kept).count(), 150'001u);
    });
}

// A search is led by positions, and those of parts are where they begin.
TEST(Strings, AreSearchedFromTheLeft) {
    texts([](std::string_view text) {
        const auto is_long = [](std::string_view part) { return kept(part).size() > 3; };
        const views all = separated(text, next_string(","), false, false);
        const auto first = std::ranges::find_if(all, is_long);
        const auto last = std::find_if(all.rbegin(), all.rend(), is_long);
        EXPECT_EQ(veda::str(text).split(',').find_first(is_long),
                  first == all.end() ? std::nullopt : std::optional(*first));
        EXPECT_EQ(veda::str(text).split(',').find_last(is_long),
                  last == all.rend() ? std::nullopt : std::optional(*last));
    });
}

TEST(Strings, RefusePatternsThatAreNone) {
    const veda::str text("abc");
    EXPECT_EQ(thrown_by([&] { (void)text.split(""); }),
              "VEDA_E_RANGE: split: the pattern is an empty string, must have one byte or more");
    EXPECT_EQ(thrown_by([&] { (void)text.matches('\xe4'); }),
              "VEDA_E_RANGE: matches: the pattern is the char 228, must be ASCII, below 128; other "
              "characters are given as a char32_t");
    EXPECT_EQ(thrown_by([&] { (void)text.split_terminator(char32_t{0xd800}); }),
              "VEDA_E_RANGE: split_terminator: the pattern is the char32_t 55296, must be a code point "
              "from 0 to 1114111 and no surrogate");
    static_assert(!std::constructible_from<veda::str, std::string>, "it would be gone at once");
    static_assert(!std::constructible_from<veda::str, const std::string>);
    static_assert(!std::constructible_from<veda::str, std::u8string>);
    static_assert(std::constructible_from<veda::str, std::string&>);
    static_assert(std::constructible_from<veda::str, const char*>);
    static_assert(std::constructible_from<veda::str, std::string_view>);
}

}  // namespace
