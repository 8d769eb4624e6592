// collections_test.cpp: items into containers of every kind, several at once, and only if all are there.
#include "support.hpp"

#include <veda/expected.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <stack>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

TEST(Collections, EveryContainerTakesItems) {
    sweep([](const ints& v) {
        auto chain = [&] { return veda::par(v).map(slowly); };
        EXPECT_EQ(chain().collect<std::deque>(), std::deque(v.begin(), v.end()));
        EXPECT_EQ(chain().collect<std::forward_list>(), std::forward_list(v.begin(), v.end()));
        EXPECT_EQ(chain().collect<std::multiset>(), std::multiset(v.begin(), v.end()));
        EXPECT_EQ(chain().collect<std::unordered_set>(), std::unordered_set(v.begin(), v.end()));
        std::map<int, std::string> map;
        std::unordered_map<int, std::string> hashed;
        for (int x : v) map.emplace(x, std::to_string(x)), hashed.emplace(x, std::to_string(x));
        const auto entry = [](int x) { return std::pair(x, std::to_string(x)); };
        EXPECT_EQ(chain().map(entry).collect<decltype(map)>(), map);
        EXPECT_EQ(chain().map(entry).collect<decltype(hashed)>(), hashed);
        std::string letters, words;
        for (int x : v) letters += static_cast<char>('a' + x % 26), words += std::to_string(x) + " ";
        EXPECT_EQ(chain().map([](int x) { return static_cast<char>('a' + x % 26); }).collect<std::string>(),
                  letters);
        EXPECT_EQ(chain().map([](int x) { return std::to_string(x) + " "; }).collect<std::string>(), words);
        auto stack = chain().collect<std::stack>();
        EXPECT_EQ(stack.size(), v.size());
        if (!v.empty()) {
            EXPECT_EQ(stack.top(), v.back());
            EXPECT_EQ(chain().collect<std::priority_queue>().top(), *std::ranges::max_element(v));
        }
    });
}

TEST(Collections, UnzipsAndPartitions) {
    sweep([](const ints& v) {
        std::vector<std::string> texts;
        ints odd, even;
        for (int x : v) {
            texts.push_back(std::to_string(x));
            (x % 2 != 0 ? odd : even).push_back(x);
        }
        const auto both = [](int x) { return std::pair(x, std::to_string(x)); };
        const auto is_odd = [](int x) { return x % 2 != 0; };
        EXPECT_EQ(veda::par(v).map(slowly).map(both).unzip(), std::pair(v, texts));
        EXPECT_EQ((veda::par(v).map(both).collect<std::pair<std::deque<int>, std::set<std::string>>>()),
                  std::pair(std::deque<int>(v.begin(), v.end()),
                            std::set<std::string>(texts.begin(), texts.end())));
        EXPECT_EQ(veda::par(v).map(slowly).partition(is_odd), std::pair(odd, even));
        const auto [strings, numbers] = veda::par(v).map(slowly).partition_map([&](int x) {
            return is_odd(x) ? std::variant<std::string, int>(std::to_string(x))
                             : std::variant<std::string, int>(x);
        });
        EXPECT_EQ(numbers, even);
        EXPECT_EQ(strings.size(), odd.size());
    });
    // References in pairs are copied, not robbed.
    std::vector<std::pair<std::string, int>> pairs(10, {"a long text that lives on the heap", 1});
    const auto [texts, ones] = veda::par(pairs).unzip();
    EXPECT_EQ(texts[3], pairs[3].first);
    EXPECT_EQ(ones.size(), 10u);
}

TEST(Collections, IfAllAreThere) {
    sweep([](const ints& v) {
        auto below = [&](int limit) {
            return veda::par(v).map(slowly).map(
                [limit](int x) { return x < limit ? std::optional(x) : std::nullopt; });
        };
        EXPECT_EQ(below(1000).collect<std::optional<ints>>(), std::optional(v));
        EXPECT_EQ(below(50).collect<std::optional<ints>>().has_value(),
                  std::ranges::all_of(v, [](int x) { return x < 50; }));

        using result = veda::expected<ints, std::string>;
        using one = veda::expected<int, std::string>;
        auto checked = [&](int limit) {
            return veda::par(v).map(slowly).map([limit](int x) -> one {
                if (x < limit) return x;
                return veda::unexpected("too big: " + std::to_string(x));
            });
        };
        EXPECT_EQ(checked(1000).collect<result>(), result(v));
        const auto bad = std::ranges::find_if(v, [](int x) { return x >= 50; });
        EXPECT_EQ(checked(50).collect<result>().has_value(), bad == v.end());
        const result first = checked(50).collect_first_error<result>();
        ASSERT_EQ(first.has_value(), bad == v.end());
        if (bad != v.end()) {
            EXPECT_EQ(first.error(), "too big: " + std::to_string(*bad));
        }
    });
}

TEST(Collections, StopAtWhatIsNotThere) {
    std::atomic<std::uint64_t> seen{0};
    EXPECT_FALSE(veda::par(0, 1'000'000'000)
                     .map([&](int x) {
                         ++seen;
                         return x < 1000 ? std::optional(x) : std::nullopt;
                     })
                     .collect<std::optional<std::vector<int>>>()
                     .has_value());
    EXPECT_LT(seen, 100'000'000u);
}

TEST(Collections, IntoWhatIsThere) {
    sweep([](const ints& v) {
        std::vector<std::string> into(20, "old");
        const auto text = [](int x) { return std::to_string(x); };
        std::vector<std::string> expected;
        for (int x : v) expected.push_back(text(x));
        veda::par(v).map(slowly).map(text).collect_into(into);
        EXPECT_EQ(into, expected);
        veda::par(v).filter([](int) { return true; }).map(text).collect_into(into);
        EXPECT_EQ(into, expected);
        ints room(v.size());
        veda::par(v).map(slowly).collect_into(std::span(room));
        EXPECT_EQ(room, v);
        ints parts;
        for (const ints& part : veda::par(v).map(slowly).filter([](int) { return true; }).collect_chunks())
            parts.insert(parts.end(), part.begin(), part.end());
        EXPECT_EQ(parts, v);
        veda::extend(parts, veda::par(v).map(slowly));
        EXPECT_EQ(parts.size(), 2 * v.size());
        EXPECT_TRUE(std::equal(v.begin(), v.end(), parts.begin() + static_cast<std::ptrdiff_t>(v.size())));
    });
    ints room(3);
    const int* where = room.data();
    veda::par(0, 3).collect_into(room);
    EXPECT_EQ(room.data(), where) << "the memory is used again";
    EXPECT_NE(thrown_by([&] {
                  veda::par(0, 4).collect_into(std::span(room));
              }).find("collect_into: the span has room for 3 items, the chain has 4"),
              std::string::npos);
}

TEST(Collections, MoveOnlyItemsAreMoved) {
    const auto make = [](int x) { return std::make_unique<int>(x); };
    EXPECT_EQ(*veda::par(0, 100).map(make).collect<std::deque<std::unique_ptr<int>>>()[99], 99);
    const auto [left, right] = veda::par(0, 100).map(make).partition([](const auto& p) { return *p < 30; });
    EXPECT_EQ(left.size(), 30u);
    EXPECT_EQ(*right.front(), 30);
    const auto all = veda::par(0, 100)
                         .map([&](int x) { return std::optional(make(x)); })
                         .collect<std::optional<std::list<std::unique_ptr<int>>>>();
    ASSERT_TRUE(all.has_value());
    EXPECT_EQ(*all->back(), 99);
}

TEST(Collections, AThrowDestroysWhatWasBuilt) {
    in_every_pool([](std::uint32_t) {
        for (long after : {1L, 40L, 150L, 290L}) {
            counted::throw_after() = after;
            const auto make = [](int x) { return counted(slowly(x)); };
            (void)thrown_by([&] {
                (void)veda::par(0, 200).map(make).partition([](const counted& c) { return c.value() < 7; });
            });
            counted::throw_after() = after;
            (void)thrown_by([&] { (void)veda::par(0, 200).map(make).collect<std::list<counted>>(); });
            counted::throw_after() = after;
            (void)thrown_by([&] {
                std::vector<counted> into;
                veda::par(0, 200).map(make).collect_into(into);
            });
            counted::throw_after() = 0;
            EXPECT_EQ(counted::alive(), 0);
        }
    });
}

template <class C, class Item>
inline constexpr bool takes = veda::collects<C, Item>;

TEST(Collections, NoNumberIsNarrowed) {
    static_assert(takes<ints, int> && takes<ints, short> && takes<ints, bool>);
    static_assert(takes<std::vector<double>, int>);
    static_assert(!takes<ints, double> && !takes<ints, long> && !takes<ints, unsigned>);
    static_assert(!takes<std::string, int> && !takes<std::vector<float>, double>);
    static_assert(!takes<std::vector<unsigned>, int> && !takes<std::vector<bool>, int>);
    static_assert(takes<std::string, unsigned char> && takes<std::vector<unsigned char>, char>);
    static_assert(!takes<std::map<int, int>, std::pair<int, double>>);
    static_assert(!takes<std::optional<ints>, std::optional<double>>);
    static_assert(!takes<std::pair<ints, ints>, std::pair<int, double>>);
}

TEST(Collections, CodePointsBecomeUtf8) {
    in_every_pool([](std::uint32_t) {
        std::string text;
        const std::u32string points = U"a\u00e9\u20ac\U0001f600";
        for (int i = 0; i < 200; ++i) text += "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
        const auto chain = [&] {
            return veda::par(0, 800).map([&](int i) {
                return points[static_cast<std::size_t>(slowly(i)) % points.size()];
            });
        };
        EXPECT_EQ(chain().collect<std::string>(), text);
        std::string more = "x";
        veda::extend(more, chain());
        EXPECT_EQ(more, "x" + text);
    });
}

TEST(Collections, MapsKeepTheLastOfEqualKeys) {
    in_every_pool([](std::uint32_t) {
        const auto pairs = [] {
            return veda::par(0, 3000).map([](int i) { return std::pair(slowly(i) % 3, i); });
        };
        const std::map<int, int> last{{0, 2997}, {1, 2998}, {2, 2999}};
        EXPECT_EQ(pairs().collect<std::map>(), last);
        EXPECT_EQ((pairs().collect<std::map<int, int>>()), last);
        EXPECT_EQ(pairs().collect<std::unordered_map>()[1], 2998);
        EXPECT_EQ(pairs().collect<std::multimap>().size(), 3000u);
        std::map<int, int> old{{0, -1}, {7, 7}};
        veda::extend(old, pairs());
        EXPECT_EQ(old, (std::map<int, int>{{0, 2997}, {1, 2998}, {2, 2999}, {7, 7}}));
        std::map<int, const int> fixed;  // its values cannot be assigned
        veda::extend(fixed, pairs());
        EXPECT_EQ(fixed.at(2), 2999);
    });
}

TEST(Collections, WhatIsCollectedComposes) {
    in_every_pool([](std::uint32_t) {
        using texts = std::set<std::string>;
        // {i, text} is there for all i below end.
        const auto pairs = [](int end) {
            return veda::par(0, 1000).map([end](int i) {
                return slowly(i) < end ? std::optional(std::pair(i, std::to_string(i % 7))) : std::nullopt;
            });
        };
        const auto both = pairs(1000).collect<std::optional<std::pair<ints, texts>>>();
        ASSERT_TRUE(both);
        EXPECT_EQ(both->first.size(), 1000u);
        EXPECT_EQ(both->second, (texts{"0", "1", "2", "3", "4", "5", "6"}));
        EXPECT_FALSE((pairs(999).collect<std::optional<std::pair<ints, texts>>>()));

        using checked = veda::expected<void, int>;
        const auto fail_from = [](int first) {
            return veda::par(0, 1000).map([first](int i) {
                return slowly(i) < first ? checked() : checked(veda::unexpected(i));
            });
        };
        EXPECT_TRUE(fail_from(1000).collect<checked>().has_value());
        EXPECT_GE(fail_from(400).collect<checked>().error(), 400);
        EXPECT_EQ(fail_from(400).collect_first_error<checked>().error(), 400);

        // Parts that fail for themselves: the first error of each.
        using each = std::tuple<ints, veda::expected<ints, int>, std::string>;
        const auto parts = veda::par(0, 100)
                               .map([](int i) {
                                   using number = veda::expected<int, int>;
                                   return std::tuple(i, i < 50 ? number(i) : number(veda::unexpected(i)),
                                                     std::to_string(i % 10));
                               })
                               .collect_first_error<each>();
        EXPECT_EQ(std::get<0>(parts).back(), 99);
        EXPECT_EQ(std::get<1>(parts).error(), 50);
        EXPECT_EQ(std::get<2>(parts).substr(0, 12), "012345678901");
    });
}

TEST(Collections, ContainersMayBeChosen) {
    in_every_pool([](std::uint32_t) {
        const auto odd = [](int x) { return x % 2 != 0; };
        const auto [odds, evens] = veda::par(0, 100).map(slowly).partition<std::set<int>, ints>(odd);
        EXPECT_EQ(odds.size() + evens.size(), 100u);
        EXPECT_EQ(evens[1], 2);
        const auto [texts, numbers] =
            veda::par(0, 100).partition_map<std::string, std::deque<int>>([](int x) {
                using either = std::variant<std::string, int>;
                return x < 3 ? either(std::to_string(x)) : either(x);
            });
        EXPECT_EQ(texts, "012");
        EXPECT_EQ(numbers.front(), 3);
        const auto [a, b, c] = veda::par(0, 10)
                                   .map([](int x) { return std::tuple(x, x % 2, std::to_string(x)); })
                                   .unzip<ints, std::set<int>, std::string>();
        EXPECT_EQ(a.size(), 10u);
        EXPECT_EQ(b, (std::set<int>{0, 1}));
        EXPECT_EQ(c, "0123456789");
    });
}

// A pair of references gives its halves, and the elements stay where they are.
TEST(Collections, UnzipLeavesTheSourcesAlone) {
    std::vector<std::string> a(100, "a text that is not short"), b = a;
    const auto [x, y] = veda::par(a).zip(b).unzip();
    EXPECT_EQ(a, std::vector<std::string>(100, "a text that is not short"));
    EXPECT_EQ(x, a);
    EXPECT_EQ(y, b);
}

TEST(Collections, OptionalsAddUp) {
    in_every_pool([](std::uint32_t) {
        const auto below = [](int end) {
            return veda::par(1, 100).map([end](int x) { return x < end ? std::optional(x) : std::nullopt; });
        };
        EXPECT_EQ(below(100).sum(), std::optional(4950));
        EXPECT_EQ(below(100).sum<long>(), std::optional(4950L));
        EXPECT_EQ(below(50).sum(), std::nullopt);
        EXPECT_EQ(below(100).map([](auto x) { return std::optional(*x % 2 + 1.0); }).product(),
                  std::optional(std::pow(2.0, 50)));
        EXPECT_EQ(below(50).flatten().sum(), 49 * 50 / 2);
        using number = veda::expected<int, std::string>;
        const std::vector<number> good(3, number(5));
        const std::vector<number> bad{number(1), number(veda::unexpected(std::string("no")))};
        EXPECT_EQ(veda::par(good).sum(), number(15));
        EXPECT_EQ(veda::par(bad).sum().error(), "no");
        EXPECT_EQ(veda::par(bad).flatten().count(), 1u);
    });
}

}  // namespace
