// combinable_test.cpp: every thread has a value of its own, and none gets lost.
#include "cxx/support.hpp"

#include <veda/combinable.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <ranges>
#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace veda::test;

TEST(Combinable, AddsUpWhatTheWorkersCount) {
    in_every_pool([](std::uint32_t) {
        veda::combinable<long> parts;
        for (int n : {0, 1, 100, 10'000}) {
            veda::par(0, n).for_each([&](int i) {
                if (i % 8 == 3) busy(std::chrono::nanoseconds(300));
                parts.local() += i;
            });
            EXPECT_EQ(parts.combine(std::plus<>{}), long{n} * (n - 1) / 2);
            parts.clear();
            EXPECT_EQ(parts.size(), 0u);
        }
    });
}

// More threads than the first segment has places for, all alive at once, in a runtime and outside.
TEST(Combinable, GivesEachThreadAValueOfItsOwn) {
    constexpr int count = 40;
    veda::combinable<int> parts([] { return 100; });
    std::barrier together(count);
    std::vector<std::thread> threads;
    for (int t = 0; t < count; ++t) {
        threads.emplace_back([&, t] {
            together.arrive_and_wait();
            int& mine = parts.local();
            mine += t;
            together.arrive_and_wait();
            EXPECT_EQ(&parts.local(), &mine);
            EXPECT_EQ(mine, 100 + t);
        });
    }
    for (auto& t : threads) t.join();
    EXPECT_EQ(parts.size(), 40u);
    std::set<int> values;
    std::vector<std::uintptr_t> addresses;
    parts.for_each([&](int& x) {
        values.insert(x);
        addresses.push_back(reinterpret_cast<std::uintptr_t>(&x));
        x = 1;
    });
    EXPECT_EQ(values.size(), 40u);
    EXPECT_EQ(*values.begin(), 100);
    for (std::uintptr_t a : addresses) EXPECT_EQ(a % 128, 0u);
    EXPECT_EQ(parts.combine(std::plus<>{}), 40);
}

// Threads that come and go use the same few values.
TEST(Combinable, DoesNotGrowWithThreadsThatEnd) {
    veda::combinable<long> parts;
    for (int i = 0; i < 100; ++i) std::thread([&] { ++parts.local(); }).join();
    EXPECT_EQ(parts.combine(std::plus<>{}), 100);
    EXPECT_LE(parts.size(), 2u);
}

// The values, and nothing else, however many places of threads lie between them.
TEST(Combinable, IsARangeOfItsValues) {
    veda::combinable<int> parts;
    EXPECT_EQ(parts.begin(), parts.end());
    EXPECT_TRUE(parts.empty());
    static_assert(std::ranges::random_access_range<veda::combinable<int>&>);
    static_assert(std::is_same_v<std::ranges::range_reference_t<const veda::combinable<int>&>, const int&>);
    constexpr int count = 20;
    for (int t = 0; t < count; ++t) {
        std::barrier together(t + 1);  // with so many others at once, the last one has a number of its own
        std::vector<std::thread> threads;
        for (int i = 0; i <= t; ++i)
            threads.emplace_back([&, i] {
                together.arrive_and_wait();
                if (i == t) parts.local() += 1;
                together.arrive_and_wait();
            });
        for (auto& thread : threads) thread.join();
    }
    int sum = 0;
    for (int& x : parts) sum += std::exchange(x, 5);
    EXPECT_EQ(sum, count);
    EXPECT_EQ(parts.end() - parts.begin(), static_cast<std::ptrdiff_t>(parts.size()));
    EXPECT_EQ(*parts.begin() + parts.begin()[0], 10);
    const auto& fixed = parts;
    EXPECT_EQ(veda::par(fixed).sum(), 5 * static_cast<int>(parts.size()));
    veda::par(parts).for_each([](int& x) { x = 1; });
    EXPECT_EQ(parts.combine(std::plus<>{}), static_cast<int>(parts.size()));
    parts.clear();
    EXPECT_EQ(parts.begin(), parts.end());
    parts.local() = 3;
    EXPECT_EQ(*parts.begin(), 3);
}

TEST(Combinable, KeepsValuesThatCanOnlyBeMoved) {
    veda::combinable<std::unique_ptr<int>> parts([] { return std::make_unique<int>(1); });
    ++*parts.local();
    std::thread([&] { *parts.local() = 40; }).join();
    const auto sum = std::move(parts).combine(
        [](std::unique_ptr<int> a, std::unique_ptr<int> b) { return std::make_unique<int>(*a + *b); });
    EXPECT_EQ(*sum, 42);
    veda::combinable<std::unique_ptr<int>> none([] { return std::make_unique<int>(7); });
    EXPECT_EQ(*std::move(none).combine([](std::unique_ptr<int> a, std::unique_ptr<int>) { return a; }),
              7);
}

TEST(Combinable, FreesEachValueOnceAndPassesOnWhatInitThrows) {
    const long before = counted::alive();
    {
        veda::combinable<counted> parts([] { return counted(1); });
        parts.local();
        std::thread([&] { parts.local(); }).join();
        EXPECT_EQ(counted::alive(), before + 2);
        const auto add = [](const counted& a, const counted& b) {
            return counted(a.value() + b.value());
        };
        EXPECT_EQ(parts.combine(add).value(), 2);
        EXPECT_EQ(counted::alive(), before + 2);
        parts.clear();
        EXPECT_EQ(counted::alive(), before);
        parts.local();
    }
    EXPECT_EQ(counted::alive(), before);
    bool fails = true;
    veda::combinable<int> parts([&fails]() -> int {
        if (fails) throw std::runtime_error("init");
        return 5;
    });
    EXPECT_EQ(thrown_by([&] { parts.local(); }), "init");
    EXPECT_EQ(parts.size(), 0u);
    fails = false;
    EXPECT_EQ(parts.local(), 5);
}

}  // namespace
