// expansions_test.cpp: adaptors that yield any number of items for each one, chains behind each other, and
// states of each worker's own.
#include "support.hpp"

#include <array>
#include <deque>
#include <list>
#include <memory>
#include <optional>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

constexpr auto if_odd = [](int x) { return x % 2 != 0 ? std::optional<long>(x * 10) : std::nullopt; };

TEST(Expansions, MapsToWhatIsThere) {
    sweep([](const ints& v) {
        std::vector<long> expected;
        for (int x : v)
            if (auto y = if_odd(x)) expected.push_back(*y);
        EXPECT_EQ(veda::par(v).map(slowly).filter_map(if_odd).collect<std::vector<long>>(), expected);
    });
    // A pointer is looked through; what it points to is not copied.
    const ints v = numbers(10);
    const auto places = veda::par(v)
                            .filter_map([](const int& x) { return x > 20 ? &x : nullptr; })
                            .map([](const int& x) { return &x; })
                            .collect<std::vector<const int*>>();
    for (const int* place : places) EXPECT_TRUE(place >= v.data() && place < v.data() + v.size());
}

TEST(Expansions, WhileSomeEndsAtTheFirstNone) {
    sweep([](const ints& v) {
        auto all = [&](int limit) {
            return veda::par(v)
                .map(slowly)
                .map([limit](int x) { return x < limit ? std::optional<int>(x) : std::nullopt; })
                .while_some();
        };
        EXPECT_EQ(all(1000).collect<ints>(), v);
        EXPECT_LE(all(50).count(), v.size());
        EXPECT_EQ(all(0).count(), 0u);
    });
    EXPECT_LT(veda::par(0, 2'000'000'000)
                  .map([](int x) { return x < 1000 ? std::optional<int>(x) : std::nullopt; })
                  .while_some()
                  .count(),
              100'000'000u);
}

TEST(Expansions, FlattensInOrder) {
    sweep([](const ints& v) {
        ints expected;
        for (int x : v)
            for (int i = 0; i < x % 5; ++i) expected.push_back(x + i);
        const auto chain_of = [](int x) { return veda::par(0, x % 5).map([x](int i) { return x + i; }); };
        const auto list_of = [](int x) {
            std::list<int> all;
            for (int i = 0; i < x % 5; ++i) all.push_back(x + i);
            return all;
        };
        EXPECT_EQ(veda::par(v).map(slowly).flat_map(chain_of).collect<ints>(), expected);
        EXPECT_EQ(veda::par(v).map(slowly).flat_map_seq(list_of).collect<ints>(), expected);
        EXPECT_EQ(veda::par(v).map(slowly).map(chain_of).flatten().collect<ints>(), expected);
        EXPECT_EQ(veda::par(v).map(slowly).map(list_of).flatten_seq().collect<ints>(), expected);
        EXPECT_EQ(veda::par(v)
                      .flat_map(chain_of)
                      .filter([](int x) { return x % 2 == 0; })
                      .flat_map_seq([](int x) {
                          return std::array{x, x};
                      })
                      .count(),
                  2 * static_cast<std::uint64_t>(
                          std::ranges::count_if(expected, [](int x) { return x % 2 == 0; })));
    });
}

TEST(Expansions, InnerContainersGiveTheirElementsAway) {
    const auto owners = [](int n) {
        std::vector<std::unique_ptr<int>> all;
        for (int i = 0; i < n; ++i) all.push_back(std::make_unique<int>(i));
        return all;
    };
    EXPECT_EQ(veda::par(0, 10).flat_map(owners).map([](auto p) { return *p; }).sum(), 120);
    EXPECT_EQ(veda::par(0, 10).flat_map_seq(owners).map([](auto p) { return *p; }).sum(), 120);
    // Referenced ones do not.
    std::vector<ints> rows(5, ints{1, 2});
    veda::par(rows).flatten().for_each([](int& x) { x += 1; });
    veda::par(rows).flatten_seq().for_each([](int& x) { x += 1; });
    EXPECT_EQ(rows[4], (ints{3, 4}));
}

TEST(Expansions, StopInsideAndOutside) {
    std::atomic<std::uint64_t> seen{0};
    EXPECT_TRUE(veda::par(0, 1'000'000)
                    .flat_map([&](int) { return veda::par(0, 1'000'000).inspect([&](int) { ++seen; }); })
                    .any_of([](int x) { return x == 77; }));
    EXPECT_LT(seen, 100'000'000u);
}

TEST(Expansions, AThrowLeavesNothingBehind) {
    const auto make = [](int n) {
        std::vector<counted> all;
        for (int i = 0; i < n % 7; ++i) all.emplace_back(i);
        if (n == 150) throw std::runtime_error("no list of 150");
        return all;
    };
    in_every_pool([&](std::uint32_t) {
        EXPECT_EQ(thrown_by([&] {
                      (void)veda::par(0, 200).map(slowly).flat_map(make).collect<std::vector<counted>>();
                  }),
                  "no list of 150");
        EXPECT_EQ(thrown_by([&] {
                      (void)veda::par(0, 200).map(slowly).flat_map_seq(make).collect<std::deque<counted>>();
                  }),
                  "no list of 150");
    });
    EXPECT_EQ(counted::alive(), 0);
}

TEST(Expansions, UpdatesOnTheWay) {
    ints v = numbers(200);
    const ints before = v;
    const ints after = veda::par(v).update([](int& x) { x += 1; }).collect<ints>();
    EXPECT_EQ(after, v);
    EXPECT_EQ(v[7], before[7] + 1);
    // Values are changed where they are.
    EXPECT_EQ(veda::par(0, 100).update([](int& x) { x *= 2; }).sum(), 9900);
}

// ---- two chains ------------------------------------------------------------------------------------

TEST(Combinations, ChainsOneBehindTheOther) {
    sweep([](const ints& v) {
        const ints w = numbers(40);
        ints expected = v;
        expected.insert(expected.end(), w.begin(), w.end());
        EXPECT_EQ(veda::par(v).map(slowly).chain(veda::par(w).cloned()).collect<ints>(), expected);
        const auto all = [](int) { return true; };
        EXPECT_EQ(
            veda::par(v).cloned().map(slowly).filter(all).chain(veda::par(w).cloned()).collect<ints>(),
            expected);
        EXPECT_EQ(veda::par(v).cloned().chain(veda::par(w).map(slowly).filter(all)).collect<ints>(),
                  expected);
    });
    ints a(3, 1), b(4, 2);
    veda::par(a).chain(b).for_each([](int& x) { x += 10; });
    EXPECT_EQ(a[2] + b[3], 23);
    EXPECT_EQ(veda::par(0, 3).chain(veda::par(10, 13)).rev().collect<ints>(), (ints{12, 11, 10, 2, 1, 0}));
}

TEST(Combinations, TakesTurns) {
    sweep([](const ints& v) {
        const ints w = numbers(40);
        ints all, shortest;
        for (std::size_t i = 0; i < std::max(v.size(), w.size()); ++i) {
            if (i < v.size()) all.push_back(v[i]);
            if (i < w.size()) all.push_back(w[i]);
        }
        for (std::size_t i = 0; i < v.size() && i <= w.size(); ++i) {
            shortest.push_back(v[i]);
            if (i < w.size()) shortest.push_back(w[i]);
        }
        EXPECT_EQ(veda::par(v).cloned().map(slowly).interleave(veda::par(w).cloned()).collect<ints>(), all);
        EXPECT_EQ(veda::par(v).interleave_shortest(w).collect<ints>(), shortest);

        ints spaced;
        for (std::size_t i = 0; i < v.size(); ++i) {
            if (i != 0) spaced.push_back(-1);
            spaced.push_back(v[i]);
        }
        EXPECT_EQ(veda::par(v).map(slowly).intersperse(-1).collect<ints>(), spaced);
        EXPECT_EQ(veda::par(v).intersperse(-1).collect<ints>(), spaced);
    });
}

TEST(Combinations, ZipsExactly) {
    const ints v = numbers(5), w = numbers(6);
    EXPECT_EQ(veda::par(v).zip_exact(v).map([](auto p) { return p.first - p.second; }).sum(), 0);
    const std::string why = thrown_by([&] { (void)veda::par(v).zip_exact(w); });
    EXPECT_NE(why.find("zip_exact: the first chain has 5 items, the second 6"), std::string::npos) << why;
}

// ---- states ----------------------------------------------------------------------------------------

TEST(Scratch, IsMadeForEachPartAndUsedByNobodyElse) {
    struct scratch {
        std::thread::id user{};
        int uses = 0;
    };
    in_every_pool([](std::uint32_t) {
        std::atomic<int> made{0};
        const auto make = [&] {
            ++made;
            return scratch{};
        };
        const auto use = [](scratch& s, int x) {
            if (s.uses++ == 0) s.user = std::this_thread::get_id();
            EXPECT_EQ(s.user, std::this_thread::get_id());
            return slowly(x);
        };
        const ints v = numbers(500);
        EXPECT_EQ(veda::par(v).map_init(make, use).collect<ints>(), v);
        EXPECT_GE(made, 1);
        EXPECT_LE(made, 250);
        std::atomic<int> sum{0};
        veda::par(v).for_each_init(make, [&](scratch& s, int x) { sum += use(s, x); });
        EXPECT_EQ(sum, std::accumulate(v.begin(), v.end(), 0));
        EXPECT_EQ(veda::par(v).map_with(scratch{}, use).sum(), sum);
        sum = 0;
        veda::par(v).for_each_with(scratch{}, [&](scratch& s, int x) { sum += use(s, x); });
        EXPECT_EQ(sum, std::accumulate(v.begin(), v.end(), 0));
    });
}

TEST(Scratch, StaysIndexedAndWorksAfterAFilter) {
    const ints v = numbers(300);
    const auto add = [](int& s, int x) { return s + x; };
    EXPECT_EQ(veda::par(v).map_with(1, add).enumerate().map([](auto p) { return p.second; }).sum(),
              std::accumulate(v.begin(), v.end(), 300));
    EXPECT_EQ(veda::par(v).filter([](int x) { return x > 50; }).map_with(0, add).count(),
              static_cast<std::uint64_t>(std::ranges::count_if(v, [](int x) { return x > 50; })));
}

TEST(Scratch, AThrowingMakerIsHeard) {
    EXPECT_EQ(thrown_by([] {
                  (void)veda::par(0, 100)
                      .map_init([]() -> counted { throw std::runtime_error("no state"); },
                                [](counted&, int x) { return x; })
                      .sum();
              }),
              "no state");
}

// ---- blocks ----------------------------------------------------------------------------------------

TEST(Blocks, FoldChunksHasTheSameBordersForAnyNumberOfWorkers) {
    sweep([](const ints& v) {
        std::vector<std::string> expected;
        for (std::size_t i = 0; i < v.size(); ++i) {
            if (i % 7 == 0) expected.emplace_back();
            expected.back() += std::to_string(v[i]) + ",";
        }
        EXPECT_EQ(veda::par(v)
                      .map(slowly)
                      .fold_chunks(7, std::string(),
                                   [](std::string& acc, int x) { acc += std::to_string(x) + ","; })
                      .collect<std::vector<std::string>>(),
                  expected);
    });
    EXPECT_EQ(
        veda::par(0, 10).fold_chunks_with(4, 100, [](int acc, int x) { return acc + x; }).collect<ints>(),
        (ints{106, 122, 117}));
    EXPECT_NE(thrown_by([] {
                  (void)veda::par(0, 3).fold_chunks(0, 0, std::plus<>{});
              }).find("fold_chunks: length is 0"),
              std::string::npos);
}

TEST(Blocks, GoThroughEverythingInOrder) {
    sweep([](const ints& v) {
        EXPECT_EQ(veda::par(v).map(slowly).by_uniform_blocks(10).collect<ints>(), v);
        EXPECT_EQ(veda::par(v).map(slowly).by_exponential_blocks().collect<ints>(), v);
    });
}

TEST(Blocks, BeginNoFurtherBlockAfterAHit) {
    std::atomic<int> furthest{0};
    EXPECT_TRUE(veda::par(0, 100'000)
                    .inspect([&](int x) {
                        int seen = furthest;
                        while (x > seen && !furthest.compare_exchange_weak(seen, x)) {
                        }
                    })
                    .by_uniform_blocks(100)
                    .any_of([](int x) { return x == 150; }));
    EXPECT_LT(furthest, 200);
}

}  // namespace
