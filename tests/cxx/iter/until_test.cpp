// until_test.cpp: a loop that its body ends.
#include "cxx/support.hpp"

#include <veda/for_each_until.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace veda::test;
using veda::flow;

int slowly(int x) {
    if (x % 8 == 3) busy();
    return x;
}

// Items that stop the loop: every one from `first` on whose number is a multiple of 3.
TEST(ForEachUntil, StopsWhereTheSerialLoopWould) {
    in_every_pool([](std::uint32_t) {
        for (int n : lengths()) {
            for (int first : {0, n / 2, n - 1, n}) {
                std::vector<std::atomic<int>> calls(static_cast<std::size_t>(n));
                const auto body = [&](int i) {
                    ++calls[static_cast<std::size_t>(slowly(i))];
                    return i >= first && i % 3 == 0 ? flow::stop : flow::go;
                };
                const auto where = veda::for_each_until(veda::par(0, n), body);
                std::optional<std::uint64_t> expected;
                for (int i = std::max(first, 0); i < n && !expected; ++i) {
                    if (i % 3 == 0) expected = i;
                }
                ASSERT_EQ(where, expected) << n << " items, from " << first;
                for (std::size_t i = 0; i < calls.size(); ++i) {
                    ASSERT_LE(calls[i], 1);
                    if (!where || i <= *where) {
                        ASSERT_EQ(calls[i], 1);
                    }
                }
            }
        }
    });
}

TEST(ForEachUntil, GivesItsBodyTheLoop) {
    in_every_pool([](std::uint32_t) {
        std::vector<int> v(1000, 0);
        const auto where = veda::for_each_until(v, [](int& x, veda::loop_control& loop) {
            EXPECT_FALSE(loop.stops());
            x = slowly(static_cast<int>(loop.index())) + 1;
            if (loop.index() >= 700) loop.stop();
        });
        EXPECT_EQ(where, 700u);
        for (std::size_t i = 0; i <= 700; ++i) ASSERT_EQ(v[i], static_cast<int>(i) + 1);
        EXPECT_EQ(veda::for_each_until(std::vector<int>(), [](int) { return flow::stop; }), std::nullopt);
        static_assert(veda::loop_body<decltype([](int) { return flow::go; }), int>);
        static_assert(!veda::loop_body<decltype([](int) {}), int>);
    });
}

TEST(ForEachUntil, TellsBodiesThatTheyAreOvertaken) {
    veda::runtime pool(veda::config{}.workers(2));
    std::atomic<bool> right_begun{false};
    const auto where = pool.run([&] {
        return veda::for_each_until(veda::par(0, 1000), [&](int i, veda::loop_control& loop) {
            if (i < 2) busy(std::chrono::microseconds(200));
            if (i > 600) {
                right_begun.store(true, std::memory_order_release);
                while (!loop.overtaken()) std::this_thread::yield();
            }
            if (i == 5) {
                await(right_begun);
                loop.stop();
            }
        });
    });
    EXPECT_EQ(where, 5u);
}

TEST(ForEachUntil, DoesLittleBehindTheStop) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> calls{0};
        EXPECT_EQ(veda::for_each_until(veda::par(0, 10'000'000),
                                       [&](int i) {
                                           calls.fetch_add(1, std::memory_order_relaxed);
                                           return i == 1000 ? flow::stop : flow::go;
                                       }),
                  1000u);
        EXPECT_LT(calls, 3'000'000);
    });
}

// A throw counts as a stop: what comes first, counts.
TEST(ForEachUntil, ThrowsOnlyWhatTheSerialLoopWouldThrow) {
    in_every_pool([](std::uint32_t) {
        for (int stop_at : {10, 150, 299, 1000}) {
            for (int throw_at : {10, 149, 151, 298}) {
                const auto run = [&] {
                    const auto where = veda::for_each_until(veda::par(0, 300), [&](int i) {
                        if (slowly(i) == throw_at || i == 299)
                            throw std::runtime_error(std::to_string(i));
                        return i == stop_at ? flow::stop : flow::go;
                    });
                    EXPECT_EQ(where, static_cast<std::uint64_t>(stop_at));
                };
                EXPECT_EQ(thrown_by(run), stop_at < throw_at ? "" : std::to_string(throw_at));
            }
        }
    });
}

}  // namespace
