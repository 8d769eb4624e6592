// collections_test.cpp: items into containers of every kind, several at once, and only if all are there.
#include "support.hpp"

#include <veda/expected.hpp>

#include <algorithm>
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

}  // namespace
