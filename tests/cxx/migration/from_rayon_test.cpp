// from_rayon_test.cpp: the snippets of docs/migration.md for those who come from Rayon, as they stand there.
#include "cxx/support.hpp"

#include <veda/expected.hpp>
#include <veda/slices.hpp>
#include <veda/sort.hpp>
#include <veda/str.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace {

TEST(FromRayon, Sum) {
    const std::vector<double> prices{1, 20, 300};
    const double limit = 10;
    double total = veda::par(prices).filter([=](double p) { return p > limit; }).sum();
    EXPECT_EQ(total, 320);
}

TEST(FromRayon, CollectOfOwned) {
    std::vector<std::string> words{"a", "bb", "ccc"};
    auto lengths = veda::par(std::move(words))
                       .map([](std::string w) { return w.size(); })
                       .collect<std::vector>();
    EXPECT_EQ(lengths, (std::vector<std::size_t>{1, 2, 3}));
}

TEST(FromRayon, ForEachMut) {
    std::vector<int> v{1, 2, 3};
    veda::par(v).for_each([](int& x) { x *= 2; });
    veda::par(v).enumerate().for_each([](auto item) {
        auto& [i, x] = item;
        x += static_cast<int>(i);
    });
    EXPECT_EQ(v, (std::vector{2, 5, 8}));
}

TEST(FromRayon, FoldAndReduce) {
    const std::vector<std::string> words{"to", "be", "or", "not", "to", "be"};
    using histogram = std::vector<int>;
    auto lengths = veda::par(words)
                       .fold([] { return histogram(8); },
                             [](histogram& h, const std::string& w) { ++h[w.size()]; })
                       .reduce([] { return histogram(8); },
                               [](histogram a, const histogram& b) {
                                   for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
                                   return a;
                               });
    EXPECT_EQ(lengths, (histogram{0, 0, 5, 1, 0, 0, 0, 0}));
}

TEST(FromRayon, FoldIntoMaps) {
    const std::vector<std::string> words{"elm", "oak", "birch", "elm", "aspen"};
    auto one = [](const std::string&) { return 1u; };
    auto counts = veda::par(words).reduce_by_key(std::identity{}, one, std::plus<>{});
    auto by_length = veda::par(words).group_by(&std::string::size);  // by_length[0]: all as long as the first
    auto longest = veda::par(words).top_k_by_key(2, &std::string::size);
    auto different = veda::par(words).distinct().count();
    EXPECT_EQ(counts[0], std::pair(std::string("elm"), 2u));
    EXPECT_EQ(by_length[0].size(), 3u);
    EXPECT_EQ(longest, (std::vector<std::string>{"birch", "aspen"}));
    EXPECT_EQ(different, 4u);
}

TEST(FromRayon, ZipAndChunks) {
    std::vector<float> y{1, 1, 1};
    const std::vector<float> x{1, 2, 3};
    veda::par(y).zip(x).for_each([](auto pair) { pair.first += 2 * pair.second; });
    veda::par(y).chunks(2).for_each([](std::span<float> part) { std::ranges::reverse(part); });
    EXPECT_EQ(y, (std::vector<float>{5, 3, 7}));
}

int fib(int n) {
    if (n < 2) return n;
    auto [a, b] = veda::join([=] { return fib(n - 1); }, [=] { return fib(n - 2); });
    return a + b;
}

TEST(FromRayon, Join) { EXPECT_EQ(fib(12), 144); }

TEST(FromRayon, Scope) {
    std::vector<int> left(2), right(2);
    veda::scope([&](auto& s) {
        s.spawn([&] { std::ranges::fill(left, 1); });
        s.spawn([&] { std::ranges::fill(right, 2); });
    });
    EXPECT_EQ(left[0] + right[0], 3);
}

TEST(FromRayon, Pool) {
    veda::runtime pool(veda::config{}.workers(4));
    auto sum = pool.run([] { return veda::par(0, 1000).sum(); });
    EXPECT_EQ(sum, 499500);
}

TEST(FromRayon, TextsSlicesAndSorts) {
    const std::string text = "fine\nerror: a\nfine\nerror: b";
    const std::vector<int> samples{1, 5, 3, 9, 8};
    std::vector<std::string> names{"c", "a", "b"};
    auto errors = veda::str(text)
                      .lines()
                      .filter([](std::string_view line) { return line.find("error") != line.npos; })
                      .count();
    auto jump = veda::par_windows<2>(samples).map([](auto w) { return std::abs(w[1] - w[0]); }).max();
    veda::sort(names);
    EXPECT_EQ(errors, 2u);
    EXPECT_EQ(jump, 6);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "c"}));
}

veda::expected<int, std::string> parse(const std::string& word) {
    if (word.empty() || word[0] < '0' || word[0] > '9') return veda::unexpected("no number: " + word);
    return word[0] - '0';
}

TEST(FromRayon, CollectOfResults) {
    const std::vector<std::string> words{"1", "2", "x"};
    auto numbers = veda::par(words)
                       .map([](const std::string& w) { return parse(w); })  // expected<int, std::string>
                       .collect<veda::expected<std::vector<int>, std::string>>();
    ASSERT_FALSE(numbers.has_value());
    EXPECT_EQ(numbers.error(), "no number: x");
}

TEST(FromRayon, PanicFuse) {
    const std::vector<int> v{1, 2, 3};
    auto work = [](int x) { return x; };
    veda::par(v).map(work).stop_on_throw().for_each([](int) {});
}

}  // namespace
