// shuffle_test.cpp: each element once, the same order for any number of workers, and every order as likely.
#include "support.hpp"

#include <veda/algorithm/shuffle.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

ints counted_up(std::size_t n) {
    ints v(n);
    std::iota(v.begin(), v.end(), 0);
    return v;
}
// Around the borders of few and many buckets.
std::vector<std::size_t> some_lengths() { return {0, 1, 2, 100, 8192, 8193, 16'384, 100'000}; }

TEST(Shuffle, IsAPermutationThatWorkersDoNotChange) {
    for (std::size_t n : some_lengths()) {
        ints expected;
        in_every_pool([&](std::uint32_t workers) {
            ints v = counted_up(n);
            veda::shuffle(v, 42);
            if (expected.empty()) expected = v;
            EXPECT_EQ(v, expected) << workers;
            std::deque<int> other(n);
            std::iota(other.begin(), other.end(), 0);
            veda::shuffle(other.begin(), other.end(), 42);
            EXPECT_TRUE(std::ranges::equal(other, expected));
        });
        ints other = counted_up(n);
        veda::shuffle(other, 43);
        EXPECT_EQ(other == expected, n < 3) << n;
        std::ranges::sort(expected);
        EXPECT_EQ(expected, counted_up(n));
    }
}

// On any machine: what a program published with its seed can be computed again.
TEST(Shuffle, GivesTheseOrders) {
    ints few = counted_up(8), many = counted_up(20'000);
    veda::shuffle(few, 1);
    EXPECT_EQ(few, (ints{0, 3, 7, 1, 2, 6, 5, 4}));
    veda::shuffle(many, 1);
    EXPECT_EQ(ints(many.begin(), many.begin() + 4), (ints{9129, 8821, 9096, 13040}));
}

TEST(Shuffle, TakesAGeneratorAsTheStandardDoes) {
    const auto shuffled = [](unsigned seed) {
        std::minstd_rand generator(seed);
        ints v = counted_up(100);
        veda::shuffle(v.begin(), v.end(), generator);
        return v;
    };
    EXPECT_EQ(shuffled(1), shuffled(1));
    EXPECT_NE(shuffled(1), shuffled(2));
    ints v = counted_up(100);
    std::mt19937_64 generator(1);
    veda::shuffle(v, generator);
    const ints once = v;
    veda::shuffle(v, generator);
    EXPECT_NE(v, once);
}

// All 24 orders of four elements.
TEST(Shuffle, GivesEveryOrderAsOften) {
    std::map<std::array<int, 4>, int> seen;
    constexpr int runs = 24'000;
    for (int seed = 0; seed < runs; ++seed) {
        std::array<int, 4> v{0, 1, 2, 3};
        veda::shuffle(v, static_cast<std::uint64_t>(seed));
        ++seen[v];
    }
    EXPECT_EQ(seen.size(), 24u);
    // Chi squared with 23 degrees of freedom; above 60 in one of 30,000 cases, and the seeds are always the
    // same.
    double chi = 0;
    for (const auto& [order, times] : seen) chi += (times - 1000.0) * (times - 1000.0) / 1000;
    EXPECT_LT(chi, 60);
}

// Of many: each sixteenth of the places has its share of each sixteenth of the elements.
TEST(Shuffle, SpreadsElementsEvenly) {
    constexpr std::size_t n = 160'000, parts = 16;
    ints v = counted_up(n);
    veda::shuffle(v, 7);
    std::array<int, parts * parts> counts{};
    const auto part_of = [](std::size_t i) { return i / (n / parts); };
    for (std::size_t i = 0; i != n; ++i)
        ++counts[part_of(i) * parts + part_of(static_cast<std::size_t>(v[i]))];
    double chi = 0;
    for (int count : counts) chi += (count - 625.0) * (count - 625.0) / 625;
    EXPECT_GT(chi, 225 - 5 * 21.2);  // 225 degrees of freedom, a standard deviation of 21.2
    EXPECT_LT(chi, 225 + 5 * 21.2);
    int in_place = 0;  // one on average
    for (std::size_t i = 0; i != n; ++i) in_place += v[i] == static_cast<int>(i) ? 1 : 0;
    EXPECT_LT(in_place, 8);
}

TEST(Shuffle, MovesElementsOnly) {
    std::vector<std::unique_ptr<int>> owners;
    for (int i = 0; i < 20'000; ++i) owners.push_back(std::make_unique<int>(i));
    veda::shuffle(owners, 3);
    ints values;
    for (const auto& x : owners) values.push_back(*x);
    EXPECT_FALSE(std::ranges::is_sorted(values));
    std::ranges::sort(values);
    EXPECT_EQ(values, counted_up(20'000));
}

// Elements whose moves may throw stay in their range.
TEST(Shuffle, LosesNothingWhenAMoveThrows) {
    const long before = counted::alive();
    {
        std::vector<counted> v;
        for (int i = 0; i < 10'000; ++i) v.emplace_back(i);
        veda::shuffle(v, 5);
        EXPECT_FALSE(std::is_sorted(v.begin(), v.end()));
        counted::throw_after() = 5000;
        EXPECT_EQ(thrown_by([&] { veda::shuffle(v, 5); }), "a copy or move failed");
        counted::throw_after() = 0;
        EXPECT_EQ(v.size(), 10'000u);
    }
    EXPECT_EQ(counted::alive(), before);
}

}  // namespace
