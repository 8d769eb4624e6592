// algorithm_in_place_test.cpp: the algorithms that move elements, merge, search and compare, against those of
// the standard; sizes around the blocks they work in.
#include "support.hpp"
#include "support/effort.hpp"

#include <veda/algorithm.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

// Numbers with many equal neighbours, in pools of several sizes.
template <class F>
void inputs(F&& check) {
    std::mt19937_64 random(seed());
    in_every_pool([&](std::uint32_t workers) {
        for (std::size_t n : {0, 1, 2, 5, 4095, 4096, 4097, 9000, 40'000}) {
            SCOPED_TRACE(std::to_string(n) + " items, " + std::to_string(workers) + " workers");
            ints v(n);
            int last = 0;
            for (int& x : v) x = last = random() % 3 == 0 ? static_cast<int>(random() % 10) : last;
            check(v);
        }
    });
}

bool odd(const int& x) { return x % 2 != 0; }

// f on a copy of v; the elements up to the end that it gives.
template <class C, class F>
C left_by(const C& v, F f) {
    C copy = v;
    copy.erase(f(copy), copy.end());
    return copy;
}

TEST(InPlace, RemovesAndMakesUnique) {
    inputs([](const ints& v) {
        EXPECT_EQ(left_by(v, [](ints& c) { return veda::remove_if(c.begin(), c.end(), odd); }),
                  left_by(v, [](ints& c) { return std::remove_if(c.begin(), c.end(), odd); }));
        EXPECT_EQ(left_by(v, [](ints& c) { return veda::remove(c.begin(), c.end(), 3); }),
                  left_by(v, [](ints& c) { return std::remove(c.begin(), c.end(), 3); }));
        EXPECT_EQ(left_by(v, [](ints& c) { return veda::unique(c.begin(), c.end()); }),
                  left_by(v, [](ints& c) { return std::unique(c.begin(), c.end()); }));
        const auto same_half = [](int a, int b) { return a / 5 == b / 5; };
        EXPECT_EQ(left_by(v, [&](ints& c) { return veda::unique(c.begin(), c.end(), same_half); }),
                  left_by(v, [&](ints& c) { return std::unique(c.begin(), c.end(), same_half); }));
        const ints equal(v.size(), 7);
        EXPECT_EQ(left_by(equal, [](ints& c) { return veda::unique(c.begin(), c.end()); }),
                  ints(v.empty() ? 0 : 1, 7));
        const std::deque<int> deque(v.begin(), v.end());
        EXPECT_EQ(left_by(deque, [](auto& c) { return veda::remove_if(c.begin(), c.end(), odd); }),
                  left_by(deque, [](auto& c) { return std::remove_if(c.begin(), c.end(), odd); }));
    });
}

TEST(InPlace, Partitions) {
    inputs([](const ints& v) {
        ints ours = v, theirs = v;
        const auto border = veda::stable_partition(ours.begin(), ours.end(), odd);
        EXPECT_EQ(border - ours.begin(),
                  std::stable_partition(theirs.begin(), theirs.end(), odd) - theirs.begin());
        EXPECT_EQ(ours, theirs);
        EXPECT_TRUE(veda::is_partitioned(ours.begin(), ours.end(), odd));
        EXPECT_EQ(veda::is_partitioned(v.begin(), v.end(), odd),
                  std::is_partitioned(v.begin(), v.end(), odd));
        // Elements that cannot be copied.
        std::vector<std::unique_ptr<int>> owned;
        for (int x : v) owned.push_back(std::make_unique<int>(x));
        const auto middle = veda::partition(owned.begin(), owned.end(), [](auto& p) { return odd(*p); });
        EXPECT_EQ(middle - owned.begin(), border - ours.begin());
        EXPECT_TRUE(std::all_of(owned.begin(), middle, [](auto& p) { return odd(*p); }));
        EXPECT_TRUE(std::none_of(middle, owned.end(), [](auto& p) { return odd(*p); }));
    });
}

TEST(InPlace, AThrowingPredicateLosesNothing) {
    in_every_pool([](std::uint32_t) {
        std::vector<counted> v;
        for (int i = 0; i < 10'000; ++i) v.emplace_back(i);
        const auto throws = [](const counted& x) {
            if (x.value() == 7777) throw std::runtime_error("no");
            return x.value() % 2 == 0;
        };
        const long alive = counted::alive();
        EXPECT_EQ(thrown_by([&] { veda::stable_partition(v.begin(), v.end(), throws); }), "no");
        EXPECT_EQ(counted::alive(), alive);
        EXPECT_EQ(thrown_by([&] { veda::remove_if(v.begin(), v.end(), throws); }), "no");
        EXPECT_EQ(counted::alive(), alive);
    });
    EXPECT_EQ(counted::alive(), 0);
}

TEST(InPlace, SwapsAndRotates) {
    inputs([](const ints& v) {
        for (std::size_t by : {std::size_t{0}, v.size() / 3, v.size()}) {
            ints ours = v, theirs = v;
            const auto middle = static_cast<std::ptrdiff_t>(by);
            EXPECT_EQ(veda::rotate(ours.begin(), ours.begin() + middle, ours.end()) - ours.begin(),
                      std::rotate(theirs.begin(), theirs.begin() + middle, theirs.end()) - theirs.begin());
            EXPECT_EQ(ours, theirs);
            ints out(v.size());
            EXPECT_TRUE(veda::rotate_copy(v.begin(), v.begin() + middle, v.end(), out.begin()) == out.end());
            EXPECT_EQ(out, theirs);
        }
        ints a = v, b(v.rbegin(), v.rend());
        EXPECT_TRUE(veda::swap_ranges(a.begin(), a.end(), b.begin()) == b.end());
        EXPECT_EQ(b, v);
        EXPECT_EQ(a, ints(v.rbegin(), v.rend()));
        veda::reverse_copy(v.begin(), v.end(), b.begin());
        EXPECT_EQ(b, a);
    });
}

TEST(Merge, IsStable) {
    std::mt19937_64 random(seed());
    using entry = std::pair<int, int>;
    const auto less = [](const entry& a, const entry& b) { return a.first < b.first; };
    in_every_pool([&](std::uint32_t) {
        for (std::size_t n : {0, 1, 100, 5000, 30'000}) {
            for (std::size_t m : {0, 1, 20'000}) {
                std::vector<entry> a(n), b(m);
                for (auto& x : a) x = {static_cast<int>(random() % 50), 0};
                for (auto& x : b) x = {static_cast<int>(random() % 50), 1};
                std::sort(a.begin(), a.end());
                std::sort(b.begin(), b.end());
                std::vector<entry> ours(n + m), theirs(n + m);
                EXPECT_TRUE(veda::merge(a.begin(), a.end(), b.begin(), b.end(), ours.begin(), less) ==
                            ours.end());
                std::merge(a.begin(), a.end(), b.begin(), b.end(), theirs.begin(), less);
                EXPECT_EQ(ours, theirs);
            }
        }
    });
}

TEST(Search, FindsRangesInRanges) {
    inputs([](const ints& v) {
        const std::vector<ints> wanted{{}, {3}, {3, 3}, {1, 2}, {4, 4, 4, 9}, ints(v.begin(), v.end()),
                                       ints(v.size() + 1)};
        for (const ints& w : wanted) {
            EXPECT_EQ(veda::search(v.begin(), v.end(), w.begin(), w.end()),
                      std::search(v.begin(), v.end(), w.begin(), w.end()));
            EXPECT_EQ(veda::find_end(v.begin(), v.end(), w.begin(), w.end()),
                      std::find_end(v.begin(), v.end(), w.begin(), w.end()));
            const auto some = w.begin() + std::min(std::ssize(w), std::ptrdiff_t{3});
            EXPECT_EQ(veda::find_first_of(v.begin(), v.end(), w.begin(), some),
                      std::find_first_of(v.begin(), v.end(), w.begin(), some));
            EXPECT_EQ(veda::lexicographical_compare(v.begin(), v.end(), w.begin(), w.end()), v < w);
            EXPECT_EQ(veda::lexicographical_compare(w.begin(), w.end(), v.begin(), v.end()), w < v);
        }
        ints more = v;
        more.push_back(1);
        EXPECT_TRUE(veda::lexicographical_compare(v.begin(), v.end(), more.begin(), more.end()));
    });
}

TEST(Scans, OfAFunction) {
    inputs([](const ints& v) {
        const auto square = [](int x) { return std::int64_t{x} * x; };
        std::vector<std::int64_t> ours(v.size()), theirs(v.size());
        const auto same = [&] {
            EXPECT_EQ(ours, theirs);
            std::ranges::fill(ours, -1);
        };
        const std::plus<> plus;
        veda::transform_inclusive_scan(v.begin(), v.end(), ours.begin(), plus, square);
        std::transform_inclusive_scan(v.begin(), v.end(), theirs.begin(), plus, square);
        same();
        veda::transform_inclusive_scan(v.begin(), v.end(), ours.begin(), plus, square, std::int64_t{9});
        std::transform_inclusive_scan(v.begin(), v.end(), theirs.begin(), plus, square, std::int64_t{9});
        same();
        veda::transform_exclusive_scan(v.begin(), v.end(), ours.begin(), std::int64_t{9}, plus, square);
        std::transform_exclusive_scan(v.begin(), v.end(), theirs.begin(), std::int64_t{9}, plus, square);
        same();
        ints a(v.size()), b(v.size());
        EXPECT_TRUE(veda::adjacent_difference(v.begin(), v.end(), a.begin()) == a.end());
        std::adjacent_difference(v.begin(), v.end(), b.begin());
        EXPECT_EQ(a, b);
        EXPECT_TRUE(veda::copy_n(v.begin(), v.size(), a.begin()) == a.end());
        EXPECT_EQ(a, v);
        EXPECT_TRUE(veda::fill_n(a.begin(), a.size(), 5) == a.end());
        EXPECT_EQ(a, ints(v.size(), 5));
    });
}

}  // namespace
