// rankings_test.cpp: top_k and kth give what a stable sort gives, for any number of workers and any order.
#include "support.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

// Numbers with their places, so that equal ones can be told apart.
using placed = std::pair<int, int>;
std::vector<placed> places_of(const ints& v) {
    std::vector<placed> all;
    for (int x : v) all.emplace_back(x, static_cast<int>(all.size()));
    return all;
}
const auto number = [](const placed& x) { return x.first; };

std::vector<placed> sorted(std::vector<placed> v, bool downwards) {
    std::ranges::stable_sort(v, [=](const placed& a, const placed& b) {
        return downwards ? a.first > b.first : a.first < b.first;
    });
    return v;
}

TEST(TopK, IsTheBeginningOfAStableSort) {
    sweep([](const ints& v) {
        const std::vector<placed> all = places_of(v), expected = sorted(all, true);
        for (std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{3}, v.size() / 2, v.size() + 7}) {
            const auto best = veda::par(all).top_k_by_key(k, number);
            ASSERT_EQ(best.size(), std::min(k, v.size()));
            EXPECT_TRUE(std::equal(best.begin(), best.end(), expected.begin())) << k;
        }
    });
}

TEST(TopK, OfManyItemsInAnyOrder) {
    in_every_pool([](std::uint32_t) {
        ints v = numbers(20'000);
        for (int order : {0, 1, 2}) {  // mixed, rising, falling
            if (order != 0) std::ranges::sort(v);
            if (order == 2) std::ranges::reverse(v);
            const std::vector<placed> all = places_of(v), expected = sorted(all, true);
            for (std::size_t k : {10u, 5000u}) {
                const auto best = veda::par(all).top_k_by_key(k, number);
                ASSERT_EQ(best.size(), k);
                EXPECT_TRUE(std::equal(best.begin(), best.end(), expected.begin())) << order << ' ' << k;
            }
        }
    });
}

TEST(TopK, ByOrdersAndKeys) {
    const ints v{3, 1, 4, 1, 5, 9, 2, 6};
    EXPECT_EQ(veda::par(v).top_k(3), (ints{9, 6, 5}));
    EXPECT_EQ(veda::par(v).top_k(3, std::greater<>{}), (ints{1, 1, 2}));
    EXPECT_EQ(veda::par(v).top_k_by(2, [](int a, int b) { return a % 5 < b % 5; }), (ints{4, 9}));
    EXPECT_EQ(veda::par(v).map(slowly).top_k(2, std::less<>{}, std::negate<>{}), (ints{1, 1}));
    EXPECT_EQ((v | veda::par | veda::top_k(1)), ints{9});
    EXPECT_EQ(veda::par(v).top_k(std::numeric_limits<std::uint64_t>::max()).size(), v.size());
}

TEST(TopK, MovesWhatTheChainOwns) {
    in_every_pool([](std::uint32_t) {
        std::vector<std::unique_ptr<int>> owners;
        for (int i = 0; i < 5000; ++i) owners.push_back(std::make_unique<int>(i));
        const auto key = [](const auto& x) { return *x % 1000; };
        const auto best = veda::par(std::move(owners)).top_k_by_key(5, key);
        ASSERT_EQ(best.size(), 5u);
        for (int i = 0; i < 5; ++i) EXPECT_EQ(*best[static_cast<std::size_t>(i)], 1000 * i + 999);
    });
}

TEST(Kth, IsThatOfAStableSort) {
    sweep([](const ints& v) {
        const std::vector<placed> all = places_of(v), expected = sorted(all, false);
        for (std::size_t k : {std::size_t{0}, v.size() / 3, v.size() / 2}) {
            const auto found = veda::par(all).kth(k, std::less<>{}, number);
            ASSERT_EQ(found.has_value(), k < v.size());
            if (found) {
                EXPECT_EQ(*found, expected[k]) << k;
            }
        }
        EXPECT_EQ(veda::par(all).kth(v.size(), std::less<>{}, number), std::nullopt);
    });
}

// Enough for the sample; with one value only, too.
TEST(Kth, OfManyItems) {
    in_every_pool([](std::uint32_t) {
        for (int kinds : {1, 100, 1'000'000}) {
            ints v;
            for (long i = 0; i < 40'000; ++i) v.push_back(static_cast<int>(i * i % 1'000'003 % kinds));
            const std::vector<placed> all = places_of(v), expected = sorted(all, false);
            for (std::size_t k : {0u, 1u, 777u, 20'000u, 39'998u, 39'999u})
                EXPECT_EQ(veda::par(all).kth(k, std::less<>{}, number), expected[k]) << kinds << ' ' << k;
        }
    });
}

// What is in no order comes last among the greatest and first among the least, in its order.
TEST(Rankings, OfNumbersWithNaNs) {
    in_every_pool([](std::uint32_t) {
        std::vector<double> v(9000, std::nan(""));
        for (std::size_t i = 0; i < v.size(); i += 100) v[i] = static_cast<double>(i);
        EXPECT_EQ(veda::par(v).top_k(2), (std::vector{8900.0, 8800.0}));
        const auto more = veda::par(v).top_k(100);
        EXPECT_EQ(more[89], 0);
        EXPECT_TRUE(std::isnan(more[90]) && std::isnan(more[99]));
        EXPECT_TRUE(std::isnan(*veda::par(v).kth(8909)));
        EXPECT_EQ(veda::par(v).kth(8910), 0);
        EXPECT_EQ(veda::par(v).kth(8999), 8900);
    });
}

// An order that contradicts itself gives some items, each once, and does no harm.
TEST(Rankings, WithAnOrderWithoutSense) {
    in_every_pool([](std::uint32_t) {
        const ints v = numbers(20'000);
        std::atomic<unsigned> state{1};
        const auto by_chance = [&state](int, int) {
            return (state.fetch_add(0x9e3779b9u, std::memory_order_relaxed) >> 16) % 2 == 0;
        };
        std::vector<int> all(20'000);
        for (std::size_t i = 0; i != all.size(); ++i) all[i] = static_cast<int>(i);
        ints best = veda::par(all).top_k(300, by_chance);
        std::ranges::sort(best);
        EXPECT_EQ(best.size(), 300u);
        EXPECT_EQ(std::ranges::adjacent_find(best), best.end());
        EXPECT_TRUE(veda::par(v).kth(7000, by_chance));
        EXPECT_TRUE(veda::par(v).kth(7000, [](int, int) { return true; }));
    });
}

TEST(Rankings, LeaveNothingBehindWhenTheOrderThrows) {
    in_every_pool([](std::uint32_t) {
        const long before = counted::alive();
        {
            const auto item = [](int i) { return counted(i * 7 % 9000); };
            const auto items = [&] { return veda::par(0, 9000).map(item); };
            const auto fails = [](const counted& a, const counted& b) {
                if (a.value() == 8000 || b.value() == 8000) throw std::runtime_error("no order");
                return a.value() < b.value();
            };
            EXPECT_EQ(thrown_by([&] { (void)items().top_k(20, fails); }), "no order");
            EXPECT_EQ(thrown_by([&] { (void)items().kth(4000, fails); }), "no order");
        }
        EXPECT_EQ(counted::alive(), before);
    });
}

}  // namespace
