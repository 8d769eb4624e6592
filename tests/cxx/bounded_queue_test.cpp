// bounded_queue_test.cpp: everything that is pushed is popped once and in order, waiting lends the place, and
// close() ends every wait.
#include "support.hpp"

#include <veda/bounded_queue.hpp>
#include <veda/sources.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace veda::test;
using queue = veda::bounded_queue<int>;

TEST(BoundedQueue, IsFirstInFirstOut) {
    queue q(3);
    EXPECT_EQ(q.capacity(), 3u);
    EXPECT_EQ(q.try_pop(), std::nullopt);
    for (int x : {1, 2, 3}) EXPECT_TRUE(q.push(x));
    EXPECT_FALSE(q.try_push(4));
    EXPECT_EQ(q.size(), 3u);
    EXPECT_EQ(q.pop(), 1);
    EXPECT_TRUE(q.try_push(4));
    for (int x : {2, 3, 4}) EXPECT_EQ(q.try_pop(), x);
    EXPECT_TRUE(q.empty());
}

TEST(BoundedQueue, NeedsRoom) {
    EXPECT_EQ(thrown_by([] { queue q(0); }),
              "VEDA_E_RANGE: bounded_queue: capacity is 0, must be 1 or more");
}

TEST(BoundedQueue, GivesWhatIsInItAfterTheEnd) {
    queue q(2);
    q.push(1);
    EXPECT_FALSE(q.is_closed());
    q.close();
    q.close();
    EXPECT_TRUE(q.is_closed());
    EXPECT_FALSE(q.push(2));
    EXPECT_FALSE(q.try_push(2));
    EXPECT_EQ(q.pop(), 1);
    EXPECT_EQ(q.pop(), std::nullopt);
    EXPECT_EQ(q.try_pop(), std::nullopt);
}

// What is refused stays with the caller.
TEST(BoundedQueue, MovesElementsOnlyIn) {
    veda::bounded_queue<std::unique_ptr<int>> q(1);
    auto one = std::make_unique<int>(1), two = std::make_unique<int>(2);
    EXPECT_TRUE(q.push(std::move(one)));
    EXPECT_EQ(one, nullptr);
    EXPECT_FALSE(q.try_push(std::move(two)));
    ASSERT_NE(two, nullptr);
    EXPECT_EQ(**q.pop(), 1);
    q.close();
    EXPECT_FALSE(q.push(std::move(two)));
    ASSERT_NE(two, nullptr);
}

// Both ends are tasks, of one worker, too: each wait lends the place to the other one.
TEST(BoundedQueue, WaitingLendsThePlace) {
    in_every_pool([](std::uint32_t) {
        constexpr int count = 300;
        queue there(1), back(1);
        veda::join(
            [&] {
                for (int i = 0; i < count; ++i) {
                    there.push(i);
                    EXPECT_EQ(back.pop(), 2 * i);
                }
                there.close();
            },
            [&] {
                while (const auto x = there.pop()) back.push(2 * *x);
            });
    });
}

// Of threads and of tasks, at once. Of each producer in its order.
TEST(BoundedQueue, LosesNothingAmongManyUsers) {
    in_every_pool([](std::uint32_t) {
        constexpr int producers = 3, consumers = 3, each = 400;
        for (std::size_t capacity : {1u, 7u}) {
            queue q(capacity);
            std::atomic<int> left{producers};
            const auto produce = [&](int p) {
                for (int i = 0; i < each; ++i) ASSERT_TRUE(q.push(p * each + i));
                if (--left == 0) q.close();
            };
            std::vector<std::vector<int>> popped(consumers);
            const auto consume = [&](int c) {
                while (const auto x = q.pop()) popped[static_cast<std::size_t>(c)].push_back(*x);
            };
            std::thread outside_in(produce, 0), outside_out(consume, 0);
            veda::scope([&](auto& s) {
                for (int p = 1; p < producers; ++p) s.spawn([&, p] { produce(p); });
                for (int c = 1; c < consumers; ++c) s.spawn([&, c] { consume(c); });
            });
            veda::this_worker::blocking([&] {
                outside_in.join();
                outside_out.join();
            });
            std::vector<int> seen(static_cast<std::size_t>(producers * each));
            for (const auto& mine : popped) {
                std::vector<int> last(producers, -1);
                for (int x : mine) {
                    ++seen[static_cast<std::size_t>(x)];
                    int& before = last[static_cast<std::size_t>(x / each)];
                    EXPECT_LT(before, x);
                    before = x;
                }
            }
            EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
        }
    });
}

TEST(BoundedQueue, ClosingEndsEveryWait) {
    queue empty(1), full(1);
    full.push(0);
    std::atomic<int> ended{0};
    std::vector<std::thread> waiting;
    for (int i = 0; i < 3; ++i) {
        waiting.emplace_back([&] { ended += empty.pop() ? 0 : 1; });
        waiting.emplace_back([&] { ended += full.push(1) ? 0 : 1; });
    }
    empty.close();
    full.close();
    for (auto& thread : waiting) thread.join();
    EXPECT_EQ(ended, 6);
    EXPECT_EQ(full.pop(), 0);
}

TEST(BoundedQueue, IsASourceOfChains) {
    in_every_pool([](std::uint32_t) {
        queue q(4);
        std::thread producer([&] {
            for (int i = 0; i < 1000; ++i) q.push(i);
            q.close();
        });
        EXPECT_EQ(veda::par_bridge([&] { return q.pop(); }).sum(), 499'500);
        veda::this_worker::blocking([&] { producer.join(); });
    });
}

TEST(BoundedQueue, DestroysWhatIsLeft) {
    const long before = counted::alive();
    {
        veda::bounded_queue<counted> q(4);
        q.push(counted(1));
        q.push(counted(2));
        EXPECT_EQ(q.pop()->value(), 1);
        EXPECT_EQ(counted::alive(), before + 1);
        counted::throw_after() = 1;
        EXPECT_EQ(thrown_by([&] { q.try_pop(); }), "a copy or move failed");
        counted::throw_after() = 0;
        EXPECT_EQ(q.size(), 1u);
    }
    EXPECT_EQ(counted::alive(), before);
}

}  // namespace
