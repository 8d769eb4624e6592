// keyed_test.cpp: distinct, group_by and reduce_by_key give what a serial walk with a map gives, in the
// order of the first items, however the loop was shared.
#include "support.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

// Many items, shared by the workers: each of so many kinds of keys again and again, and in no order.
ints with_keys(int n, int kinds) {
    ints v;
    for (long i = 0; i < n; ++i) v.push_back(static_cast<int>(i * i % 10'007 % kinds));
    return v;
}
// Few keys, and so many that nearly all are met once.
ints numbers_of_kinds() { return {1, 7, 9'000}; }

ints serially_distinct(const ints& v) {
    ints first;
    for (int x : v) {
        if (std::find(first.begin(), first.end(), x) == first.end()) first.push_back(x);
    }
    return first;
}

TEST(Distinct, KeepsTheFirstOfEachInOrder) {
    sweep([](const ints& v) {
        const ints expected = serially_distinct(v);
        EXPECT_EQ(veda::par(v).distinct().collect<std::vector>(), expected);
        const auto some = [](int x) { return x % 3 == 0; };
        const ints found = veda::par(v).map(slowly).filter(some).distinct().collect<std::vector>();
        EXPECT_TRUE(std::ranges::equal(found, expected | std::views::filter(some)));
    });
}

TEST(Distinct, OfManyItems) {
    in_every_pool([](std::uint32_t) {
        for (int kinds : numbers_of_kinds()) {
            const ints v = with_keys(30'000, kinds);
            const ints expected = serially_distinct(v);
            EXPECT_EQ(veda::par(v).distinct().collect<std::vector>(), expected) << kinds;
        }
    });
}

// References to the first ones go on, so that elements need not be copied, and may be written.
TEST(Distinct, YieldsTheElementsThemselves) {
    in_every_pool([](std::uint32_t) {
        std::vector<std::unique_ptr<int>> owners;
        for (int i = 0; i < 3000; ++i) owners.push_back(std::make_unique<int>(i % 10));
        const auto key = [](const std::unique_ptr<int>& x) { return *x; };
        veda::par(owners).distinct_by(key).for_each([](std::unique_ptr<int>& x) { *x += 100; });
        for (int i = 0; i < 3000; ++i)
            EXPECT_EQ(*owners[static_cast<std::size_t>(i)], i < 10 ? 100 + i : i % 10);
        std::vector<std::string> texts(3000, "the same");
        texts[2000] = "another";
        veda::par(texts).distinct().for_each([](std::string& x) { x += "!"; });
        EXPECT_EQ(texts[0] + texts[1] + texts[2000], "the same!the sameanother!");
    });
}

TEST(Distinct, MovesWhatTheChainOwns) {
    in_every_pool([](std::uint32_t) {
        std::vector<std::unique_ptr<int>> owners;
        for (int i = 0; i < 3000; ++i) owners.push_back(std::make_unique<int>(i / 2));
        const auto kept = veda::par(std::move(owners))
                              .distinct_by([](const std::unique_ptr<int>& x) { return *x; })
                              .collect<std::vector>();
        ASSERT_EQ(kept.size(), 1500u);
        for (int i = 0; i < 1500; ++i) EXPECT_EQ(*kept[static_cast<std::size_t>(i)], i);
    });
}

TEST(Distinct, GoesOnAsAChain) {
    const ints v = with_keys(5000, 50);
    const ints expected = serially_distinct(v);
    EXPECT_EQ(veda::par(v).distinct().find_first([](int x) { return x > 20; }),
              *std::ranges::find_if(expected, [](int x) { return x > 20; }));
    EXPECT_EQ((v | veda::par | veda::views::distinct() | veda::count()), expected.size());
}

TEST(GroupBy, IsTheSerialGrouping) {
    const auto check = [](const ints& v, const auto& all) {
        const ints keys = serially_distinct(v);
        ASSERT_EQ(all.keys, keys);
        ASSERT_EQ(all.size(), keys.size());
        ASSERT_EQ(all.items.size(), v.size());
        std::map<int, std::vector<std::size_t>> expected;
        for (std::size_t i = 0; i != v.size(); ++i) expected[v[i]].push_back(i);
        for (std::size_t g = 0; g != keys.size(); ++g)
            EXPECT_TRUE(std::ranges::equal(all[g], expected[keys[g]])) << g;
    };
    // The items are the places.
    const auto grouped = [](const ints& v) {
        return veda::par(std::size_t{0}, v.size()).map(slowly).group_by([&v](std::size_t i) { return v[i]; });
    };
    sweep([&](const ints& v) { check(v, grouped(v)); });
    in_every_pool([&](std::uint32_t) {
        for (int kinds : numbers_of_kinds()) {
            const ints v = with_keys(30'000, kinds);
            check(v, grouped(v));
        }
    });
}

TEST(GroupBy, TakesAnyKeyThatHasAHash) {
    const std::vector<std::string> words{"ash", "oak", "elm", "beech", "birch"};
    const auto by_two = veda::par(words).group_by(
        [](const std::string& w) { return std::pair(w[0], std::string(w, w.size() - 1)); });
    EXPECT_EQ(by_two.size(), 4u);
    EXPECT_EQ(by_two[3][1], "birch");
    const auto is_short = veda::par(words).group_by([](const std::string& w) { return w.size() < 4; });
    EXPECT_EQ(is_short.keys, (std::vector<bool>{true, false}));
    const std::vector<double> zeros_and_nans{0.0, -0.0, std::nan(""), std::nan("")};
    EXPECT_EQ(veda::par(zeros_and_nans).distinct().count(), 3u);
}

TEST(GroupBy, MovesWhatTheChainOwns) {
    in_every_pool([](std::uint32_t) {
        const auto all = veda::par(0, 3000)
                             .map([](int i) { return std::make_unique<int>(i); })
                             .group_by([](const std::unique_ptr<int>& x) { return *x % 3; });
        ASSERT_EQ(all.size(), 3u);
        for (std::uint64_t g = 0; g != 3; ++g) {
            ASSERT_EQ(all[g].size(), 1000u);
            for (std::size_t i = 0; i != 1000; ++i) EXPECT_EQ(*all[g][i], static_cast<int>(3 * i + g));
        }
    });
}

// Sums, and what depends on the order.
TEST(ReduceByKey, CombinesTheItemsOfEachKeyInOrder) {
    const auto check = [](const ints& v, auto&& chain) {
        std::map<int, std::string> expected;
        for (std::size_t i = 0; i != v.size(); ++i) expected[v[i]] += std::to_string(i % 10);
        const auto all = chain.reduce_by_key([&v](std::size_t i) { return v[i]; },
                                             [](std::size_t i) { return std::to_string(i % 10); },
                                             std::plus<>{});
        const ints keys = serially_distinct(v);
        ASSERT_EQ(all.size(), keys.size());
        for (std::size_t g = 0; g != keys.size(); ++g) {
            EXPECT_EQ(all[g].first, keys[g]);
            EXPECT_EQ(all[g].second, expected[keys[g]]);
        }
    };
    sweep([&](const ints& v) { check(v, veda::par(std::size_t{0}, v.size()).map(slowly)); });
    in_every_pool([&](std::uint32_t) {
        for (int kinds : numbers_of_kinds()) {
            const ints v = with_keys(30'000, kinds);
            check(v, veda::par(std::size_t{0}, v.size()).map(slowly));
        }
    });
}

TEST(ReduceByKey, TakesPairsAsTheyAre) {
    in_every_pool([](std::uint32_t) {
        std::vector<std::pair<std::string, int>> sold;
        for (int i = 0; i < 9000; ++i) sold.emplace_back(i % 3 == 0 ? "pears" : "plums", 1);
        const std::vector<std::pair<std::string, int>> expected{{"pears", 3000}, {"plums", 6000}};
        EXPECT_EQ(veda::par(sold).reduce_by_key(std::plus<>{}), expected);
        EXPECT_EQ(sold[0].first, "pears");
        const auto greater = [](auto a, auto b) { return *a > *b ? std::move(a) : std::move(b); };
        const auto owners = veda::par(0, 1000)
                                .map([](int i) { return std::pair(i % 2, std::make_unique<int>(i)); })
                                .reduce_by_key(greater);
        EXPECT_EQ(*owners[0].second, 998);
        EXPECT_EQ(*owners[1].second, 999);
    });
}

TEST(Keyed, LeavesNothingBehindWhenSomethingThrows) {
    in_every_pool([](std::uint32_t) {
        const long before = counted::alive();
        {
            std::vector<counted> v;
            for (int i = 0; i < 3000; ++i) v.emplace_back(i);
            const auto key = [](const counted& x) {
                if (x.value() == 2500) throw std::runtime_error("no key");
                return x.value() % 700;
            };
            EXPECT_EQ(thrown_by([&] { veda::par(v).distinct_by(key).count(); }), "no key");
            EXPECT_EQ(thrown_by([&] { (void)veda::par(v).group_by(key); }), "no key");
            const auto itself = [](const counted& x) { return x; };
            const auto fails = [](const counted& a, const counted&) -> counted {
                if (a.value() == 3) throw std::runtime_error("no sum");
                return a;
            };
            EXPECT_EQ(thrown_by([&] {
                          (void)veda::par(v).reduce_by_key([](const counted& x) { return x.value() % 10; },
                                                           itself, fails);
                      }),
                      "no sum");
            EXPECT_EQ(v.size(), 3000u);
        }
        EXPECT_EQ(counted::alive(), before);
    });
}

// The last step of group_by copies the elements to their places.
TEST(Keyed, CopiesThatFailLeaveNothingBehind) {
    const long before = counted::alive();
    {
        std::vector<counted> v;
        for (int i = 0; i < 100; ++i) v.emplace_back(i);
        const auto key = [](const counted& x) { return x.value() % 7; };
        counted::throw_after() = 50;
        EXPECT_EQ(thrown_by([&] { (void)veda::par(v).group_by(key); }),
                  "a copy or move failed");
        counted::throw_after() = 0;
    }
    EXPECT_EQ(counted::alive(), before);
}

}  // namespace
