// sort_test.cpp: sorts against those of the standard, over many kinds of input, elements and orders; what a
// throwing order leaves behind.
#include "support.hpp"
#include "support/effort.hpp"

#include <veda/sort.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace veda::test;

// n numbers of one kind of disorder.
template <class T>
std::vector<T> input(int kind, std::size_t n, std::mt19937_64& random) {
    std::vector<T> v(n);
    for (std::size_t i = 0; i < n; ++i) {
        switch (kind) {
            case 0:
                v[i] = static_cast<T>(random());
                break;  // random
            case 1:
                v[i] = static_cast<T>(i);
                break;  // sorted
            case 2:
                v[i] = static_cast<T>(n - i);
                break;  // backwards
            case 3:
                v[i] = static_cast<T>(random() % 5);
                break;  // few distinct
            case 4:
                v[i] = static_cast<T>(random() % 50 == 0 ? random() : i);
                break;  // almost sorted
            case 5:
                v[i] = static_cast<T>(i % 1000);
                break;  // a saw
            case 6:
                v[i] = static_cast<T>(7);
                break;  // all equal
            case 7:
                v[i] = static_cast<T>(i < n / 2 ? i : n - i);
                break;  // up and down
            case 8:
                v[i] = static_cast<T>(i < n / 2 ? i : i - n / 2);
                break;  // sorted twice
            case 9:
                v[i] = static_cast<T>(i >= n / 3 && i < n / 3 + n / 40 ? n + random() % n : i);
                break;  // almost sorted, what stands out stands together
            case 10:
                v[i] = static_cast<T>(random() % 50 == 0 ? i + 3 : i);
                break;  // sorted but for short distances
            case 11:
                v[i] = static_cast<T>(i < n - n / 30 ? i : random() % n);
                break;  // sorted, and some more
            case 12:
                v[i] = static_cast<T>(std::exp2(static_cast<double>(random() >> 11) * 0x1p-53 *
                                                (8 * sizeof(T) - 2)));
                break;  // crowded at the low end
            default:
                v[i] = static_cast<T>(1ull << (random() % (8 * sizeof(T) - 1)));  // very uneven
        }
    }
    return v;
}
constexpr int kinds = 14;

std::vector<std::size_t> sizes() {
    return {0, 1, 2, 3, 20, 21, 24, 25, 63, 128, 129, 257, 2048, 2049, 8191, 8192, 8193, 20'000, 140'000};
}

template <class T>
void check_numbers() {
    std::mt19937_64 random(seed());
    for (std::uint32_t workers : {1u, 3u}) {
        veda::runtime pool(veda::config{}.workers(workers));
        pool.run([&] {
            for (std::size_t n : sizes()) {
                for (int kind = 0; kind < kinds; ++kind) {
                    SCOPED_TRACE(std::to_string(n) + " of kind " + std::to_string(kind));
                    const std::vector<T> in = input<T>(kind, n, random);
                    std::vector<T> expected = in, v = in;
                    std::sort(expected.begin(), expected.end());
                    veda::sort(v);
                    EXPECT_EQ(v, expected);
                    v = in;
                    veda::stable_sort(v, std::greater<>{});
                    EXPECT_TRUE(std::equal(v.begin(), v.end(), expected.rbegin()));
                    v = in;
                    veda::sort(v, [](T a, T b) { return a < b; });  // no order of bits
                    EXPECT_EQ(v, expected);
                    v = in;
                    veda::stable_sort(v.begin(), v.end(), [](T a, T b) { return a < b; });
                    EXPECT_EQ(v, expected);
                }
            }
        });
    }
}

TEST(Sort, Unsigned64) { check_numbers<std::uint64_t>(); }
TEST(Sort, Signed32) { check_numbers<std::int32_t>(); }
TEST(Sort, Signed8) { check_numbers<std::int8_t>(); }
TEST(Sort, Doubles) { check_numbers<double>(); }

struct record {
    std::int32_t key;
    float weight;
    std::uint32_t place;
};

// Equal elements keep their order, whichever way it goes.
TEST(Sort, StableMeansStable) {
    std::mt19937_64 random(seed());
    for (std::size_t n : sizes()) {
        std::vector<record> in(n);
        for (std::size_t i = 0; i < n; ++i) {
            in[i] = {static_cast<std::int32_t>(random() % 300) - 150,
                     random() % 3 == 0 ? -0.0f : static_cast<float>(random() % 4),
                     static_cast<std::uint32_t>(i)};
        }
        auto check = [&](auto less, auto sort) {
            std::vector<record> v = in, expected = in;
            std::stable_sort(expected.begin(), expected.end(), less);
            sort(v);
            EXPECT_TRUE(std::equal(v.begin(), v.end(), expected.begin(),
                                   [](const record& a, const record& b) { return a.place == b.place; }))
                << n;
        };
        const auto by_key = [](const record& a, const record& b) { return a.key < b.key; };
        check(by_key, [](auto& v) { veda::stable_sort(v, {}, &record::key); });
        check(by_key, [&](auto& v) { veda::stable_sort(v, by_key); });
        check(by_key, [](auto& v) { veda::stable_sort_by_key(v, [](const record& r) { return r.key; }); });
        check(by_key, [](auto& v) { veda::sort_by_cached_key(v, &record::key); });
        check([](const record& a, const record& b) { return a.weight > b.weight; },
              [](auto& v) { veda::stable_sort(v, std::greater<>{}, &record::weight); });
    }
}

TEST(Sort, TextsByTheirBytes) {
    std::mt19937_64 random(seed());
    for (std::size_t n : sizes()) {
        std::vector<std::string> in(n);
        for (auto& text : in) {
            text = "shared ";
            const std::size_t more = random() % 20;
            for (std::size_t i = 0; i < more; ++i)
                text += static_cast<char>(random() % 4 == 0 ? random() : 'a');
        }
        std::vector<std::string> expected = in, v = in;
        std::sort(expected.begin(), expected.end());
        veda::sort(v);
        EXPECT_EQ(v, expected) << n;
        v = in;
        veda::stable_sort(v, std::greater<>{});
        EXPECT_TRUE(std::equal(v.begin(), v.end(), expected.rbegin())) << n;
        std::vector<std::string_view> views(in.begin(), in.end());
        veda::sort(views);
        EXPECT_TRUE(std::equal(views.begin(), views.end(), expected.begin())) << n;
        v = in;
        veda::sort(v, std::less<>{}, &std::string::size);
        EXPECT_TRUE(
            std::is_sorted(v.begin(), v.end(), [](auto& a, auto& b) { return a.size() < b.size(); }));
    }
}

TEST(Sort, MovesWhatCannotBeCopied) {
    for (int n : {5, 100, 5000}) {
        std::deque<std::unique_ptr<int>> v;
        for (int i = 0; i < n; ++i) v.push_back(std::make_unique<int>((i * 7919) % n));
        const auto less = [](const auto& a, const auto& b) { return *a < *b; };
        veda::sort(v, less);
        for (int i = 0; i + 1 < n; ++i)
            EXPECT_LE(*v[static_cast<std::size_t>(i)], *v[static_cast<std::size_t>(i + 1)]);
        veda::stable_sort(v.rbegin(), v.rend(), less);
        for (int i = 0; i + 1 < n; ++i)
            EXPECT_GE(*v[static_cast<std::size_t>(i)], *v[static_cast<std::size_t>(i + 1)]);
        veda::sort_by_cached_key(v, [](const auto& p) { return *p; });
        EXPECT_TRUE(std::is_sorted(v.begin(), v.end(), less));
    }
}

// An order that throws after so many comparisons leaves all elements there; a stable sort leaves them as
// they were.
struct aged {
    int age;
    explicit aged(int years) : age(years) {}
};

TEST(Sort, ElementsThatAreSeldomSorted) {
    std::vector<aged> people;
    for (int i = 0; i < 20'000; ++i) people.emplace_back(i % 60 == 7 ? 3 : i);
    veda::sort(people, {}, &aged::age);
    EXPECT_TRUE(std::ranges::is_sorted(people, {}, &aged::age));
    std::array<bool, 20'000> flags{};
    for (std::size_t i = 0; i < flags.size(); i += 3) flags[i] = true;
    veda::sort(flags);
    EXPECT_TRUE(std::ranges::is_sorted(flags));
    EXPECT_EQ(std::ranges::count(flags, true), 6667);
}

TEST(Sort, AThrowingOrderLosesNothing) {
    std::mt19937_64 random(seed());
    for (std::uint32_t workers : {1u, 3u}) {
        veda::runtime pool(veda::config{}.workers(workers));
        for (std::size_t n : {std::size_t{10}, std::size_t{300}, std::size_t{9000}}) {
            for (long after : {1L, 7L, 100L, 1000L, 20'000L}) {
                std::vector<std::unique_ptr<int>> v;
                for (std::size_t i = 0; i < n; ++i)
                    v.push_back(std::make_unique<int>(static_cast<int>(random() % 1000)));
                std::vector<int*> before, now;
                for (auto& p : v) before.push_back(p.get());
                std::atomic<long> left{after};
                const auto less = [&](const auto& a, const auto& b) {
                    if (left.fetch_sub(1) == 1) throw std::runtime_error("no order");
                    return *a < *b;
                };
                const bool threw =
                    !thrown_by([&] { pool.run([&] { veda::stable_sort(v, less); }); }).empty();
                for (auto& p : v) now.push_back(p.get());
                if (threw) {
                    EXPECT_EQ(now, before);
                }
                left = after;
                (void)thrown_by([&] { pool.run([&] { veda::sort(v, less); }); });
                now.clear();
                for (auto& p : v) now.push_back(p.get());
                std::ranges::sort(now);
                std::ranges::sort(before);
                EXPECT_EQ(now, before);
            }
        }
    }
}

// The order that drives a quicksort with a median of three to its worst case (McIlroy, "A Killer Adversary
// for Quicksort", 1999).
TEST(Sort, CannotBeDrivenToTheSquare) {
    constexpr int n = 20'000, gas = n;
    std::vector<int> value(n, gas), v(n);
    for (int i = 0; i < n; ++i) v[static_cast<std::size_t>(i)] = i;
    int solid = 0, candidate = 0;
    std::uint64_t comparisons = 0;
    const auto less = [&](int x, int y) {
        ++comparisons;
        int& a = value[static_cast<std::size_t>(x)];
        int& b = value[static_cast<std::size_t>(y)];
        if (a == gas && b == gas) (x == candidate ? a : b) = solid++;
        if (a == gas) {
            candidate = x;
        } else if (b == gas) {
            candidate = y;
        }
        return a < b;
    };
    veda::runtime pool(veda::config{}.workers(1));
    pool.run([&] { veda::sort(v, less); });
    EXPECT_LT(comparisons, 4'000'000u);
}

TEST(Sort, AcceptsBothZerosAndInfinities) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> v;
    for (int i = 0; i < 10'000; ++i)
        v.push_back(i % 5 == 0   ? -0.0
                    : i % 5 == 1 ? 0.0
                    : i % 5 == 2 ? -infinity
                    : i % 5 == 3 ? infinity
                                 : i);
    std::vector<double> expected = v;
    std::stable_sort(expected.begin(), expected.end());
    veda::stable_sort(v);
    EXPECT_TRUE(std::equal(v.begin(), v.end(), expected.begin(), [](double a, double b) {
        return a == b && std::signbit(a) == std::signbit(b);
    }));
}

}  // namespace
