// selections_test.cpp: adaptors that yield some of the items, or in another order.
#include "support.hpp"

#include <algorithm>
#include <numeric>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

TEST(Selections, TakeAndSkipMeetTheirSerialTwins) {
    sweep([](const ints& v) {
        for (std::size_t n : {std::size_t{0}, std::size_t{1}, v.size() / 2, v.size(), v.size() + 3}) {
            const auto cut = v.begin() + static_cast<std::ptrdiff_t>(std::min(n, v.size()));
            EXPECT_EQ(veda::par(v).map(slowly).take(n).collect<ints>(), ints(v.begin(), cut));
            EXPECT_EQ(veda::par(v).map(slowly).skip(n).collect<ints>(), ints(cut, v.end()));
        }
        EXPECT_EQ(veda::par(v).skip(3).take(5).map(slowly).sum(),
                  v.size() <= 3 ? 0
                                : std::accumulate(v.begin() + 3,
                                                  v.begin() + static_cast<std::ptrdiff_t>(
                                                                  std::min<std::size_t>(8, v.size())),
                                                  0));
    });
}

TEST(Selections, StepsAndTurns) {
    sweep([](const ints& v) {
        ints backwards(v.rbegin(), v.rend());
        EXPECT_EQ(veda::par(v).map(slowly).rev().collect<ints>(), backwards);
        for (std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{300}}) {
            ints some;
            for (std::size_t i = 0; i < v.size(); i += step) some.push_back(v[i]);
            EXPECT_EQ(veda::par(v).map(slowly).step_by(step).collect<ints>(), some);
        }
    });
}

TEST(Selections, ASelectionStaysIndexed) {
    const ints v = numbers(100);
    EXPECT_EQ(veda::par(v).rev().enumerate().map([](auto p) { return p.second; }).collect<ints>(),
              ints(v.rbegin(), v.rend()));
    // Neighbours in memory stay spans.
    EXPECT_EQ(veda::par(v)
                  .skip(10)
                  .take(50)
                  .chunks(20)
                  .map([](auto s) { return s.data(); })
                  .collect<std::vector>(),
              (std::vector<const int*>{v.data() + 10, v.data() + 30, v.data() + 50}));
}

TEST(Selections, AStepOfNothingIsRefused) {
    const ints v(3);
    EXPECT_NE(thrown_by([&] { (void)veda::par(v).step_by(0); }).find("step_by: step is 0"),
              std::string::npos);
}

TEST(Selections, OwnedElementsThatAreNotTakenDieWithTheirContainer) {
    {
        std::vector<counted> all;
        for (int i = 0; i < 50; ++i) all.emplace_back(i);
        const auto some = veda::par(std::move(all)).skip(10).step_by(3).collect<std::vector<counted>>();
        ASSERT_EQ(some.size(), 14u);
        EXPECT_EQ(some[1].value(), 13);
    }
    EXPECT_EQ(counted::alive(), 0);
}

// A part of v, in order.
bool is_subsequence(const ints& part, const ints& v) {
    auto at = v.begin();
    for (int x : part) {
        at = std::find(at, v.end(), x);
        if (at == v.end()) return false;
        ++at;
    }
    return true;
}

TEST(Selections, TakesAndSkipsAnyInOrder) {
    sweep([](const ints& v) {
        for (std::size_t n : {std::size_t{0}, std::size_t{1}, v.size() / 2, v.size() + 3}) {
            const ints some = veda::par(v).map(slowly).take_any(n).collect<ints>();
            EXPECT_EQ(some.size(), std::min(n, v.size()));
            EXPECT_TRUE(is_subsequence(some, v));
            const ints rest = veda::par(v).map(slowly).skip_any(n).collect<ints>();
            EXPECT_EQ(rest.size(), v.size() - std::min(n, v.size()));
            EXPECT_TRUE(is_subsequence(rest, v));
        }
    });
}

TEST(Selections, AChainThatTakesAnyCanRunAgain) {
    const ints v = numbers(100);
    auto chain = veda::par(v).take_any(7);
    EXPECT_EQ(chain.count(), 7u);
    EXPECT_EQ(chain.count(), 7u);
}

TEST(Selections, TakesAndSkipsWhileNobodyObjects) {
    sweep([](const ints& v) {
        const auto small = [](int x) { return x < 90; };
        const ints before = veda::par(v).map(slowly).take_any_while(small).collect<ints>();
        EXPECT_TRUE(std::ranges::all_of(before, small));
        EXPECT_TRUE(is_subsequence(before, v));
        if (std::ranges::all_of(v, small)) {
            EXPECT_EQ(before, v);
        }
        const ints after = veda::par(v).map(slowly).skip_any_while(small).collect<ints>();
        EXPECT_TRUE(is_subsequence(after, v));
        EXPECT_EQ(std::ranges::count_if(after, std::not_fn(small)),
                  std::ranges::count_if(v, std::not_fn(small)))
            << "none is skipped that somebody objected to";
    });
}

TEST(Selections, TakingAnyStopsTheRest) {
    veda::runtime pool(veda::config{}.workers(3));
    std::atomic<std::uint64_t> seen{0};
    pool.run([&] {
        EXPECT_EQ(veda::par(0, 1'000'000'000).inspect([&](int) { ++seen; }).take_any(10).count(), 10u);
    });
    EXPECT_LT(seen, 1'000'000u);
}

}  // namespace
