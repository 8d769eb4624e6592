// attempts_test.cpp: callables that may fail, comparisons of whole chains, and the extremes by key.
#include "support.hpp"

#include <veda/expected.hpp>

#include <algorithm>
#include <compare>
#include <limits>
#include <optional>
#include <string>

namespace {

using namespace veda::test;
using ints = std::vector<int>;
using status = veda::expected<void, std::string>;
using number = veda::expected<int, std::string>;

TEST(Attempts, ForEachEndsAtAFailure) {
    sweep([](const ints& v) {
        const bool all = std::ranges::all_of(v, [](int x) { return x < 60; });
        const auto ok = [](int x) { return slowly(x) < 60; };
        EXPECT_EQ(veda::par(v).try_for_each(ok), all);
        EXPECT_EQ(veda::par(v)
                      .try_for_each([&](int x) { return ok(x) ? std::optional<char>('x') : std::nullopt; })
                      .has_value(),
                  all);
        const status result = veda::par(v).try_for_each([&](int x) -> status {
            if (ok(x)) return {};
            return veda::unexpected("too big: " + std::to_string(x));
        });
        EXPECT_EQ(result.has_value(), all);
        if (!all) {
            EXPECT_GE(std::stoi(result.error().substr(9)), 60);
        }
        EXPECT_EQ(veda::par(v).try_for_each_with(0, [&](int& seen, int x) { return ++seen, ok(x); }), all);
        EXPECT_EQ(veda::par(v)
                      .try_for_each_init([] { return std::string(); },
                                         [&](std::string& s, int x) -> status {
                                             s += 'x';
                                             if (ok(x)) return {};
                                             return veda::unexpected(s);
                                         })
                      .has_value(),
                  all);
    });
    std::atomic<std::uint64_t> seen{0};
    EXPECT_FALSE(veda::par(0, 1'000'000'000).try_for_each([&](int x) { return ++seen, x != 500; }));
    EXPECT_LT(seen, 100'000'000u);
}

number add(int a, int b) {
    if (a + b > 5000) return veda::unexpected<std::string>("over five thousand");
    return a + b;
}

TEST(Attempts, FoldsAndReducesUntilAFailure) {
    sweep([](const ints& v) {
        const int total = std::accumulate(v.begin(), v.end(), 0);
        auto folded = [&] {
            return veda::par(v).map(slowly).try_fold(0, [](int acc, int x) { return add(acc, x); });
        };
        const number sum = folded().try_reduce(0, add);
        EXPECT_EQ(sum, total <= 5000 ? number(total)
                                     : number(veda::unexpected<std::string>("over five thousand")));
        EXPECT_TRUE(folded().try_reduce_with(add).has_value()) << "a fold of nothing yields its start";
        const auto as_optional = [](int x) { return std::optional<int>(x); };
        EXPECT_EQ(veda::par(v)
                      .map(slowly)
                      .map(as_optional)
                      .try_reduce(0, [](int a, int b) { return std::optional<int>(a + b); }),
                  std::optional<int>(total));
        EXPECT_EQ(veda::par(v)
                      .map([](int x) { return x == 99 ? std::nullopt : std::optional<int>(x); })
                      .try_reduce(0, [](int a, int b) { return std::optional<int>(a + b); })
                      .has_value(),
                  std::ranges::find(v, 99) == v.end());
        EXPECT_EQ(veda::par(v)
                      .map(as_optional)
                      .try_reduce_with([](int a, int b) { return std::optional<int>(a + b); })
                      .has_value(),
                  !v.empty());
        if (total < 4000) {
            EXPECT_GT(*veda::par(v).try_fold_with(1, add).try_reduce(0, add), total);
        }
    });
}

// ---- comparisons -----------------------------------------------------------------------------------

TEST(Comparisons, AreThoseOfTheVectors) {
    sweep([](const ints& v) {
        auto check = [&](const ints& w) {
            EXPECT_EQ(veda::par(v).map(slowly).equal(w), v == w);
            EXPECT_EQ(veda::par(v).not_equal(w), v != w);
            EXPECT_EQ(veda::par(v).map(slowly).compare(w), v <=> w);
            EXPECT_EQ(veda::par(v).less(w), v < w);
            EXPECT_EQ(veda::par(v).less_equal(w), v <= w);
            EXPECT_EQ(veda::par(v).greater(w), v > w);
            EXPECT_EQ(veda::par(v).greater_equal(w), v >= w);
        };
        check(v);
        check(ints(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2)));
        ints other = v;
        if (!v.empty()) {
            other[v.size() * 2 / 3] += 1;
            check(other);
            other[v.size() / 3] -= 1;
            check(other);
        }
    });
    // What cannot be ordered is said so.
    const std::vector<double> a{1, std::numeric_limits<double>::quiet_NaN(), 3}, b{1, 2, 3};
    EXPECT_EQ(veda::par(a).compare(b), std::partial_ordering::unordered);
}

TEST(Comparisons, KnowWhetherItemsAreSorted) {
    sweep([](const ints& v) {
        ints sorted = v;
        std::ranges::sort(sorted);
        EXPECT_TRUE(veda::par(sorted).map(slowly).is_sorted());
        EXPECT_EQ(veda::par(v).map(slowly).is_sorted(), std::ranges::is_sorted(v));
        EXPECT_EQ(veda::par(sorted).is_sorted(std::greater<>{}),
                  std::ranges::is_sorted(sorted, std::greater<>{}));
        EXPECT_EQ(veda::par(sorted).is_sorted_by([](int a, int b) { return a < b; }),
                  std::ranges::adjacent_find(sorted) == sorted.end());
        // Each single place where the order breaks is seen.
        if (sorted.size() > 1 && sorted.front() < sorted.back()) {
            ints broken = sorted;
            std::swap(broken[sorted.size() / 2], broken.back());
            EXPECT_EQ(veda::par(broken).map(slowly).is_sorted(), std::ranges::is_sorted(broken));
        }
    });
}

// ---- extremes --------------------------------------------------------------------------------------

TEST(Extremes, ByKeyAndBothAtOnce) {
    struct element {
        int key;
        int place;
    };
    sweep([](const ints& v) {
        std::vector<element> all;
        for (int x : v) all.push_back({x / 10, static_cast<int>(all.size())});
        auto chain = [&] { return veda::par(all).inspect([](const element& e) { slowly(e.place); }); };
        const auto by_key = [](const element& a, const element& b) { return a.key < b.key; };
        const auto least = chain().min_by_key(&element::key);
        const auto greatest = chain().max_by_key([](const element& e) { return e.key; });
        const auto ends = chain().minmax(by_key);
        ASSERT_EQ(least.has_value(), !v.empty());
        ASSERT_EQ(ends.has_value(), !v.empty());
        if (v.empty()) return;
        const auto [first, last] = std::ranges::minmax_element(all, by_key);
        EXPECT_EQ(least->place, first->place);
        EXPECT_EQ(greatest->place, last->place);
        EXPECT_EQ(ends->first.place, first->place);
        EXPECT_EQ(ends->second.place, last->place);
        EXPECT_EQ(chain().min_by(by_key)->place, first->place);
        EXPECT_EQ(chain().max_by(by_key)->place, last->place);
    });
}

}  // namespace
