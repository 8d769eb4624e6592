// from_openmp_test.cpp: the snippets of docs/migration.md for those who come from OpenMP, as they are there.
#include "cxx/support.hpp"

#include <veda/combinable.hpp>
#include <veda/for_each_until.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

TEST(FromOpenMp, ParallelFor) {
    int n = 100;
    std::vector<float> x(100, 1), y(100, 2);
    float a = 3;
    veda::par(0, n).for_each([=, x = x.data(), y = y.data()](int i) { y[i] += a * x[i]; });
    EXPECT_EQ(y[99], 5);
}

TEST(FromOpenMp, Reduction) {
    int n = 100;
    std::vector<float> x(100, 2), y(100, 3);
    double dot = veda::par(0, n).map([&](int i) { return double(x[i]) * y[i]; }).sum();
    auto largest = veda::par(x).max();
    EXPECT_EQ(dot, 600);
    EXPECT_EQ(largest, 2);
}

TEST(FromOpenMp, Schedules) {
    int n = 100;
    std::atomic<int> calls{0};
    auto work = [&](int) { ++calls; };
    veda::par(0, n).for_each(work);               // no schedule to choose
    veda::par(0, n).in_order(1).for_each(work);   // as schedule(dynamic, 1): from the first to the last
    EXPECT_EQ(calls, 200);
}

TEST(FromOpenMp, BitsByWords) {
    std::vector<std::uint64_t> bits(20);
    auto is_odd = [](int i) { return i % 2 != 0; };
    veda::par(bits).enumerate().for_each([&](auto item) {
        auto& [word, set] = item;
        for (int bit = 0; bit < 64; ++bit)
            if (is_odd(static_cast<int>(64 * word) + bit)) set |= 1ull << bit;
    });
    EXPECT_EQ(bits, std::vector<std::uint64_t>(20, 0xaaaaaaaaaaaaaaaau));
}

TEST(FromOpenMp, BuffersByNumber) {
    int n = 1000;
    std::vector<long> sums(veda::current_runtime().slot_count());
    veda::par(0, n).for_each([&](int i) { sums[*veda::this_worker::index()] += i; });
    EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), 0L), 499'500);
}

TEST(FromOpenMp, Sections) {
    int a = 0, b = 0;
    veda::join([&] { a = 1; }, [&] { b = 2; });
    EXPECT_EQ(a + b, 3);
}

struct node {
    int value = 1;
    const node* left = nullptr;
    const node* right = nullptr;
};

int sum_of(const node* tree) {
    if (tree == nullptr) return 0;
    auto [left, right] = veda::join([=] { return sum_of(tree->left); },
                                    [=] { return sum_of(tree->right); });
    return tree->value + left + right;
}

struct branch {
    int value = 1;
    std::vector<branch> children;
};

int sum_of(const branch& tree) {
    return tree.value + veda::join_n(
                            tree.children.size(), [&](std::size_t i) { return sum_of(tree.children[i]); }, 0,
                            std::plus<>{});
}

TEST(FromOpenMp, TasksForChildren) {
    const branch leaf;
    const branch node{2, {leaf, leaf, leaf}};
    EXPECT_EQ(sum_of(branch{10, {node, leaf, node}}), 21);
}

TEST(FromOpenMp, Tasks) {
    const node leaf;
    const node root{5, &leaf, &leaf};
    EXPECT_EQ(sum_of(&root), 7);
}

TEST(FromOpenMp, Private) {
    int n = 1000;
    veda::combinable<std::vector<int>> scratch([] { return std::vector<int>(64); });
    veda::par(0, n).for_each([&](int i) {
        std::vector<int>& mine = scratch.local();
        mine[static_cast<std::size_t>(i % 64)] += i;
    });
    EXPECT_GE(scratch.size(), 1u);
}

TEST(FromOpenMp, Cancel) {
    int n = 1000;
    auto is_bad = [](int i) { return i >= 700; };
    auto where = veda::for_each_until(veda::par(0, n), [&](int i) {
        return is_bad(i) ? veda::flow::stop : veda::flow::go;
    });
    EXPECT_EQ(where, 700u);
}

}  // namespace
