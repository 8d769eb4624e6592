// searches_test.cpp: looking for items, by value and by index; what can no longer win stops.
#include "support.hpp"
#include "support/effort.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <random>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

struct element {
    int key;
    int place;
    friend bool operator==(const element&, const element&) = default;
};

std::vector<element> elements(const ints& keys) {
    std::vector<element> all;
    for (int key : keys) all.push_back({key / 10, static_cast<int>(all.size())});
    return all;
}

TEST(Searches, FindTheSameAsTheSerialLoop) {
    sweep([](const ints& v) {
        const auto all = elements(v);
        for (int key : {0, 3, 9, 77}) {
            const auto has_key = [key](const element& e) { return e.key == key; };
            const auto first = std::ranges::find_if(all, has_key);
            const auto last = std::find_if(all.rbegin(), all.rend(), has_key);
            auto chain = [&] { return veda::par(all).inspect([](const element& e) { slowly(e.place); }); };
            const bool there = first != all.end();
            EXPECT_EQ(chain().any_of(has_key), there);
            EXPECT_EQ(chain().none_of(has_key), !there);
            EXPECT_EQ(chain().all_of(has_key), std::ranges::all_of(all, has_key));
            EXPECT_EQ(chain().find_any(has_key).has_value(), there);
            EXPECT_EQ(chain().find_first(has_key), there ? std::optional(*first) : std::nullopt);
            EXPECT_EQ(chain().find_last(has_key), there ? std::optional(*last) : std::nullopt);
            EXPECT_EQ(chain().position_any(has_key).has_value(), there);
            EXPECT_EQ(chain().position_first(has_key),
                      there ? std::optional<std::uint64_t>(first->place) : std::nullopt);
            EXPECT_EQ(chain().position_last(has_key),
                      there ? std::optional<std::uint64_t>(last->place) : std::nullopt);
            std::vector<std::uint64_t> places;
            for (const element& e : all)
                if (has_key(e)) places.push_back(static_cast<std::uint64_t>(e.place));
            EXPECT_EQ(chain().positions(has_key).collect<std::vector<std::uint64_t>>(), places);
        }
        EXPECT_EQ(veda::par(v).contains(100), std::ranges::find(v, 100) != v.end());
    });
}

TEST(Searches, FindWhatAFunctionGives) {
    sweep([](const ints& v) {
        const auto half = [](int x) { return x % 2 == 0 ? std::optional(x / 2 + 0.5) : std::nullopt; };
        std::optional<double> first, last;
        for (int x : v) {
            if (const auto h = half(x)) {
                if (!first) first = h;
                last = h;
            }
        }
        EXPECT_EQ(veda::par(v).map(slowly).find_map_first(half), first);
        EXPECT_EQ(veda::par(v).map(slowly).find_map_last(half), last);
        EXPECT_EQ(veda::par(v).map(slowly).find_map_any(half).has_value(), first.has_value());
    });
}

// Positions must stay comparable behind a filter, in two chains and in nested ones.
TEST(Searches, FindTheOutermostBehindAdaptors) {
    sweep([](const ints& v) {
        const ints w = numbers(60);
        ints both;
        for (int x : v)
            if (x % 3 != 0) both.push_back(x);
        both.insert(both.end(), w.begin(), w.end());
        std::vector<std::pair<int, int>> nested;
        for (std::size_t i = 0; i < both.size(); ++i)
            for (int k = 0; k < 3; ++k) nested.emplace_back(both[i] % 10 + k, static_cast<int>(i) * 3 + k);
        auto chain = [&] {
            return veda::par(v)
                .cloned()
                .map(slowly)
                .filter([](int x) { return x % 3 != 0; })
                .chain(veda::par(w).cloned());
        };
        const auto is_big = [](int x) { return x > 95; };
        const auto first = std::ranges::find_if(both, is_big);
        EXPECT_EQ(chain().find_first(is_big), first == both.end() ? std::nullopt : std::optional(*first));
        const auto last = std::find_if(both.rbegin(), both.rend(), is_big);
        EXPECT_EQ(chain().find_last(is_big), last == both.rend() ? std::nullopt : std::optional(*last));
        const auto is_ten = [](const auto& p) { return p.first == 10; };
        auto pairs = [&] {
            return veda::par(both).enumerate().flat_map([](auto entry) {
                const auto [i, x] = entry;
                return veda::par(0, 3).map(
                    [i = i, x = x](int k) { return std::pair(x % 10 + k, static_cast<int>(i) * 3 + k); });
            });
        };
        const auto one = std::ranges::find_if(nested, is_ten);
        EXPECT_EQ(pairs().find_first(is_ten), one == nested.end() ? std::nullopt : std::optional(*one));
        const auto other = std::find_if(nested.rbegin(), nested.rend(), is_ten);
        EXPECT_EQ(pairs().find_last(is_ten), other == nested.rend() ? std::nullopt : std::optional(*other));
    });
}

// An outer chain that yields more items than it has positions.
TEST(Searches, FindTheOutermostBehindMoreItemsThanPositions) {
    std::mt19937_64 random(seed());
    in_every_pool([&](std::uint32_t) {
        for (std::uint64_t round = 0; round < scaled(60); ++round) {
            const int wide = 1 + static_cast<int>(random() % 300);
            const int rare = 2 + static_cast<int>(random() % 2000);
            const auto hit = [&](int x) { return x * 7919 % 10007 % rare == 1; };
            const auto chain = [&] {
                return veda::par(0, 8)
                    .flat_map_seq([wide](int i) {
                        std::vector<int> all(static_cast<std::size_t>(wide));
                        std::iota(all.begin(), all.end(), i * wide);
                        return all;
                    })
                    .flat_map([](int x) { return veda::par(2 * x, 2 * x + 2).map(slowly); });
            };
            std::optional<int> first, last;
            for (int x = 0; x < 16 * wide; ++x) {
                if (!hit(x)) continue;
                if (!first) first = x;
                last = x;
            }
            EXPECT_EQ(chain().find_first(hit), first);
            EXPECT_EQ(chain().find_last(hit), last);
        }
    });
}

TEST(Searches, TakeOwnedItemsAlong) {
    std::vector<std::unique_ptr<int>> all;
    for (int i = 0; i < 100; ++i) all.push_back(std::make_unique<int>(i));
    const auto found = veda::par(std::move(all)).find_first([](const auto& p) { return *p >= 40; });
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(**found, 40);
}

TEST(Searches, StopWhatCannotWin) {
    in_every_pool([](std::uint32_t) {
        std::atomic<std::uint64_t> seen{0};
        auto chain = [&] {
            seen = 0;
            return veda::par(0, 1'000'000'000).inspect([&](int) { ++seen; });
        };
        const auto hit = [](int x) { return x >= 1000; };
        EXPECT_EQ(chain().find_first(hit), 1000);
        EXPECT_LT(seen, 20'000'000u);
        EXPECT_EQ(chain().position_first(hit), 1000u);
        EXPECT_LT(seen, 20'000'000u);
        EXPECT_TRUE(chain().any_of(hit));
        EXPECT_LT(seen, 20'000'000u);
        EXPECT_EQ(chain()
                      .filter([](int) { return true; })
                      .flat_map([](int x) { return veda::par(x, x + 2); })
                      .find_first(hit),
                  1000);
        EXPECT_LT(seen, 20'000'000u);
        // Where an item has no position of its own, its own hit ends a search still.
        const auto many = [](int x) { return std::vector<int>(3, x); };
        EXPECT_EQ(chain()
                      .flat_map_seq(many)
                      .flat_map([](int x) { return veda::par(x, x + 2); })
                      .find_first(hit),
                  1000);
        EXPECT_LT(seen, 20'000'000u);
    });
}

TEST(Searches, AThrowingPredicateIsHeard) {
    const ints v = numbers(200);
    const auto likes = [](int x) -> bool {
        if (x == 100) throw std::runtime_error("not a hundred");
        return false;
    };
    EXPECT_EQ(thrown_by([&] { (void)veda::par(v).any_of(likes); }), "not a hundred");
    EXPECT_EQ(thrown_by([&] { (void)veda::par(v).position_last(likes); }), "not a hundred");
    EXPECT_EQ(thrown_by([&] { (void)veda::par(v).find_first(likes); }), "not a hundred");
}

}  // namespace
