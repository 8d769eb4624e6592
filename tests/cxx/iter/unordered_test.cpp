// unordered_test.cpp: values that are in no order to the others, and keys. The extremes give what the serial
// loop of the standard gives, wherever the parts are cut.
#include "support.hpp"

#include <veda/algorithm.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace veda::test;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// Slow for some, so that loops are cut; any number is one of a few, and a part of them is NaN.
const auto dear = [](double x) {
    if (std::isnan(x)) busy(std::chrono::nanoseconds(500));
    return x;
};
std::vector<double> some_doubles(std::size_t n, unsigned percent, std::mt19937_64& random) {
    std::vector<double> v(n);
    for (double& x : v) x = random() % 100 < percent ? nan : static_cast<double>(random() % 50);
    return v;
}

TEST(Unordered, ExtremesAreThoseOfTheSerialLoop) {
    std::mt19937_64 random(7);
    in_every_pool([&](std::uint32_t) {
        for (unsigned percent : {0u, 10u, 90u, 100u}) {
            for (std::size_t n : {1u, 2u, 3u, 17u, 300u, 3000u}) {
                auto v = some_doubles(n, percent, random);
                const double least = *std::min_element(v.begin(), v.end());
                const double greatest = *std::max_element(v.begin(), v.end());
                ASSERT_PRED2(same, *veda::par(v).map(dear).min(), least);
                ASSERT_PRED2(same, *veda::par(v).map(dear).max(), greatest);
                const auto ends = *veda::par(v).map(dear).minmax();
                ASSERT_PRED2(same, ends.first, least);
                ASSERT_PRED2(same, ends.second, greatest);
                ASSERT_PRED2(same, *veda::par(v).min_by([](double a, double b) { return a < b; }), least);
                ASSERT_PRED2(same, *veda::par(v).max_by_key([](double x) { return dear(x); }), greatest);
                ASSERT_PRED2(same, *veda::par(v).min_ref(std::less<>{}, dear), least);
                ASSERT_PRED2(same, *veda::min_element(v.begin(), v.end()), least);
                ASSERT_EQ(veda::max_element(v.begin(), v.end()) - v.begin(),
                          std::max_element(v.begin(), v.end()) - v.begin());
                ASSERT_PRED2(same, *veda::minmax_element(v.begin(), v.end()).second, greatest);
            }
        }
    });
}

// A comparison that gives NaN a place is followed: here it is greater than all.
TEST(Unordered, AComparisonMayGiveThemAPlace) {
    std::mt19937_64 random(8);
    const auto nan_last = [](double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; };
    in_every_pool([&](std::uint32_t) {
        for (unsigned percent : {10u, 90u, 100u}) {
            const auto v = some_doubles(3000, percent, random);
            EXPECT_PRED2(same, *veda::par(v).map(dear).min(nan_last),
                         *std::min_element(v.begin(), v.end(), nan_last));
            EXPECT_PRED2(same, *veda::par(v).map(dear).max(nan_last),
                         *std::max_element(v.begin(), v.end(), nan_last));
        }
    });
}

TEST(Unordered, AmongEqualsMinIsTheFirstAndMaxTheLast) {
    in_every_pool([](std::uint32_t) {
        const auto items = [] {
            return veda::par(0, 3000).map(slowly).map([](int i) { return std::pair(double(i % 10), i); });
        };
        EXPECT_EQ(items().min_by_key([](const auto& x) { return x.first; })->second, 0);
        EXPECT_EQ(items().max_by_key([](const auto& x) { return x.first; })->second, 2999);
        const auto ends = items().minmax(std::less<>{}, [](const auto& x) { return x.first; });
        EXPECT_EQ(ends->first.second, 0);
        EXPECT_EQ(ends->second.second, 2999);
    });
}

TEST(Unordered, AKeyIsComputedOnceAnItem) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> asked{0};
        const auto key = [&](const int& x) {
            asked.fetch_add(1, std::memory_order_relaxed);
            return std::to_string(x % 77);
        };
        const std::vector<int> v = numbers(3000);
        EXPECT_EQ(veda::par(v).min_by_key(key), 0);
        EXPECT_EQ(asked.exchange(0), 3000);
        EXPECT_EQ(veda::par(v).map(slowly).max_by_key(key), 86);
        EXPECT_EQ(asked.exchange(0), 3000);
        EXPECT_EQ(veda::par(v).minmax(std::less<>{}, key)->first, 0);
        EXPECT_EQ(asked.exchange(0), 3000);
        EXPECT_EQ(*veda::par(v).min_ref(std::less<>{}, key), 0);
        EXPECT_EQ(asked.exchange(0), 3000);
    });
}

// Keys that are references: into an item that stays where it is, and into one that moves.
TEST(Unordered, AKeyMayBeAReference) {
    in_every_pool([](std::uint32_t) {
        struct person {
            std::string name;
            int age;
        };
        std::vector<person> people;
        for (int i = 0; i < 1000; ++i) people.push_back({std::to_string(i % 100) + " of a long name", i});
        EXPECT_EQ(veda::par(people).min_by_key(&person::name)->age, 0);
        EXPECT_EQ(veda::par(people).max_by_key(&person::name)->age, 999);
        EXPECT_EQ(veda::par(people).map([](person p) { return p; }).max_by_key(&person::name)->age, 999);
        const auto [least, greatest] = veda::par(people).minmax_ref(std::less<>{}, &person::name);
        EXPECT_EQ(least, &people.front());
        EXPECT_EQ(greatest, &people.back());
        EXPECT_EQ(veda::par(people).find_last_ref([](const person& p) { return p.age < 5; }), &people[4]);
        EXPECT_EQ(veda::par(people).find_first_ref([](const person& p) { return p.age < 0; }), nullptr);
    });
}

}  // namespace
