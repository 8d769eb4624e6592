// from_std_test.cpp: the snippets of docs/migration.md for those who come from std::execution::par, as they
// stand there.
#include "cxx/support.hpp"

#include <veda/algorithm.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <string>
#include <vector>

namespace {

TEST(FromStd, Algorithms) {
    std::vector<int> v{3, 1, 2};
    std::vector<int> out(3);
    veda::for_each(v.begin(), v.end(), [](int& x) { x += 1; });
    veda::transform(v.begin(), v.end(), out.begin(), [](int x) { return x * x; });
    long total = veda::reduce(v.begin(), v.end(), 0L);
    auto it = veda::find_if(v.begin(), v.end(), [](int x) { return x < 3; });
    EXPECT_EQ(out, (std::vector{16, 4, 9}));
    EXPECT_EQ(total, 9);
    EXPECT_EQ(it - v.begin(), 1);
}

TEST(FromStd, TransformReduce) {
    const std::vector<double> x{1, 2, 3}, y{4, 5, 6};
    double dot = veda::transform_reduce(x.begin(), x.end(), y.begin(), 0.0);
    EXPECT_EQ(dot, 32);
}

TEST(FromStd, Exceptions) {
    const std::vector<int> v{1, 2, 3};
    std::string what;
    try {
        veda::for_each(v.begin(), v.end(), [](int x) {
            if (x == 2) throw std::runtime_error("two");
        });
    } catch (const std::runtime_error& e) {  // std::execution::par would have ended the program
        what = e.what();
    }
    EXPECT_EQ(what, "two");
}

TEST(FromStd, Chain) {
    const std::vector<int> v{1, 2, 3, 4};
    auto squares_of_odd = veda::par(v)
                              .filter([](int x) { return x % 2 != 0; })
                              .map([](int x) { return x * x; })
                              .collect<std::vector>();
    EXPECT_EQ(squares_of_odd, (std::vector{1, 9}));
}

TEST(FromStd, Pipe) {
    const std::vector<int> v{1, 2, 3, 4};
    auto total = v | veda::par | veda::views::filter([](int x) { return x % 2 != 0; })
                   | veda::views::transform([](int x) { return x * x; })
                   | veda::sum();
    EXPECT_EQ(total, 10);
}

#if !defined(__clang__) || __clang_major__ >= 16  // older ones cannot compile libstdc++'s views
TEST(FromStd, Views) {
    const std::vector<int> v{1, 2, 3, 4};
    auto largest = v | std::views::reverse | std::views::take(3) | veda::par | veda::max();
    EXPECT_EQ(largest, 4);
}
#endif

}  // namespace
