// prefixes_test.cpp: running totals, packing, counting and grouping by keys, and results that do not depend
// on the number of workers.
#include "support.hpp"
#include "support/effort.hpp"

#include <algorithm>
#include <bit>
#include <cfenv>
#include <climits>
#include <memory>
#include <numeric>
#include <random>
#include <span>
#include <string>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

// Lengths around the borders of chunks and blocks, too.
std::vector<std::size_t> long_lengths() { return {16'383, 16'384, 16'385, 65'537, 300'001, 1'000'003}; }

ints random_ints(std::size_t n, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    ints v(n);
    for (int& x : v) x = static_cast<int>(random() % 1000);
    return v;
}

TEST(Scan, IsTheSerialOne) {
    sweep([](const ints& v) {
        ints expected(v.size());
        std::inclusive_scan(v.begin(), v.end(), expected.begin());
        EXPECT_EQ(veda::par(v).inclusive_scan(), expected);
        EXPECT_EQ(veda::par(v).map(slowly).inclusive_scan(), expected);
        std::exclusive_scan(v.begin(), v.end(), expected.begin(), 5);
        EXPECT_EQ(veda::par(v).exclusive_scan(5), expected);
        std::inclusive_scan(v.begin(), v.end(), expected.begin(), std::plus<>{}, 7);
        EXPECT_EQ(veda::par(v).inclusive_scan(std::plus<>{}, 7), expected);
        // Not commutative, not trivial.
        std::vector<std::string> texts, joined;
        for (int x : v) {
            texts.push_back(std::to_string(x % 10));
            joined.push_back(joined.empty() ? texts.back() : joined.back() + texts.back());
        }
        EXPECT_EQ(veda::par(texts).inclusive_scan(), joined);
    });
}

TEST(Scan, CrossesChunksAndStretches) {
    const std::uint64_t seed = veda::test::seed();
    in_every_pool([&](std::uint32_t) {
        for (std::size_t n : long_lengths()) {
            const ints small = random_ints(n, seed);
            std::vector<std::int64_t> v(small.begin(), small.end()), expected(n), out(n);
            std::inclusive_scan(v.begin(), v.end(), expected.begin());
            EXPECT_EQ(veda::par(v).inclusive_scan(), expected) << n;
            veda::par(v).inclusive_scan_into(std::span(out));
            EXPECT_EQ(out, expected) << n;
            std::exclusive_scan(v.begin(), v.end(), expected.begin(), std::int64_t{3});
            veda::par(v).exclusive_scan_into(std::span(v), 3);  // over itself
            EXPECT_EQ(v, expected) << n;
            // Composition of affine maps does not commute.
            std::vector<std::pair<std::uint32_t, std::uint32_t>> maps(n), composed(n);
            for (std::size_t i = 0; i < n; ++i)
                maps[i] = {static_cast<std::uint32_t>(small[i]) | 1u, static_cast<std::uint32_t>(i)};
            const auto compose = [](auto a, auto b) {
                return std::pair(a.first * b.first, a.second * b.first + b.second);
            };
            std::inclusive_scan(maps.begin(), maps.end(), composed.begin(), compose);
            EXPECT_EQ(veda::par(maps).inclusive_scan(compose), composed) << n;
        }
    });
}

// What no item of the result needs is not computed: it might be too much.
TEST(Scan, CombinesNothingInVain) {
    const std::vector<int> v{INT_MAX, 1};
    EXPECT_EQ(veda::par(v).exclusive_scan(0), (std::vector<int>{0, INT_MAX}));
}

TEST(Scan, RefusesRoomOfAnotherSize) {
    ints v(4), into(3);
    EXPECT_NE(thrown_by([&] {
                  veda::par(v).inclusive_scan_into(std::span(into));
              }).find("inclusive_scan_into: the span has room for 3 items, the chain has 4"),
              std::string::npos);
}

TEST(Scan, AThrowingOperationIsHeard) {
    in_every_pool([](std::uint32_t) {
        std::vector<counted> v;
        for (int i = 0; i < 300; ++i) v.emplace_back(1);
        const auto add = [](const counted& a, const counted& b) {
            if (a.value() == 200) throw std::runtime_error("no further");
            return counted(a.value() + b.value());
        };
        EXPECT_EQ(thrown_by([&] { (void)veda::par(v).inclusive_scan(add); }), "no further");
    });
    EXPECT_EQ(counted::alive(), 0);
}

TEST(Pack, IsFilterAndCollect) {
    const std::uint64_t seed = veda::test::seed();
    in_every_pool([&](std::uint32_t) {
        for (int n : lengths()) {
            const ints v = numbers(n);
            for (int limit : {0, 1, 50, 100, 101}) {
                const auto keep = [limit](int x) { return x < limit; };
                ints expected;
                std::ranges::copy_if(v, std::back_inserter(expected), keep);
                EXPECT_EQ(veda::par(v).pack(keep), expected) << n << " " << limit;
            }
        }
        for (std::size_t n : long_lengths()) {
            const ints v = random_ints(n, seed);
            for (int limit : {0, 3, 500, 997, 1000}) {
                const auto keep = [limit](int x) { return x < limit; };
                ints expected;
                std::ranges::copy_if(v, std::back_inserter(expected), keep);
                EXPECT_EQ(veda::par(v).filter(keep).collect<ints>(), expected) << n << " " << limit;
            }
        }
    });
}

TEST(Pack, AsksOnceAboutEachElement) {
    const ints v = random_ints(100'000, 1);
    std::vector<std::atomic<int>> asked(v.size());
    const ints kept = veda::par(v)
                          .filter([&](const int& x) {
                              ++asked[static_cast<std::size_t>(&x - v.data())];
                              return x % 2 == 0;
                          })
                          .collect<ints>();
    EXPECT_TRUE(std::ranges::all_of(asked, [](const auto& n) { return n == 1; }));
    EXPECT_EQ(kept.size(),
              static_cast<std::size_t>(std::ranges::count_if(v, [](int x) { return x % 2 == 0; })));
}

TEST(Pack, WorksForEveryKindOfElement) {
    struct wide {
        std::uint64_t a, b, c;
        bool operator==(const wide&) const = default;
    };
    std::vector<wide> v(50'000);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = {i, i * i, i % 7};
    std::vector<wide> expected;
    std::ranges::copy_if(v, std::back_inserter(expected), [](const wide& w) { return w.c == 3; });
    EXPECT_EQ(veda::par(v).pack([](const wide& w) { return w.c == 3; }), expected);
    // What cannot be copied like bytes is gathered.
    std::vector<std::unique_ptr<int>> owners;
    for (int i = 0; i < 1000; ++i) owners.push_back(std::make_unique<int>(i));
    const auto some = veda::par(std::move(owners)).pack([](const auto& p) { return *p % 10 == 0; });
    ASSERT_EQ(some.size(), 100u);
    EXPECT_EQ(*some[99], 990);
    EXPECT_EQ(thrown_by([&] {
                  (void)veda::par(v).pack([](const wide& w) -> bool {
                      if (w.a == 40'000) throw std::runtime_error("not this one");
                      return true;
                  });
              }),
              "not this one");
}

TEST(Histogram, CountsEachKey) {
    sweep([](const ints& v) {
        std::vector<std::uint64_t> expected(101);
        for (int x : v) ++expected[static_cast<std::size_t>(x)];
        EXPECT_EQ(veda::par(v).map(slowly).histogram(101), expected);
        EXPECT_EQ(veda::par(v).histogram(1, [](int) { return 0u; }),
                  (std::vector<std::uint64_t>{v.size()}));
    });
    const ints v{1, 2, -3};
    EXPECT_NE(
        thrown_by([&] { (void)veda::par(v).histogram(10); }).find("histogram: key is -3, must be below 10"),
        std::string::npos);
}

TEST(GroupByKey, KeepsTheOrderWithinAGroup) {
    const std::uint64_t seed = veda::test::seed();
    in_every_pool([&](std::uint32_t) {
        for (std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{257}, std::size_t{100'000}}) {
            const ints v = random_ints(n, seed);
            const auto groups = veda::par(v).group_by_key(7, [](int x) { return x % 7; });
            ASSERT_EQ(groups.size(), 7u);
            for (int key = 0; key < 7; ++key) {
                ints expected;
                std::ranges::copy_if(v, std::back_inserter(expected), [&](int x) { return x % 7 == key; });
                const auto group = groups[static_cast<std::uint64_t>(key)];
                EXPECT_TRUE(std::ranges::equal(group, expected)) << key;
            }
        }
    });
    // Moved, not copied.
    std::vector<std::unique_ptr<int>> owners;
    for (int i = 0; i < 10; ++i) owners.push_back(std::make_unique<int>(i));
    const auto groups = veda::par(std::move(owners)).group_by_key(2, [](const auto& p) { return *p % 2; });
    EXPECT_EQ(*groups[1][2], 5);
    EXPECT_NE(thrown_by([] {
                  (void)veda::par(0, 10).group_by_key(9);
              }).find("group_by_key: key is 9, must be below 9"),
              std::string::npos);
}

TEST(Deterministic, IsTheSameForAnyNumberOfWorkers) {
    const std::uint64_t seed = veda::test::seed();
    std::mt19937_64 random(seed);
    std::vector<double> v(123'457);
    for (double& x : v)
        x = std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 60) - 80);
    std::vector<double> sums, products;
    for (std::uint32_t workers : {1u, 2u, 3u, 8u, 17u}) {
        veda::runtime pool(veda::config{}.workers(workers));
        pool.run([&] {
            for (int round = 0; round < 5; ++round) {
                sums.push_back(veda::par(v).sum_deterministic());
                products.push_back(veda::par(v)
                                       .map([](double x) { return 1 + x * 1e-9; })
                                       .reduce_deterministic(1.0, std::multiplies<>{}));
            }
        });
    }
    EXPECT_TRUE(std::ranges::all_of(sums, [&](double x) { return x == sums[0]; }));
    EXPECT_TRUE(std::ranges::all_of(products, [&](double x) { return x == products[0]; }));
    EXPECT_NEAR(sums[0], std::accumulate(v.begin(), v.end(), 0.0), 1e-9 * sums[0]);
}

// Rounding is set on the calling thread alone; other workers began before that, and keep their own.
TEST(Prefixes, DeterministicSumsRoundAsTheCallerDoes) {
    std::vector<double> v(100'000);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = 1.0 / static_cast<double>(i + 3);
    const auto bits = [&] {
        const double sum = veda::par(v)
                               .map([](double x) { return x * 1.0000001; })
                               .inspect([](double) { busy(std::chrono::nanoseconds(20)); })
                               .sum_deterministic();
        return std::bit_cast<std::uint64_t>(sum);
    };
    const std::uint64_t nearest = bits();
    veda::runtime one(veda::config{}.workers(1)), many(veda::config{}.workers(4));
    for (int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        many.run(bits);
        std::fesetround(mode);
        const std::uint64_t expected = one.run(bits);
        for (int i = 0; i < 10; ++i) EXPECT_EQ(many.run(bits), expected);
        EXPECT_EQ(std::fegetround(), mode);
        std::fesetround(FE_TONEAREST);
        EXPECT_NE(expected, nearest);
        for (int left : many.broadcast([] { return std::fegetround(); })) EXPECT_EQ(left, FE_TONEAREST);
    }
}

#if defined(__x86_64__)
TEST(Prefixes, DeterministicSumsTakeDenormalsAsTheCallerDoes) {
    const std::vector<double> tiny(100'000, 1e-310);
    const auto sum = [&] { return veda::par(tiny).sum_deterministic(); };
    veda::runtime many(veda::config{}.workers(4));
    EXPECT_GT(many.run(sum), 0.0);
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040);  // flush to zero, denormals are zero
    for (int i = 0; i < 10; ++i) EXPECT_EQ(std::bit_cast<std::uint64_t>(many.run(sum)), 0u);
    __builtin_ia32_ldmxcsr(before);
}
#endif

}  // namespace
