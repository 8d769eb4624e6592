// algorithm_test.cpp: the algorithms with iterator pairs against those of the standard library.
#include "cxx/support.hpp"

#include <veda/algorithm.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace veda::test;

int slowly(int x) {
    if (x % 8 == 3) busy();
    return x;
}
bool odd(int x) { return slowly(x) % 2 != 0; }

// Every short length, and some that take several blocks of a scan.
template <class F>
void sweep(F&& check) {
    in_every_pool([&](std::uint32_t workers) {
        auto all = lengths();
        all.insert(all.end(), {4095, 4096, 4097, 20'000});
        for (int n : all) {
            SCOPED_TRACE(std::to_string(n) + " items, " + std::to_string(workers) + " workers");
            std::vector<int> v(static_cast<std::size_t>(n));
            for (int i = 0; i < n; ++i) v[static_cast<std::size_t>(i)] = (i * 37) % 101;
            check(n, v);
        }
    });
}

TEST(Algorithm, VisitsAndWrites) {
    sweep([](int n, const std::vector<int>& v) {
        std::vector<int> out(v.size(), -1);
        const auto twice = [](int x) { return 2 * slowly(x); };
        ASSERT_EQ(veda::transform(v.begin(), v.end(), out.begin(), twice), out.end());
        for (std::size_t i = 0; i < v.size(); ++i) ASSERT_EQ(out[i], 2 * v[i]);
        ASSERT_EQ(veda::transform(v.begin(), v.end(), out.begin(), out.begin(), std::plus<>{}),
                  out.end());
        for (std::size_t i = 0; i < v.size(); ++i) ASSERT_EQ(out[i], 3 * v[i]);
        veda::for_each(out.begin(), out.end(), [](int& x) { x = slowly(x) / 3; });
        ASSERT_EQ(out, v);
        ASSERT_EQ(veda::for_each_n(out.begin(), n / 2, [](int& x) { x = 7; }), out.begin() + n / 2);
        ASSERT_EQ(std::count(out.begin(), out.end(), 7),
                  n / 2 + std::count(v.begin() + n / 2, v.end(), 7));
        veda::fill(out.begin(), out.end(), 5);
        ASSERT_TRUE(std::ranges::all_of(out, [](int x) { return x == 5; }));
        veda::generate(out.begin(), out.end(), [] { return slowly(3); });
        ASSERT_TRUE(std::ranges::all_of(out, [](int x) { return x == 3; }));
        ASSERT_EQ(veda::copy(v.begin(), v.end(), out.begin()), out.end());
        ASSERT_EQ(out, v);
        auto expected = v;
        veda::replace(out.begin(), out.end(), 50, -50);
        veda::replace_if(out.begin(), out.end(), odd, 1);
        std::ranges::replace(expected, 50, -50);
        std::ranges::replace_if(expected, odd, 1);
        ASSERT_EQ(out, expected);
        veda::reverse(out.begin(), out.end());
        std::ranges::reverse(expected);
        ASSERT_EQ(out, expected);
    });
    std::vector<int> two{1, 2};
    EXPECT_EQ(veda::for_each_n(two.begin(), -1, [](int) {}), two.begin());
}

TEST(Algorithm, Reduces) {
    sweep([](int, const std::vector<int>& v) {
        const long sum = std::accumulate(v.begin(), v.end(), 0L);
        ASSERT_EQ(veda::reduce(v.begin(), v.end()), sum);
        ASSERT_EQ(veda::reduce(v.begin(), v.end(), 3L), sum + 3);
        ASSERT_EQ(veda::transform_reduce(v.begin(), v.end(), v.begin(), 1L),
                  std::inner_product(v.begin(), v.end(), v.begin(), 1L));
        // A concatenation shows a wrong order, and an initial value that is used twice.
        const auto text = [](int x) { return std::to_string(slowly(x)) + ","; };
        std::string joined = "start,";
        for (int x : v) joined += std::to_string(x) + ",";
        ASSERT_EQ(veda::transform_reduce(v.begin(), v.end(), std::string("start,"), std::plus<>{}, text),
                  joined);
        ASSERT_EQ(veda::reduce(v.begin(), v.end(), 0.5, std::plus<>{}), static_cast<double>(sum) + 0.5);
        ASSERT_EQ(veda::count_if(v.begin(), v.end(), odd), std::ranges::count_if(v, odd));
        ASSERT_EQ(veda::count(v.begin(), v.end(), 50), std::ranges::count(v, 50));
    });
}

// Equal elements are told apart by where they are.
TEST(Algorithm, FindsTheExtremesThatTheStandardNames) {
    sweep([](int n, const std::vector<int>& v) {
        const auto by_tens = [](int a, int b) { return slowly(a) / 10 < b / 10; };
        const auto first = v.begin(), last = v.end();
        ASSERT_EQ(veda::min_element(first, last, by_tens), std::min_element(first, last, by_tens));
        ASSERT_EQ(veda::max_element(first, last, by_tens), std::max_element(first, last, by_tens));
        ASSERT_EQ(veda::minmax_element(first, last, by_tens), std::minmax_element(first, last, by_tens));
        if (n < 1000) return;
        ASSERT_EQ(veda::max_element(first, last), std::max_element(first, last));
    });
}

TEST(Algorithm, FindsTheFirst) {
    sweep([](int n, const std::vector<int>& v) {
        const auto first = v.begin(), last = v.end();
        for (int wanted : {0, 36, 50, 99, 101}) {
            ASSERT_EQ(veda::find(first, last, wanted), std::find(first, last, wanted));
        }
        for (int from : {0, n / 2, n - 1, n}) {
            if (from < 0) continue;
            std::vector<int> steps(v.size());
            std::fill(steps.begin() + from, steps.end(), 1);
            const auto is_one = [](int x) { return slowly(x + 2) == 3; };
            ASSERT_EQ(veda::find_if(steps.begin(), steps.end(), is_one) - steps.begin(), from);
            ASSERT_EQ(veda::find_if_not(steps.begin(), steps.end(), std::not_fn(is_one)) - steps.begin(),
                      from);
            ASSERT_EQ(veda::mismatch(steps.begin(), steps.end(), std::vector(v.size(), 0).begin()).first -
                          steps.begin(),
                      from);
            ASSERT_EQ(veda::equal(steps.begin(), steps.end(), std::vector(v.size(), 0).begin()),
                      from == n);
        }
        ASSERT_EQ(veda::any_of(first, last, odd), std::any_of(first, last, odd));
        ASSERT_EQ(veda::all_of(first, last, odd), std::all_of(first, last, odd));
        ASSERT_EQ(veda::none_of(first, last, odd), std::none_of(first, last, odd));
        const auto tens = [](int a, int b) { return slowly(a) / 30 == b / 30; };
        ASSERT_EQ(veda::adjacent_find(first, last, tens), std::adjacent_find(first, last, tens));
        ASSERT_EQ(veda::is_sorted_until(first, last), std::is_sorted_until(first, last));
        auto sorted = v;
        std::ranges::sort(sorted);
        ASSERT_TRUE(veda::is_sorted(sorted.begin(), sorted.end()));
        ASSERT_EQ(veda::is_sorted(sorted.rbegin(), sorted.rend()),
                  sorted.empty() || sorted.front() == sorted.back());
        ASSERT_FALSE(veda::equal(first, last, v.begin(), v.begin() + n / 2) && n > 0);
        ASSERT_TRUE(veda::equal(first, last, v.begin(), v.end()));
        ASSERT_EQ(veda::mismatch(first, last, v.begin(), v.begin() + n / 2).second, v.begin() + n / 2);
    });
}

TEST(Algorithm, Scans) {
    sweep([](int n, const std::vector<int>& v) {
        std::vector<long> out(v.size()), expected(v.size());
        ASSERT_EQ(veda::inclusive_scan(v.begin(), v.end(), out.begin()), out.end());
        std::inclusive_scan(v.begin(), v.end(), expected.begin());
        ASSERT_EQ(out, expected);
        veda::inclusive_scan(v.begin(), v.end(), out.begin(), std::plus<>{}, 100L);
        std::inclusive_scan(v.begin(), v.end(), expected.begin(), std::plus<>{}, 100L);
        ASSERT_EQ(out, expected);
        out.assign(v.begin(), v.end());
        ASSERT_EQ(veda::exclusive_scan(out.begin(), out.end(), out.begin(), 5L), out.end());  // in place
        std::exclusive_scan(v.begin(), v.end(), expected.begin(), 5L);
        ASSERT_EQ(out, expected);
        // Not commutative: every result tells the order of what went into it.
        const auto last_of = [](int a, int b) { return b % 7 == 0 ? a : b; };
        std::vector<int> kept(v.size()), expected_kept(v.size());
        veda::inclusive_scan(v.begin(), v.end(), kept.begin(), last_of);
        std::inclusive_scan(v.begin(), v.end(), expected_kept.begin(), last_of);
        ASSERT_EQ(kept, expected_kept);
        if (n > 300) return;
        std::vector<std::string> names, out_names(v.size()), expected_names(v.size());
        for (int x : v) names.push_back(std::to_string(x));
        veda::exclusive_scan(names.begin(), names.end(), out_names.begin(), std::string("<"));
        std::exclusive_scan(names.begin(), names.end(), expected_names.begin(), std::string("<"),
                            std::plus<>{});
        ASSERT_EQ(out_names, expected_names);
    });
}

TEST(Algorithm, Packs) {
    sweep([](int, const std::vector<int>& v) {
        std::vector<int> out(v.size(), -1), expected(v.size(), -1);
        const auto first = v.begin(), last = v.end();
        const auto check = [&](auto end, auto expected_end) {
            ASSERT_EQ(end - out.begin(), expected_end - expected.begin());
            ASSERT_EQ(out, expected);  // and nothing behind the end was written
        };
        check(veda::copy_if(first, last, out.begin(), odd),
              std::copy_if(first, last, expected.begin(), odd));
        check(veda::remove_copy_if(first, last, out.begin(), odd),
              std::remove_copy_if(first, last, expected.begin(), odd));
        check(veda::remove_copy(first, last, out.begin(), 37),
              std::remove_copy(first, last, expected.begin(), 37));
        const auto same = [](int a, int b) { return slowly(a) / 40 == b / 40; };
        check(veda::unique_copy(first, last, out.begin(), same),
              std::unique_copy(first, last, expected.begin(), same));
        std::vector<int> no(v.size(), -1), expected_no(v.size(), -1);
        const auto ends = veda::partition_copy(first, last, out.begin(), no.begin(), odd);
        const auto expected_ends =
            std::partition_copy(first, last, expected.begin(), expected_no.begin(), odd);
        check(ends.first, expected_ends.first);
        ASSERT_EQ(ends.second - no.begin(), expected_ends.second - expected_no.begin());
        ASSERT_EQ(no, expected_no);
    });
}

TEST(Algorithm, TakesOtherIteratorsAndElements) {
    const std::deque<int> deque{4, 1, 3};
    int plain[3] = {};
    EXPECT_EQ(veda::copy(deque.begin(), deque.end(), plain), plain + 3);
    EXPECT_EQ(veda::reduce(plain, plain + 3), 8);
    std::vector<std::unique_ptr<int>> own;
    for (int i = 0; i < 100; ++i) own.push_back(std::make_unique<int>(i));
    veda::reverse(own.begin(), own.end());
    const auto less = [](const auto& a, const auto& b) { return *a < *b; };
    EXPECT_EQ(veda::max_element(own.begin(), own.end(), less), own.begin());
    EXPECT_EQ(veda::find_if(own.begin(), own.end(), [](const auto& p) { return *p == 9; }) - own.begin(),
              90);
    std::vector<std::string> texts(1000);
    veda::fill(texts.begin(), texts.end(), std::string(40, 'x'));  // too large to be carried along
    EXPECT_EQ(veda::count(texts.begin(), texts.end(), std::string(40, 'x')), 1000);
    const std::vector<bool> bits{true, false, true};
    EXPECT_EQ(veda::count(bits.begin(), bits.end(), true), 2);
    static_assert(!veda::parallel_output<std::vector<bool>::iterator>);
}

TEST(Algorithm, GivesUpWhatLiesBehindTheFirst) {
    in_every_pool([](std::uint32_t) {
        const auto all = std::vector<char>(10'000'000, 1);
        std::atomic<int> looked{0};
        const auto count = [&](char) { return looked.fetch_add(1, std::memory_order_relaxed) == 100; };
        veda::find_if(all.begin(), all.end(), count);
        EXPECT_LT(looked, 3'000'000);
    });
}

TEST(Algorithm, ThrowsWhatACallbackThrows) {
    in_every_pool([](std::uint32_t) {
        const std::vector<int> v(10'000, 1);
        std::vector<counted> made;
        for (int i = 0; i < 5000; ++i) made.emplace_back(1);
        std::vector<int> out(v.size());
        const auto fail = [](int) -> bool { throw std::runtime_error("no"); };
        EXPECT_EQ(thrown_by([&] { veda::find_if(v.begin(), v.end(), fail); }), "no");
        EXPECT_EQ(thrown_by([&] { veda::copy_if(v.begin(), v.end(), out.begin(), fail); }), "no");
        EXPECT_EQ(thrown_by([&] { veda::transform(v.begin(), v.end(), out.begin(), fail); }), "no");
        const long before = counted::alive();
        for (int after : {1, 3, 2000, 4000}) {
            // The first few copies are those of the blocks; then the operation fails.
            counted::throw_after() = after;
            std::atomic<int> left{after};
            const auto add = [&](const counted& a, const counted& b) {
                if (--left == 0) throw std::runtime_error("add");
                return counted(a.value() + b.value());
            };
            const auto scan = [&] { veda::inclusive_scan(made.begin(), made.end(), made.begin(), add); };
            EXPECT_NE(thrown_by(scan), "");
            counted::throw_after() = 0;
        }
        EXPECT_EQ(counted::alive(), before);
    });
}

}  // namespace
