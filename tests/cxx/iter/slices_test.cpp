// slices_test.cpp: parts of contiguous elements, by numbers and by what the elements say, against loops that
// find them one after the other.
#include "support.hpp"

#include <veda/slices.hpp>
#include <veda/sort.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace veda::test;
using ints = std::vector<int>;
using parts = std::vector<ints>;

const auto copied = [](auto part) { return ints(part.begin(), part.end()); };

parts chunked(const ints& v, std::size_t length, bool from_right, bool exact) {
    parts all;
    for (std::size_t done = 0; done < v.size(); done += length) {
        const std::size_t count = std::min(length, v.size() - done);
        if (exact && count < length) break;
        const auto first = from_right ? v.end() - static_cast<std::ptrdiff_t>(done + count)
                                      : v.begin() + static_cast<std::ptrdiff_t>(done);
        all.emplace_back(first, first + static_cast<std::ptrdiff_t>(count));
    }
    return all;
}

TEST(Slices, ChunksFromBothSides) {
    sweep([](const ints& v) {
        for (std::size_t length : {1u, 2u, 3u, 7u, 64u, 1000u}) {
            EXPECT_EQ(veda::par_chunks(v, length).map(copied).collect<parts>(),
                      chunked(v, length, false, false));
            EXPECT_EQ(veda::par_rchunks(v, length).map(copied).collect<parts>(),
                      chunked(v, length, true, false));
            EXPECT_EQ(veda::par_chunks_exact(v, length).map(copied).collect<parts>(),
                      chunked(v, length, false, true));
            EXPECT_EQ(veda::par_rchunks_exact(v, length).map(copied).collect<parts>(),
                      chunked(v, length, true, true));
            const std::size_t rest = v.size() % length;
            EXPECT_EQ(copied(veda::chunks_remainder(v, length)),
                      ints(v.end() - static_cast<std::ptrdiff_t>(rest), v.end()));
            EXPECT_EQ(copied(veda::rchunks_remainder(v, length)),
                      ints(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(rest)));
        }
    });
}

TEST(Slices, WindowsOverlap) {
    sweep([](const ints& v) {
        for (std::size_t length : {1u, 2u, 3u, 64u}) {
            parts expected;
            for (std::size_t i = 0; i + length <= v.size(); ++i) {
                const auto first = v.begin() + static_cast<std::ptrdiff_t>(i);
                expected.emplace_back(first, first + static_cast<std::ptrdiff_t>(length));
            }
            EXPECT_EQ(veda::par_windows(v, length).map(copied).collect<parts>(), expected);
            if (length == 3) {
                EXPECT_EQ(veda::par_windows<3>(v).map(copied).collect<parts>(), expected);
            }
        }
    });
}

// What std::ranges' own splitting would give, with the separators or without.
parts split(const ints& v, int every, bool inclusive) {
    parts all(1);
    for (int x : v) {
        const bool ends = x % every == 0;
        if (!ends || inclusive) all.back().push_back(x);
        if (ends) all.emplace_back();
    }
    if (inclusive && all.back().empty()) all.pop_back();
    return all;
}

TEST(Slices, PartsBetweenSeparators) {
    sweep([](const ints& v) {
        for (int every : {1, 2, 5, 50, 1000}) {
            // Slow for some, so that thieves cut in the middle of parts.
            const auto ends = [every](const int& x) { return slowly(x) % every == 0; };
            EXPECT_EQ(veda::par_split(v, ends).map(copied).collect<parts>(), split(v, every, false));
            EXPECT_EQ(veda::par_split_inclusive(v, ends).map(copied).collect<parts>(),
                      split(v, every, true));
        }
    });
}

TEST(Slices, RunsThatBelongTogether) {
    sweep([](const ints& v) {
        for (int kind : {0, 1, 2}) {
            const auto together = [kind](const int& a, const int& b) {
                return kind == 0 ? slowly(a) <= b : kind == 1 ? a / 40 == slowly(b) / 40 : true;
            };
            parts expected;
            for (std::size_t i = 0; i < v.size(); ++i) {
                if (i == 0 || !together(v[i - 1], v[i])) expected.emplace_back();
                expected.back().push_back(v[i]);
            }
            EXPECT_EQ(veda::par_chunk_by(v, together).map(copied).collect<parts>(), expected);
        }
    });
}

TEST(Slices, DisjointOnesAreMutable) {
    sweep([](ints v) {
        const auto negate = [](std::span<int> part) {
            for (int& x : part) x = -x;
        };
        ints expected = v;
        for (int& x : expected) x = -x;
        const auto even = [](const int& x) { return x % 2 == 0; };
        veda::par_chunks(v, 7).for_each(negate);
        EXPECT_EQ(v, expected);
        veda::par_rchunks(v, 5).for_each(negate);
        veda::par_split_inclusive(v, even).for_each(negate);
        EXPECT_EQ(v, expected);
        veda::par_chunk_by(std::span(v), std::ranges::less_equal{}).for_each(negate);
        for (int& x : expected) x = -x;
        EXPECT_EQ(v, expected);
    });
    ints v;
    static_assert(std::same_as<decltype(veda::par_windows(v, 2))::item, std::span<const int>>);
    static_assert(std::same_as<decltype(veda::par_windows<2>(v))::item, std::span<const int, 2>>);
    static_assert(std::same_as<decltype(veda::par_chunks(v, 2))::item, std::span<int>>);
    static_assert(std::same_as<decltype(veda::par_chunks(std::as_const(v), 2))::item,
                               std::span<const int>>);
}

TEST(Slices, AreSearchedFromTheLeft) {
    sweep([](const ints& v) {
        const auto ends = [](const int& x) { return slowly(x) % 10 == 0; };
        const auto is_long = [](std::span<const int> part) { return part.size() >= 5; };
        const parts all = split(v, 10, false);
        const auto first = std::ranges::find_if(all, is_long);
        const auto found = veda::par_split(v, ends).find_first(is_long);
        EXPECT_EQ(found ? copied(*found) : ints{-1}, first == all.end() ? ints{-1} : *first);
        EXPECT_EQ(veda::par_split(v, ends).count(), all.size());
    });
}

TEST(Slices, AreStepsOfAPipe) {
    const ints v = numbers(100);
    EXPECT_EQ(v | veda::par | veda::views::slide(3) | veda::views::transform(copied) | veda::to<parts>(),
              veda::par_windows(v, 3).map(copied).collect<parts>());
    EXPECT_EQ(v | veda::par | veda::views::slide<3>() | veda::count(), 98u);
    EXPECT_EQ(v | veda::par | veda::views::split([](int x) { return x == 0; }) | veda::count(), 2u);
    EXPECT_EQ(v | veda::par | veda::views::chunk_by(std::ranges::less{}) |
                  veda::views::transform(copied) | veda::to<parts>(),
              veda::par_chunk_by(v, std::ranges::less{}).map(copied).collect<parts>());
}

TEST(Slices, OfSpansThatAreNotKept) {
    ints v = numbers(10);
    EXPECT_EQ(veda::par_chunks(std::span(v), 3).count(), 4u);
    EXPECT_EQ(veda::par_rchunks(std::span(v), 3).count(), 4u);
    EXPECT_EQ(veda::par_chunks_exact(std::span(v), 3).count(), 3u);
    EXPECT_EQ(veda::par_rchunks_exact(std::span(v), 3).count(), 3u);
    EXPECT_EQ(veda::par_windows(std::span(v), 3).count(), 8u);
    EXPECT_EQ(veda::par_split(std::span(v), [](int x) { return x == 37; }).count(), 2u);
}

TEST(Slices, RefuseALengthOfZero) {
    const ints v(3);
    EXPECT_EQ(thrown_by([&] { (void)veda::par_chunks(v, 0); }),
              "VEDA_E_RANGE: par_chunks: length is 0, must be 1 or more");
    EXPECT_EQ(thrown_by([&] { (void)veda::par_windows(v, 0); }),
              "VEDA_E_RANGE: par_windows: length is 0, must be 1 or more");
    EXPECT_EQ(thrown_by([&] { (void)veda::rchunks_remainder(v, 0); }),
              "VEDA_E_RANGE: rchunks_remainder: length is 0, must be 1 or more");
}

TEST(Slices, APredicateMayThrow) {
    const ints v = numbers(257);
    in_every_pool([&](std::uint32_t) {
        const auto throws = [](const int& x) {
            if (slowly(x) == 77) throw std::runtime_error("seventy-seven");
            return x % 9 == 0;
        };
        EXPECT_EQ(thrown_by([&] { (void)veda::par_split(v, throws).count(); }), "seventy-seven");
    });
}

}  // namespace
