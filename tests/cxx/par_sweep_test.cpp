// par_sweep_test.cpp: every source, adaptor and consumer against its serial twin, over many lengths
// and several numbers of workers.
//
// Each chain has a stage that now and then takes some microseconds, so that its loop is really cut.
#include "support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <list>
#include <map>
#include <numeric>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <unordered_set>

namespace {

using namespace veda::test;

// Passes on what it gets, slowly for some.
constexpr auto slowly = [](int x) {
    if (x % 8 == 3) busy();
    return x;
};

std::vector<int> numbers(int n) {
    std::vector<int> v(static_cast<std::size_t>(n));
    // Not sorted, with equal elements.
    for (int i = 0; i < n; ++i) v[static_cast<std::size_t>(i)] = (i * 37) % 101;
    return v;
}

// Calls check(n, numbers(n)) for every length in pools of several sizes.
template <class F>
void sweep(F&& check) {
    in_every_pool([&](std::uint32_t workers) {
        for (int n : lengths()) {
            SCOPED_TRACE(std::to_string(n) + " items, " + std::to_string(workers) + " workers");
            check(n, numbers(n));
        }
    });
}

TEST(Par, SumsLikeTheSerialLoop) {
    sweep([](int n, const std::vector<int>& v) {
        const int expected = std::accumulate(v.begin(), v.end(), 0);
        EXPECT_EQ(veda::par(v).map(slowly).sum(), expected);
        EXPECT_EQ(veda::par(v).map(slowly).reduce(0, std::plus<>{}), expected);
        EXPECT_EQ(veda::par(v).map(slowly).reduce([] { return 0; }, std::plus<>{}), expected);
        EXPECT_EQ(veda::par(0, n).map(slowly).sum<std::int64_t>(), std::int64_t(n) * (n - 1) / 2);
        EXPECT_EQ(veda::par(v).map(slowly).count(), v.size());
    });
}

TEST(Par, CollectsInOrder) {
    sweep([](int n, const std::vector<int>& v) {
        EXPECT_EQ(veda::par(v).map(slowly).collect<std::vector<int>>(), v);
        EXPECT_EQ(veda::par(v).map(slowly).collect<std::deque>(), std::deque(v.begin(), v.end()));
        EXPECT_EQ(veda::par(v).map(slowly).collect<std::list<long>>(),
                  std::list<long>(v.begin(), v.end()));
        EXPECT_EQ(veda::par(v).map(slowly).collect<std::set>(), std::set(v.begin(), v.end()));
        std::vector<int> up(static_cast<std::size_t>(n));
        std::iota(up.begin(), up.end(), 0);
        EXPECT_EQ(veda::par(0, n).map(slowly).collect<std::vector>(), up);
    });
}

TEST(Par, FiltersInOrder) {
    sweep([](int, const std::vector<int>& v) {
        const auto odd = [](int x) { return x % 2 != 0; };
        std::vector<int> expected;
        std::copy_if(v.begin(), v.end(), std::back_inserter(expected), odd);
        EXPECT_EQ(veda::par(v).map(slowly).filter(odd).collect<std::vector>(), expected);
        EXPECT_EQ(veda::par(v).map(slowly).filter(odd).count(), expected.size());
        for (int& x : expected) x *= 3;
        EXPECT_EQ(veda::par(v)
                      .filter(odd)
                      .map(slowly)
                      .map([](int x) { return x * 3; })
                      .collect<std::vector>(),
                  expected);
    });
}

// A concatenation is associative and does not commute: any wrong order shows.
TEST(Par, ReducesInOrder) {
    sweep([](int, const std::vector<int>& v) {
        std::string expected;
        for (int x : v) expected += std::to_string(x) + ",";
        auto texts = [&] {
            return veda::par(v).map(slowly).map([](int x) { return std::to_string(x) + ","; });
        };
        EXPECT_EQ(texts().reduce(std::string(), std::plus<>{}), expected);
        EXPECT_EQ(texts().sum(), expected);
        EXPECT_EQ(texts().reduce_with(std::plus<>{}).value_or(""), expected);
        EXPECT_EQ(texts()
                      .fold([] { return std::string(); },
                            [](std::string acc, const std::string& x) { return acc + x; })
                      .reduce(std::string(), std::plus<>{}),
                  expected);
        EXPECT_EQ(
            texts().fold(std::string(), [](std::string& acc, std::string&& x) { acc += x; }).sum(),
            expected);
    });
}

TEST(Par, FindsTheSameExtremes) {
    struct element {
        int key;
        int position;
    };
    sweep([](int n, const std::vector<int>& v) {
        std::vector<element> all;
        for (int i = 0; i < n; ++i) all.push_back({v[static_cast<std::size_t>(i)] / 10, i});
        const auto by_key = [](const element& a, const element& b) { return a.key < b.key; };
        auto chain = [&] {
            return veda::par(all).inspect([](const element& e) { slowly(e.position); });
        };
        const auto min = chain().min(by_key);
        const auto max = chain().max(std::less<>{}, &element::key);
        EXPECT_EQ(veda::par(v).map(slowly).min(),
                  v.empty() ? std::nullopt : std::optional(*std::ranges::min_element(v)));
        EXPECT_EQ(veda::par(v).max(std::greater<>{}),
                  v.empty() ? std::nullopt : std::optional(*std::ranges::min_element(v)));
        ASSERT_EQ(min.has_value(), n > 0);
        ASSERT_EQ(max.has_value(), n > 0);
        if (n == 0) return;
        // Equal keys: min gives the first, max the last.
        EXPECT_EQ(min->position, std::ranges::min_element(all, by_key)->position);
        const auto last = std::max_element(all.rbegin(), all.rend(), by_key);
        EXPECT_EQ(max->position, last->position);
    });
}

TEST(Par, AnswersQuestions) {
    sweep([](int n, const std::vector<int>& v) {
        for (int wanted : {0, n / 2, n - 1, n}) {
            const auto is = [=](int x) { return x == wanted; };
            EXPECT_EQ(veda::par(0, n).map(slowly).any_of(is), wanted >= 0 && wanted < n);
            EXPECT_EQ(veda::par(0, n).map(slowly).none_of(is), wanted < 0 || wanted >= n);
            EXPECT_EQ(veda::par(0, n).map(slowly).find_any(is).has_value(),
                      wanted >= 0 && wanted < n);
        }
        EXPECT_TRUE(veda::par(v).map(slowly).all_of([](int x) { return x < 101; }));
        EXPECT_EQ(veda::par(v).map(slowly).all_of([](int x) { return x < 50; }),
                  std::ranges::all_of(v, [](int x) { return x < 50; }));
    });
}

TEST(Par, VisitsEachItemOnce) {
    sweep([](int n, std::vector<int> v) {
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(n));
        veda::par(0, n).map(slowly).for_each([&](int i) { ++seen[static_cast<std::size_t>(i)]; });
        for (const auto& s : seen) ASSERT_EQ(s, 1);
        const std::vector<int> before = v;
        veda::par(v).for_each([](int& x) { x = slowly(x) + 1; });
        for (std::size_t i = 0; i < v.size(); ++i) ASSERT_EQ(v[i], before[i] + 1);
    });
}

TEST(Par, EnumeratesAndZips) {
    sweep([](int n, const std::vector<int>& v) {
        std::vector<std::pair<std::uint64_t, int>> expected;
        for (std::size_t i = 0; i < v.size(); ++i) expected.emplace_back(i, v[i]);
        EXPECT_EQ((veda::par(v)
                       .map(slowly)
                       .enumerate()
                       .collect<std::vector<std::pair<std::uint64_t, int>>>()),
                  expected);
        EXPECT_EQ((veda::par(std::uint64_t{0}, std::uint64_t{1000})
                       .zip(veda::par(v).map(slowly))
                       .collect<std::vector<std::pair<std::uint64_t, int>>>()),
                  expected);
        std::vector<int> out(static_cast<std::size_t>(n), 0);
        veda::par(out).zip(v).for_each([](auto pair) { pair.first = slowly(pair.second) * 2; });
        for (std::size_t i = 0; i < v.size(); ++i) ASSERT_EQ(out[i], v[i] * 2);
        const auto map = veda::par(v).enumerate().collect<std::map<std::uint64_t, int>>();
        EXPECT_EQ(map.size(), v.size());
    });
}

TEST(Par, CutsIntoChunks) {
    sweep([](int n, const std::vector<int>& v) {
        for (std::uint64_t length :
             {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{7}, std::uint64_t{300}}) {
            auto spans = veda::par(v).chunks(length).map([](std::span<const int> s) {
                for (int x : s) slowly(x);
                return std::vector<int>(s.begin(), s.end());
            });
            auto vectors = veda::par(v).map(slowly).chunks(length);
            const auto a = std::move(spans).collect<std::vector>();
            const auto b = std::move(vectors).collect<std::vector>();
            ASSERT_EQ(a.size(), (static_cast<std::uint64_t>(n) + length - 1) / length);
            EXPECT_EQ(a, b);
            std::vector<int> flat;
            for (std::size_t i = 0; i < a.size(); ++i) {
                if (i + 1 < a.size()) {
                    EXPECT_EQ(a[i].size(), length);
                }
                flat.insert(flat.end(), a[i].begin(), a[i].end());
            }
            EXPECT_EQ(flat, v);
        }
    });
}

TEST(Par, TakesEverySource) {
    sweep([](int n, const std::vector<int>& v) {
        const long expected = std::accumulate(v.begin(), v.end(), 0L);
        const std::deque<int> deque(v.begin(), v.end());
        EXPECT_EQ(veda::par(deque).map(slowly).sum<long>(), expected);
        EXPECT_EQ(veda::par(v.begin(), v.end()).map(slowly).sum<long>(), expected);
        EXPECT_EQ(veda::par(v.data(), v.data() + v.size()).map(slowly).sum<long>(), expected);
        EXPECT_EQ(veda::par(std::span(v)).map(slowly).sum<long>(), expected);
        EXPECT_EQ(veda::par(std::vector<int>(v)).map(slowly).sum<long>(), expected);
#if !defined(__clang__) || __clang_major__ >= 16  // older ones cannot compile libstdc++'s views
        EXPECT_EQ(veda::par(v | std::views::transform(slowly)).sum<long>(), expected);
        EXPECT_EQ(veda::par(std::views::iota(0, n)).map(slowly).count(), v.size());
#endif
        EXPECT_EQ(veda::par(-n, 0).map([](int x) { return -x; }).sum(), n * (n + 1) / 2);
        EXPECT_EQ(veda::par(n, 0).count(), 0u);
        EXPECT_EQ(veda::par(0, v.size()).map([&](std::size_t i) { return v[i]; }).sum<long>(),
                  expected);
        std::vector<bool> bits;
        for (int x : v) bits.push_back(x % 2 != 0);
        EXPECT_EQ(veda::par(bits).filter([](bool b) { return b; }).count(),
                  static_cast<std::uint64_t>(std::count(bits.begin(), bits.end(), true)));
        EXPECT_EQ(veda::par(bits).map([](bool b) { return !b; }).collect<std::vector<bool>>(), [&] {
            auto flipped = bits;
            flipped.flip();
            return flipped;
        }());
    });
    std::array<int, 3> array{1, 2, 3};
    int plain[] = {4, 5};
    EXPECT_EQ(veda::par(array).sum() + veda::par(plain).sum(), 15);
    EXPECT_EQ(veda::par(std::string("abc"))
                  .map([](char c) { return char(c + 1); })
                  .collect<std::string>(),
              "bcd");
}

TEST(Par, WrapsWholeIntegerTypes) {
    EXPECT_EQ(veda::par(std::int8_t{-128}, std::int8_t{127}).count(), 255u);
    EXPECT_EQ(veda::par(std::int8_t{-128}, std::int8_t{127}).min(), std::int8_t{-128});
    EXPECT_EQ(veda::par(std::int8_t{-128}, std::int8_t{127}).max(), std::int8_t{126});
    EXPECT_EQ(veda::par(INT64_MIN, INT64_MIN + 100).max(), INT64_MIN + 99);
    EXPECT_EQ(veda::par(UINT64_MAX - 100, UINT64_MAX).count(), 100u);
}

TEST(Par, KeepsToTheLimitsOfPieces) {
    sweep([](int, const std::vector<int>& v) {
        const auto expected = std::accumulate(v.begin(), v.end(), 0);
        for (std::uint64_t min : {1u, 3u, 100u, 1000u}) {
            EXPECT_EQ(veda::par(v).with_min_len(min).map(slowly).sum(), expected);
            EXPECT_EQ(veda::par(v).map(slowly).with_max_len(min).sum(), expected);
        }
    });
}

// Half of the shortest loop that may be cut is min: below that there is one accumulator.
TEST(Par, FoldsIntoOneAccumulatorWhereNothingMayBeCut) {
    in_every_pool([](std::uint32_t) {
        EXPECT_EQ(veda::par(0, 100).with_min_len(51).map(slowly).fold(0, std::plus<>{}).count(),
                  1u);
        EXPECT_EQ(veda::par(0, 0).fold(7, std::plus<>{}).sum(), 7);
    });
}

TEST(Par, FoldsIntoLargeAccumulators) {
    using histogram = std::array<int, 101>;
    sweep([](int, const std::vector<int>& v) {
        histogram expected{};
        for (int x : v) ++expected[static_cast<std::size_t>(x)];
        const auto parallel =
            veda::par(v)
                .map(slowly)
                .fold([] { return histogram{}; },
                      [](histogram& h, int x) { ++h[static_cast<std::size_t>(x)]; })
                .reduce([] { return histogram{}; },
                        [](histogram a, const histogram& b) {
                            for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
                            return a;
                        });
        EXPECT_EQ(parallel, expected);
    });
}

TEST(Par, GivesAMillionItemsBack) {
    in_every_pool([](std::uint32_t) {
        const auto all = veda::par(0, 1'000'000)
                             .map([](int x) { return x * 2; })
                             .filter([](int x) { return x % 3 == 0; })
                             .collect<std::vector>();
        ASSERT_EQ(all.size(), 333'334u);
        for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], static_cast<int>(i * 6));
    });
}

}  // namespace
