// views_test.cpp: chains written as pipes give what the member forms give, and standard views are sources.
#include "cxx/support.hpp"

#include <veda/views.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <functional>
#include <numeric>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace {

using namespace veda::test;
namespace views = veda::views;

int slowly(int x) {
    if (x % 8 == 3) busy();
    return x;
}
bool odd(int x) { return x % 2 != 0; }

TEST(Views, EntersByPipe) {
    std::vector<int> v{1, 2, 3};
    EXPECT_EQ((v | veda::par).sum(), 6);
    EXPECT_EQ((std::span(v) | veda::par).map([](int x) { return x * x; }).sum(), 14);
    // An lvalue is borrowed, an rvalue gives its elements away, as with par(...).
    (v | veda::par).for_each([](int& x) { ++x; });
    EXPECT_EQ(v, (std::vector{2, 3, 4}));
    std::vector<std::unique_ptr<int>> own;
    own.push_back(std::make_unique<int>(7));
    const auto value = [](std::unique_ptr<int> p) { return *p; };
    EXPECT_EQ(std::move(own) | veda::par | views::map(value) | veda::sum(), 7);
}

TEST(Views, GiveWhatTheMembersGive) {
    in_every_pool([](std::uint32_t) {
        for (int n : lengths()) {
            std::vector<int> v(static_cast<std::size_t>(n));
            for (int i = 0; i < n; ++i) v[static_cast<std::size_t>(i)] = (i * 37) % 101;
            auto slow = [&] { return v | veda::par | views::transform(slowly); };
            std::vector<int> kept;
            std::copy_if(v.begin(), v.end(), std::back_inserter(kept), odd);
            const long total = std::accumulate(v.begin(), v.end(), 0L);
            ASSERT_EQ(slow() | views::filter(odd) | veda::to<std::vector>(), kept);
            ASSERT_EQ(slow() | views::filter(odd) | veda::collect<std::list<long>>(),
                      std::list<long>(kept.begin(), kept.end()));
            ASSERT_EQ(slow() | veda::sum<long>(), total);
            ASSERT_EQ(slow() | veda::reduce(0, std::plus<>{}), total);
            ASSERT_EQ(slow() | veda::count(), v.size());
            ASSERT_EQ(slow() | veda::any_of([](int x) { return x == 50; }),
                      std::ranges::find(v, 50) != v.end());
            ASSERT_EQ((slow() | veda::max()).value_or(-1), n == 0 ? -1 : *std::ranges::max_element(v));
        }
    });
}

TEST(Views, HaveAStepForEachMember) {
    std::vector<int> v{5, 3, 8, 1};
    const std::vector<int> w{1, 1, 2};
    const auto plus = std::plus<>{};
    EXPECT_EQ(v | veda::par | views::cloned() | veda::product(), 120);
    EXPECT_EQ(v | veda::par | veda::product<long>(), 120);
    EXPECT_EQ(v | veda::par | veda::min(), 1);
    EXPECT_EQ(v | veda::par | veda::max(std::greater<>{}, [](int x) { return x % 5; }), 5);
    EXPECT_EQ(v | veda::par | veda::reduce_with(plus), 17);
    EXPECT_TRUE(v | veda::par | veda::all_of([](int x) { return x > 0; }));
    EXPECT_TRUE(v | veda::par | veda::none_of([](int x) { return x > 8; }));
    EXPECT_EQ(v | veda::par | veda::find_any([](int x) { return x > 5; }), 8);
    EXPECT_EQ(v | veda::par | views::fold(0, plus) | veda::sum(), 17);
    const auto product = [](auto pair) { return static_cast<int>(pair.first) * pair.second; };
    EXPECT_EQ(v | veda::par | views::enumerate() | views::map(product) | veda::sum(), 3 + 16 + 3);
    EXPECT_EQ(v | veda::par | views::zip(w) | views::map(product) | veda::sum(), 5 + 3 + 16);
    EXPECT_EQ(v | veda::par | views::zip(veda::par(0, 10)) | veda::count(), 4u);
    EXPECT_EQ(v | veda::par | views::zip(std::vector{1, 2}) | veda::count(), 2u);
    EXPECT_EQ(v | veda::par | views::chunks(3) | veda::count(), 2u);
    const auto first = [](std::span<int> s) { return s[0]; };
    EXPECT_EQ(v | veda::par | views::chunk(1) | views::map(first) | veda::sum(), 17);
    EXPECT_EQ((v | veda::par | views::with_min_len(3) | views::with_max_len(5)).limits().min, 3u);
    EXPECT_EQ((v | veda::par | views::with_min_len(3) | views::with_max_len(5)).limits().max, 5u);
    EXPECT_TRUE((v | veda::par | views::stop_on_throw()).limits().stop_on_throw);
    int calls = 0;
    const auto hook = [&calls](const veda::progress_report&) { ++calls; };
    EXPECT_EQ(v | veda::par | views::stop_on(std::stop_token()) | views::progress(hook) | veda::count(), 4u);
    EXPECT_EQ(calls, 1);
    std::atomic<int> seen{0};
    v | veda::par | views::inspect([&](int) { ++seen; }) | veda::for_each([&](int x) { seen += x; });
    EXPECT_EQ(seen, 4 + 17);
}

// Each step against what it must give; what the members do is tested with them.
TEST(Views, HaveAStepForEachMemberOfTheGroups) {
    const std::vector<int> v{5, 3, 8, 1};
    const std::vector<int> w{1, 1, 2};
    auto list = [](auto&& chain) { return std::move(chain) | veda::to<std::vector>(); };
    using ints = std::vector<int>;
    const auto is_odd = [](int x) { return x % 2 != 0; };
    const auto add = [](int& state, int x) { return state + x; };
    const auto half = [](int x) { return x % 2 == 0 ? std::optional(x / 2) : std::nullopt; };
    const auto zeros = [] { return 0; };
    EXPECT_EQ(list(v | veda::par | views::cloned() | views::take(3) | views::skip(1)), (ints{3, 8}));
    EXPECT_EQ(list(v | veda::par | views::cloned() | views::drop(3)), ints{1});
    EXPECT_EQ(list(v | veda::par | views::cloned() | views::step_by(2)), (ints{5, 8}));
    EXPECT_EQ(list(v | veda::par | views::cloned() | views::stride(3) | views::rev()), (ints{1, 5}));
    EXPECT_EQ(list(v | veda::par | views::cloned() | views::reverse()), (ints{1, 8, 3, 5}));
    EXPECT_EQ(list(v | veda::par | views::filter_map(half)), ints{4});
    EXPECT_EQ(list(v | veda::par | views::map(half) | views::while_some()), ints{});
    const auto up_to = [](int x) { return veda::par(0, x); };
    EXPECT_EQ(list(veda::par(0, 3) | views::flat_map(up_to)), (ints{0, 0, 1}));
    EXPECT_EQ(list(veda::par(0, 3) | views::flat_map_seq([](int x) { return ints(2, x); })),
              (ints{0, 0, 1, 1, 2, 2}));
    const std::vector<ints> nested{{1, 2}, {3}};
    EXPECT_EQ(nested | veda::par | views::flatten() | veda::sum(), 6);
    EXPECT_EQ(nested | veda::par | views::flatten_seq() | veda::count(), 3u);
    EXPECT_EQ(nested | veda::par | views::join() | veda::count(), 3u);
    const auto times_nine = [](int& x) { x *= 9; };
    EXPECT_EQ(list(w | veda::par | views::cloned() | views::update(times_nine)), (ints{9, 9, 18}));
    EXPECT_EQ(list(w | veda::par | views::cloned() | views::intersperse(0)), (ints{1, 0, 1, 0, 2}));
    EXPECT_EQ(w | veda::par | views::cloned() | views::join_with(5) | veda::sum(), 14);
    EXPECT_EQ(w | veda::par | views::chain(v) | veda::sum(), 21);
    EXPECT_EQ(w | veda::par | views::filter(is_odd) | views::concat(v) | veda::count(), 6u);
    EXPECT_EQ(list(veda::par(0, 3) | views::interleave(veda::par(10, 12))), (ints{0, 10, 1, 11, 2}));
    EXPECT_EQ(list(veda::par(0, 3) | views::interleave_shortest(veda::par(10, 11))), (ints{0, 10, 1}));
    EXPECT_THROW(v | veda::par | views::zip_exact(w) | veda::count(), veda::error);
    EXPECT_EQ(v | veda::par | views::take_any(2) | veda::count(), 2u);
    EXPECT_EQ(v | veda::par | views::skip_any(1) | veda::count(), 3u);
    EXPECT_EQ(v | veda::par | views::take_any_while(is_odd) | veda::none_of(std::not_fn(is_odd)), true);
    EXPECT_LE(v | veda::par | views::skip_any_while(is_odd) | veda::count(), 4u);
    EXPECT_EQ(v | veda::par | views::map_with(1, add) | veda::sum(), 21);
    EXPECT_EQ(v | veda::par | views::map_init(zeros, add) | veda::sum(), 17);
    EXPECT_EQ(v | veda::par | views::fold_with(0, std::plus<>{}) | veda::sum(), 17);
    EXPECT_EQ(list(v | veda::par | views::fold_chunks(2, 0, std::plus<>{})), (ints{8, 9}));
    EXPECT_EQ(list(v | veda::par | views::fold_chunks_with(3, 0, std::plus<>{})), (ints{16, 1}));
    EXPECT_EQ(v | veda::par | views::by_uniform_blocks(2) | veda::count(), 4u);
    EXPECT_EQ(v | veda::par | views::by_exponential_blocks() | veda::sum(), 17);
    EXPECT_EQ(v | veda::par | views::positions(is_odd) | veda::sum(), 0u + 1u + 3u);
    std::atomic<int> sum{0};
    v | veda::par | veda::for_each_with(1, [&](int& one, int x) { sum += one + x; });
    v | veda::par | veda::for_each_init(zeros, [&](int& none, int x) { sum += none + x; });
    EXPECT_EQ(sum, 21 + 17);
    EXPECT_TRUE(v | veda::par | veda::contains(8));
    EXPECT_EQ(v | veda::par | veda::find_first(is_odd), 5);
    EXPECT_EQ(v | veda::par | veda::find_last(is_odd), 1);
    EXPECT_EQ(v | veda::par | veda::find_map_any(half), 4);
    EXPECT_EQ(v | veda::par | veda::find_map_first(half), 4);
    EXPECT_EQ(v | veda::par | veda::find_map_last(half), 4);
    EXPECT_EQ(v | veda::par | veda::position_any([](int x) { return x == 3; }), 1u);
    EXPECT_EQ(v | veda::par | veda::position_first(is_odd), 0u);
    EXPECT_EQ(v | veda::par | veda::position_last(is_odd), 3u);
    ints into{7};
    v | veda::par | veda::collect_into(into);
    EXPECT_EQ(into, v);
}

TEST(Views, MakeOneStepOfTwo) {
    const auto odd_squares = views::filter(odd) | views::transform([](int x) { return x * x; });
    const auto their_sum = odd_squares | veda::sum();
    const std::vector<int> v{1, 2, 3, 4, 5};
    EXPECT_EQ(v | veda::par | odd_squares | veda::sum(), 35);
    EXPECT_EQ(v | veda::par | their_sum, 35);
    EXPECT_EQ(v | veda::par | their_sum, 35);  // a step is not used up
}

// A chain with a name is run again and again, as with the member forms.
TEST(Views, RunAChainThatHasAName) {
    auto chain = veda::par(0, 10) | views::map(slowly);
    EXPECT_EQ(chain | veda::sum(), 45);
    EXPECT_EQ(chain | veda::count(), 10u);
    EXPECT_EQ(std::move(chain) | views::filter(odd) | veda::count(), 5u);
}

TEST(Views, KeepCallablesThatCannotBeCopied) {
    auto thrice = [p = std::make_unique<int>(3)](int x) { return x * *p; };
    EXPECT_EQ(veda::par(0, 4) | views::map(std::move(thrice)) | veda::sum(), 18);
}

#if !defined(__clang__) || __clang_major__ >= 16  // older ones cannot compile libstdc++'s views
TEST(Views, EnterFromStandardViews) {
    std::vector<int> v(100);
    std::iota(v.begin(), v.end(), 0);
    const auto twice = [](int x) { return 2 * x; };
    in_every_pool([&](std::uint32_t) {
        EXPECT_EQ(std::views::iota(0, 100) | veda::par | views::map(slowly) | veda::sum(), 4950);
        EXPECT_EQ(v | std::views::transform(twice) | veda::par | views::map(slowly) | veda::sum(), 9900);
        EXPECT_EQ(v | std::views::take(10) | veda::par | veda::sum(), 45);
        EXPECT_EQ(v | std::views::drop(90) | veda::par | veda::count(), 10u);
        std::vector<int> back(v.rbegin(), v.rend());
        EXPECT_EQ(v | std::views::reverse | veda::par | views::map(slowly) | veda::to<std::vector>(), back);
        EXPECT_EQ(std::views::iota(0, 50) | std::views::reverse | std::views::transform(twice) |
                      std::views::drop(1) | veda::par | veda::max(),
                  96);
        // Through a view, elements can be written to.
        v | std::views::take(50) | veda::par | veda::for_each([](int& x) { x = -x; });
        EXPECT_EQ(std::accumulate(v.begin(), v.end(), 0), 4950 - 2 * 1225);
        v | std::views::take(50) | veda::par | veda::for_each([](int& x) { x = -x; });
    });
}
#endif

TEST(Views, HaveTheLaterConsumersToo) {
    const std::vector<int> v{3, 1, 2};
    EXPECT_EQ((v | veda::par | veda::inclusive_scan()), (std::vector<int>{3, 4, 6}));
    EXPECT_EQ((v | veda::par | veda::exclusive_scan(10)), (std::vector<int>{10, 13, 14}));
    EXPECT_EQ((v | veda::par | veda::pack([](int x) { return x > 1; })), (std::vector<int>{3, 2}));
    EXPECT_EQ((v | veda::par | veda::partition([](int x) { return x > 1; })).second, std::vector<int>{1});
    EXPECT_EQ((v | veda::par | veda::histogram(4)), (std::vector<std::uint64_t>{0, 1, 1, 1}));
    EXPECT_TRUE((v | veda::par | veda::less(std::vector<int>{3, 2})));
    EXPECT_FALSE((v | veda::par | veda::is_sorted()));
    EXPECT_TRUE((v | veda::par | veda::try_for_each([](int x) { return x > 0; })));
    EXPECT_EQ((v | veda::par | veda::minmax()), std::optional(std::pair(1, 3)));
    const auto pairs = veda::views::map([](int x) { return std::pair(x, -x); });
    EXPECT_EQ((v | veda::par | pairs | veda::unzip()).second,
              (std::vector<int>{-3, -1, -2}));
}

}  // namespace
