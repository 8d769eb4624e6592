// sources_test.cpp: where chains begin: containers of every kind, values, tables, trees, and what only one
// thread can walk.
#include "support.hpp"

#include <veda/sources.hpp>

#include "support/effort.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

TEST(Sources, EveryContainerIsOne) {
    sweep([](const ints& v) {
        const std::list<int> list(v.begin(), v.end());
        const std::forward_list<int> forward(v.begin(), v.end());
        const std::deque<int> deque(v.begin(), v.end());
        std::set<int> set(v.begin(), v.end());
        std::unordered_set<int> hashed(v.begin(), v.end());
        std::map<int, int> map;
        for (int x : v) map[x] += x;
        EXPECT_EQ(veda::par(list).map(slowly).collect<ints>(), v);
        EXPECT_EQ(veda::par(forward).map(slowly).collect<ints>(), v);
        EXPECT_EQ(veda::par(deque).map(slowly).collect<ints>(), v);
        EXPECT_EQ(veda::par(set).map(slowly).collect<ints>(), ints(set.begin(), set.end()));
        EXPECT_EQ(veda::par(hashed).map(slowly).collect<std::set<int>>(), set);
        EXPECT_EQ(veda::par(map).map([](auto& entry) { return entry.second; }).sum(),
                  std::accumulate(v.begin(), v.end(), 0));
        // References, not copies.
        veda::par(map).for_each([](auto& entry) { entry.second = -entry.first; });
        EXPECT_TRUE(std::ranges::all_of(map, [](auto& entry) { return entry.second == -entry.first; }));
        EXPECT_EQ(veda::par(std::move(set)).collect<std::unordered_set<int>>(), hashed);
        EXPECT_EQ((list | veda::par).count(), v.size());
    });
}

TEST(Sources, OwnedOnesGiveTheirElementsAway) {
    const auto key = [](int i) { return std::make_unique<int>(i); };
    std::list<std::unique_ptr<int>> list;
    std::set<std::unique_ptr<int>> set;
    std::map<int, std::unique_ptr<int>> map;
    std::unordered_map<int, std::unique_ptr<int>> hashed;
    for (int i = 0; i < 100; ++i) {
        list.push_back(key(i));
        set.insert(key(i));
        map[i] = key(i);
        hashed[i] = key(i);
    }
    const auto value = [](auto p) { return *p; };
    EXPECT_EQ(veda::par(std::move(list)).map(value).sum(), 4950);
    EXPECT_EQ(veda::par(std::move(set)).map(value).sum(), 4950);
    EXPECT_EQ(veda::par(std::move(map)).map([](auto entry) { return *entry.second; }).sum(), 4950);
    EXPECT_EQ(veda::par(std::move(hashed)).map([](auto entry) { return *entry.second; }).sum(), 4950);
    EXPECT_EQ(veda::par(std::array{key(1), key(2)}).map(value).sum(), 3);
    EXPECT_EQ(veda::par(std::optional(key(7))).map(value).sum(), 7);
    std::optional<int> there(5);
    veda::par(there).for_each([](int& x) { x = 6; });
    EXPECT_EQ(there, 6);
    there.reset();
    EXPECT_EQ(veda::par(std::as_const(there)).count(), 0u);
}

TEST(Sources, Values) {
    EXPECT_EQ(veda::once(std::make_unique<int>(3)).map([](auto p) { return *p; }).sum(), 3);
    EXPECT_EQ(veda::empty<int>().count(), 0u);
    EXPECT_EQ(veda::repeat_n(std::string("ab"), 300).sum().size(), 600u);
    const ints v = numbers(200);
    EXPECT_EQ(veda::par(v).zip(veda::repeat(1)).map([](auto p) { return p.first + p.second; }).sum(),
              std::accumulate(v.begin(), v.end(), 200));
    EXPECT_EQ(veda::repeat(2).take(50).sum(), 100);
    EXPECT_EQ(veda::generate(10, [](std::uint64_t i) { return i * i; }).sum(), 285u);
    EXPECT_EQ(veda::iota(3, 6).collect<ints>(), (ints{3, 4, 5}));
    EXPECT_EQ(veda::spaced(0.0, 0.1, 11).collect<std::vector<double>>()[10], 1.0);
    EXPECT_EQ(veda::spaced(5, -2, 3).collect<ints>(), (ints{5, 3, 1}));
}

TEST(Sources, TablesAndSpaces) {
    in_every_pool([](std::uint32_t) {
        for (std::uint64_t rows : {0u, 1u, 7u, 40u}) {
            for (std::uint64_t columns : {0u, 1u, 33u}) {
                std::vector<veda::index2d> expected;
                std::vector<veda::index3d> deep;
                for (std::uint64_t r = 0; r < rows; ++r)
                    for (std::uint64_t c = 0; c < columns; ++c) expected.push_back({r, c});
                for (std::uint64_t l = 0; l < 3; ++l)
                    for (auto at : expected) deep.push_back({l, at.row, at.column});
                const auto wait = [](const auto& at) {
                    if (at.column % 8 == 3) busy();
                };
                EXPECT_EQ(veda::iota2d(rows, columns).inspect(wait).collect<std::vector>(), expected);
                EXPECT_EQ(veda::iota3d(3, rows, columns).inspect(wait).collect<std::vector>(), deep);
                EXPECT_EQ(veda::iota2d(rows, columns).rev().count(), rows * columns);
            }
        }
    });
    EXPECT_NE(thrown_by([] { (void)veda::iota2d(1ull << 40, 1ull << 40); }).find("more than 2^62"),
              std::string::npos);
}

TEST(Sources, BlocksCoverTheTableOnce) {
    for (std::uint64_t size : {0u, 1u, 63u, 64u, 65u, 200u}) {
        std::vector<std::atomic<int>> seen(size * 100), deep(size * 10 * 5);
        veda::for_each_block(size, 100, [&](const veda::block2d& block) {
            EXPECT_LE(block.rows.size(), 64u);
            for (auto r = block.rows.begin; r < block.rows.end; ++r)
                for (auto c = block.columns.begin; c < block.columns.end; ++c) ++seen[r * 100 + c];
        });
        veda::for_each_block(
            size, 10, 5,
            [&](const veda::block3d& block) {
                for (auto l = block.layers.begin; l < block.layers.end; ++l)
                    for (auto r = block.rows.begin; r < block.rows.end; ++r)
                        for (auto c = block.columns.begin; c < block.columns.end; ++c)
                            ++deep[(l * 10 + r) * 5 + c];
            },
            4);
        const auto once = [](const auto& n) { return n == 1; };
        EXPECT_TRUE(std::ranges::all_of(seen, once));
        EXPECT_TRUE(std::ranges::all_of(deep, once));
    }
    EXPECT_NE(thrown_by([] {
                  veda::for_each_block(
                      1, 1, [](veda::block2d) {}, 0);
              }).find("block is 0"),
              std::string::npos);
}

TEST(Sources, ZipsAsManyAsThereAre) {
    sweep([](const ints& v) {
        const ints w = numbers(100);
        const auto all = veda::par_zip(v, w, veda::par(0, 1000).map(slowly))
                             .map([](auto t) { return std::get<0>(t) * std::get<1>(t) + std::get<2>(t); })
                             .collect<ints>();
        ASSERT_EQ(all.size(), std::min<std::size_t>(v.size(), 100));
        for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], v[i] * w[i] + static_cast<int>(i));
    });
}

// ---- trees -----------------------------------------------------------------------------------------

std::vector<int> children_of(int node, int size) {
    std::vector<int> all;
    for (int child = 3 * node + 1; child <= 3 * node + 3 && child < size; ++child) all.push_back(child);
    return all;
}

void walk(int node, int size, ints& prefix, ints& postfix) {
    prefix.push_back(node);
    for (int child : children_of(node, size)) walk(child, size, prefix, postfix);
    postfix.push_back(node);
}

// A path of `left` more nodes, each with a small fan of leaves behind its successor.
struct comb {
    int name, left;
};
std::vector<comb> teeth(const comb& at) {
    if (at.left == 0) return {};
    std::vector<comb> below{{at.name + 100, at.left - 1}};
    for (int i = 1; i <= 12; ++i) below.push_back({at.name + i, 0});
    return below;
}

// A search stops parts by their positions, and a tree does not know them beforehand: under the first child
// alone there may be more nodes than was to be seen when its siblings went to thieves.
TEST(Trees, AreSearchedFromTheLeftHoweverTheyGrow) {
    std::mt19937_64 random(seed());
    in_every_pool([&](std::uint32_t) {
        for (std::uint64_t round = 0; round < scaled(40); ++round) {
            const int depth = 1 + static_cast<int>(random() % 300);
            const int top = static_cast<int>(random() % 20);
            std::vector<int> order;
            const auto walk = [&](const auto& self, const comb& at) -> void {
                order.push_back(at.name);
                for (const comb& child : teeth(at)) self(self, child);
            };
            walk(walk, comb{0, depth});
            // Leaves near the root, which thieves get early.
            const auto hit = [&](int name) {
                return name % 100 != 0 && name / 100 <= top && name * 7919 % 1009 < 300;
            };
            const auto first = std::ranges::find_if(order, hit);
            const auto last = std::find_if(order.rbegin(), order.rend(), hit);
            const auto names = [&] {
                return veda::walk_tree_prefix(comb{0, depth}, [](const comb& at) { return teeth(at); })
                    .map([](const comb& at) { return slowly(at.name); });
            };
            EXPECT_EQ(names().find_first(hit),
                      first == order.end() ? std::nullopt : std::optional(*first));
            EXPECT_EQ(names().find_last(hit), last == order.rend() ? std::nullopt : std::optional(*last));
            EXPECT_EQ(names().collect<ints>(), order);
        }
    });
}

// A path as long as this may not be as deep on the stack.
TEST(Trees, OfAnyDepth) {
    in_every_pool([](std::uint32_t) {
        const auto below = [](const comb& at) {
            std::vector<comb> all;
            if (at.left > 0) all = {{at.name, at.left - 1}, {at.name, 0}, {at.name, 0}};
            return all;
        };
        EXPECT_EQ(veda::walk_tree_prefix(comb{0, 50'000}, below).count(), 150'001u);
    });
}

TEST(Trees, StopOnThrowStopsTheWalk) {
    veda::runtime pool(veda::config{}.workers(2));
    const auto for_ever = [](int) { return std::vector<int>{1, 2}; };
    std::atomic<int> calls{0};
    const std::thread::id me = std::this_thread::get_id();
    EXPECT_EQ(thrown_by([&] {
                  pool.run([&] {
                      // Whoever throws is not the one who began, so that the others must hear of it.
                      veda::walk_tree(0, for_ever).stop_on_throw().for_each([&](int) {
                          if (++calls > 1000 && std::this_thread::get_id() != me) {
                              throw std::runtime_error("enough");
                          }
                      });
                  });
              }),
              "enough");
}

TEST(Trees, AreWalkedInOrder) {
    in_every_pool([](std::uint32_t) {
        for (int size : {1, 2, 4, 13, 100, 257, 2000}) {
            ints prefix, postfix;
            walk(0, size, prefix, postfix);
            const auto children = [size](int node) { return children_of(slowly(node), size); };
            EXPECT_EQ(veda::walk_tree_prefix(0, children).collect<ints>(), prefix);
            EXPECT_EQ(veda::walk_tree_postfix(0, children).collect<ints>(), postfix);
            EXPECT_EQ(veda::walk_tree(0, children).map([](int x) { return x; }).count(), prefix.size());
            EXPECT_EQ(veda::walk_tree_prefix(0, children).find_first([](int x) { return x % 7 == 5; }),
                      [&]() -> std::optional<int> {
                          const auto at = std::ranges::find_if(prefix, [](int x) { return x % 7 == 5; });
                          return at == prefix.end() ? std::nullopt : std::optional(*at);
                      }());
        }
    });
}

TEST(Trees, AThrowAndAStopLeaveNothingBehind) {
    in_every_pool([](std::uint32_t) {
        const auto children = [](const counted& node) {
            if (node.value() == 500) throw std::runtime_error("no children for 500");
            std::vector<counted> all;
            for (int child : children_of(node.value(), 2000)) all.emplace_back(child);
            return all;
        };
        EXPECT_EQ(thrown_by([&] { (void)veda::walk_tree_postfix(counted(0), children).count(); }),
                  "no children for 500");
        EXPECT_TRUE(veda::walk_tree_prefix(counted(0), children).any_of([](const counted& c) {
            return c.value() == 4;
        }));
    });
    EXPECT_EQ(counted::alive(), 0);
}

TEST(Trees, DataDividesItself) {
    using range = std::pair<int, int>;
    const auto halve = [](range r) {
        const int size = r.second - r.first;
        if (slowly(size) < 10) return std::pair(r, std::optional<range>());
        const int middle = r.first + size / 2;
        return std::pair(range(r.first, middle), std::optional(range(middle, r.second)));
    };
    in_every_pool([&](std::uint32_t) {
        for (int n : {0, 1, 9, 10, 257, 5000}) {
            const auto parts = veda::split(range(0, n), halve).collect<std::vector<range>>();
            int at = 0;
            for (const range& part : parts) {
                EXPECT_EQ(part.first, at);
                EXPECT_LT(part.second - part.first, 10);
                at = part.second;
            }
            EXPECT_EQ(at, n);
        }
    });
}

// ---- what only one thread can walk -------------------------------------------------------------------

TEST(Bridge, GivesEveryItemOnce) {
    sweep([](const ints& v) {
        std::list<int> list(v.begin(), v.end());
        auto sorted = v;
        std::ranges::sort(sorted);
        auto got = veda::par_bridge(list).map(slowly).collect<ints>();
        std::ranges::sort(got);
        EXPECT_EQ(got, sorted);
        std::string text;
        for (int x : v) text += std::to_string(x) + " ";
        std::istringstream stream(text);
        EXPECT_EQ(veda::par_bridge(std::ranges::istream_view<int>(stream)).sum(),
                  std::accumulate(v.begin(), v.end(), 0));
        int next = 0;
        EXPECT_EQ(veda::par_bridge([&]() -> std::optional<int> {
                      if (next == static_cast<int>(v.size())) return std::nullopt;
                      return v[static_cast<std::size_t>(next++)];
                  }).count(),
                  v.size());
    });
}

TEST(Bridge, ASourceWithoutAnEndEndsWithItsConsumer) {
    in_every_pool([](std::uint32_t) {
        int next = 0;
        auto endless = [&next]() -> std::optional<int> { return next++; };
        EXPECT_EQ(veda::par_bridge(endless).find_any([](int x) { return x == 5000; }), 5000);
        EXPECT_EQ(veda::par_bridge(endless).take_any(100).count(), 100u);
        EXPECT_EQ(thrown_by([&] {
                      veda::par_bridge(endless).for_each([](int x) {
                          if (x % 3000 == 2999) throw std::runtime_error("enough");
                      });
                  }),
                  "enough");
        EXPECT_EQ(thrown_by([&] {
                      (void)veda::par_bridge([&]() -> std::optional<int> {
                          if (next > 100) throw std::runtime_error("the source failed");
                          return next++;
                      }).count();
                  }),
                  "the source failed");
    });
}

// ---- elements moved out ----------------------------------------------------------------------------

TEST(Drain, MovesARangeOutAndClosesTheGap) {
    for (int workers : {1, 3}) {
        veda::runtime pool(veda::config{}.workers(static_cast<std::uint32_t>(workers)));
        pool.run([] {
            std::vector<std::unique_ptr<int>> v;
            for (int i = 0; i < 100; ++i) v.push_back(std::make_unique<int>(i));
            EXPECT_EQ(veda::drain(v, 10, 60).map([](auto p) { return *p; }).sum(), 1725);
            ASSERT_EQ(v.size(), 50u);
            EXPECT_EQ(*v[10], 60);
            { auto never_run = veda::drain(v, 0, 10); }
            EXPECT_EQ(*v.front(), 60);
            EXPECT_EQ(thrown_by([&] {
                          veda::drain(v).for_each([](auto) { throw std::runtime_error("dropped"); });
                      }),
                      "dropped");
            EXPECT_TRUE(v.empty());
        });
    }
    std::string text = "parallel";
    EXPECT_EQ(veda::drain(text, 0, 3).collect<std::string>(), "par");
    EXPECT_EQ(text, "allel");
    std::map<int, int> map{{1, 2}, {3, 4}};
    EXPECT_EQ(veda::drain(map).count(), 2u);
    EXPECT_TRUE(map.empty());
    EXPECT_NE(thrown_by([&] { (void)veda::drain(text, 3, 9); }).find("drain: from 3 to 9, of 5 elements"),
              std::string::npos);
}

}  // namespace
