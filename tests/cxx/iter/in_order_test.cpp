// in_order_test.cpp: blocks begin in order, each once, and every consumer gives what it gives without
// in_order.
#include "support.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <stop_token>
#include <vector>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

TEST(InOrder, GivesWhatTheChainGives) {
    sweep([](const ints& v) {
        for (std::uint64_t length : {1u, 7u, 1000u}) {
            const auto chain = [&] { return veda::par(v).map(slowly).in_order(length); };
            EXPECT_EQ(chain().collect<std::vector>(), v) << length;
            EXPECT_EQ(chain().sum(), veda::par(v).sum()) << length;
            const auto large = [](int x) { return x > 50; };
            EXPECT_EQ(chain().find_first(large), veda::par(v).find_first(large)) << length;
            EXPECT_EQ(chain().find_last(large), veda::par(v).find_last(large)) << length;
        }
    });
}

TEST(InOrder, OfManyItemsAndWhatFollows) {
    in_every_pool([](std::uint32_t) {
        const auto chain = [] { return veda::par(0, 30'000).in_order(16); };
        ints expected(30'000);
        std::iota(expected.begin(), expected.end(), 0);
        EXPECT_EQ(chain().collect<std::vector>(), expected);
        EXPECT_EQ(chain().filter([](int x) { return x % 2 == 0; }).count(), 15'000u);
        EXPECT_EQ(chain().flat_map([](int x) { return veda::par(0, x % 2); }).count(), 15'000u);
        EXPECT_EQ(chain().chain(chain()).find_last([](int x) { return x % 7 == 0; }), 29'995);
        EXPECT_EQ(chain().fold(0L, [](long sum, int x) { return sum + x; }).sum(), 30'000L * 29'999 / 2);
        EXPECT_EQ(chain().take_any(5).count(), 5u);
        EXPECT_FALSE(chain().try_for_each([](int x) { return x != 20'000; }));
        EXPECT_EQ((veda::par(0, 100) | veda::views::in_order(3) | veda::max()), 99);
    });
}

// When a block begins, all before it have been taken; only a block a worker may not have come to its
// beginning.
TEST(InOrder, BeginsBlocksInOrder) {
    in_every_pool([](std::uint32_t workers) {
        for (int length : {1, 10}) {
            std::mutex lock;
            int begun = 0, least = 0;
            veda::par(0, 3000).in_order(static_cast<std::uint64_t>(length)).for_each([&, length](int i) {
                if (i % length == 0) {
                    const std::lock_guard guard(lock);
                    least = std::min(least, begun - i / length);
                    ++begun;
                }
                if (i % 8 == 3) busy();
            });
            EXPECT_EQ(begun, 3000 / length);
            EXPECT_GT(least, -static_cast<int>(workers));
        }
    });
}

// The worker in the first block waits until another one has been in the last.
TEST(InOrder, SharesWhileOneBlockIsLong) {
    veda::runtime pool(veda::config{}.workers(2));
    pool.run([] {
        std::atomic<bool> last{false};
        veda::par(0, 64).in_order(1).for_each([&](int i) {
            if (i == 63) last = true;
            if (i == 0) await(last);
        });
        EXPECT_TRUE(last);
    });
}

TEST(InOrder, TheLeftmostExceptionTravels) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> begun{0};
        const auto fails = [&](int i) {
            ++begun;
            if (i % 8 == 3) busy();
            if (i >= 500) throw i;
        };
        EXPECT_EQ(thrown_by([&] { veda::par(0, 100'000).in_order(5).for_each(fails); }), "int 500");
        EXPECT_LT(begun, 1000);
        EXPECT_EQ(thrown_by([] { (void)veda::par(0, 1).in_order(0); }),
                  "VEDA_E_RANGE: in_order: length is 0, must be 1 or more");
        const long before = counted::alive();
        EXPECT_EQ(thrown_by([&] {
                      (void)veda::par(0, 5000)
                          .map([](int i) {
                              if (i == 4000) throw std::runtime_error("four thousand");
                              return counted(i);
                          })
                          .in_order(7)
                          .collect<std::vector>();
                  }),
                  "four thousand");
        EXPECT_EQ(counted::alive(), before);
    });
}

TEST(InOrder, CanBeCancelled) {
    in_every_pool([](std::uint32_t) {
        std::stop_source source;
        std::atomic<int> begun{0};
        EXPECT_THROW(veda::par(0, 100'000).in_order(5).stop_on(source.get_token()).for_each([&](int) {
            if (++begun == 100) source.request_stop();
        }),
                     veda::cancelled);
        EXPECT_LT(begun, 1000);
    });
}

}  // namespace
