// hidden_sources_test.cpp: sources that hide their elements or share them, and trees whose nodes can only be
// moved.
#include "support.hpp"

#include <veda/sources.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <numeric>
#include <queue>
#include <stack>
#include <vector>

namespace {

using namespace veda::test;

TEST(ElementsOf, AdaptorsOfTheStandard) {
    std::priority_queue<int> heap;
    std::stack<int> stack;
    std::queue<int> queue;
    for (int i = 0; i != 1000; ++i) {
        heap.push(i * 37 % 1000);
        stack.push(i);
        queue.push(i);
    }
    EXPECT_EQ(veda::elements_of(heap).sum(), 499'500);
    EXPECT_EQ(heap.size(), 1000u);
    EXPECT_EQ(veda::elements_of(stack).map([](int x) { return x; }).collect<std::vector>().front(), 0);
    EXPECT_EQ(veda::elements_of(std::as_const(queue)).max(), 999);
}

TEST(ElementsOf, AnRvalueGivesThemAway) {
    std::queue<std::unique_ptr<int>> queue;
    for (int i = 0; i != 100; ++i) queue.push(std::make_unique<int>(i));
    const auto all = veda::elements_of(std::move(queue)).collect<std::vector>();
    ASSERT_EQ(all.size(), 100u);
    EXPECT_EQ(*all[99], 99);
}

TEST(ParShared, KeepsTheArrayAlive) {
    std::shared_ptr<int[]> array(new int[1000]);
    std::iota(array.get(), array.get() + 1000, 0);
    auto chain = veda::par_shared(std::move(array), 1000);
    std::move(chain).for_each([](int& x) { x *= 2; });
    std::shared_ptr<const int[]> none;
    EXPECT_EQ(veda::par_shared(none, 0).count(), 0u);
}

// A node that owns its number, and cannot be copied.
struct owner {
    std::unique_ptr<int> number;
};
std::vector<owner> children_of(const owner& node) {
    std::vector<owner> all;
    const int first = 2 * *node.number + 1;
    for (int child : {first, first + 1})
        if (child < 1023) all.push_back({std::make_unique<int>(child)});
    return all;
}
owner root() { return {std::make_unique<int>(0)}; }

TEST(WalkTree, NodesThatCanOnlyBeMoved) {
    for (std::uint32_t workers : {1u, 3u}) {
        veda::runtime pool(veda::config{}.workers(workers));
        pool.run([] {
            const auto number = [](owner node) { return *node.number; };
            const auto prefix =
                veda::walk_tree_prefix(root(), children_of).map(number).collect<std::vector>();
            const auto postfix =
                veda::walk_tree_postfix(root(), children_of).map(number).collect<std::vector>();
            ASSERT_EQ(prefix.size(), 1023u);
            ASSERT_EQ(postfix.size(), 1023u);
            EXPECT_EQ(prefix.front(), 0);
            EXPECT_EQ(prefix[1], 1);
            EXPECT_EQ(postfix.back(), 0);
            EXPECT_EQ(postfix.front(), 511);
            EXPECT_EQ(veda::walk_tree(root(), children_of).map(number).sum(), 1023 * 1022 / 2);
        });
    }
}

}  // namespace
