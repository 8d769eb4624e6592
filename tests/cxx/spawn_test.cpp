// spawn_test.cpp: a spawned task runs once, and its handle gives what it gave.
#include "support.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <string>

namespace {

using namespace veda::test;

TEST(Spawn, GivesItsValueThroughTheHandle) {
    auto h = veda::spawn([] { return 42; });
    EXPECT_TRUE(h.valid());
    EXPECT_EQ(h.get(), 42);
    EXPECT_FALSE(h.valid());
}

TEST(Spawn, GivesNothingAReferenceOrWhatCannotBeCopied) {
    int x = 0;
    auto nothing = veda::spawn([&] { x = 1; });
    static_assert(std::is_void_v<decltype(nothing.get())>);
    nothing.get();
    EXPECT_EQ(x, 1);
    auto reference = veda::spawn([&]() -> int& { return x; });
    EXPECT_EQ(&reference.get(), &x);
    EXPECT_EQ(*veda::spawn([p = std::make_unique<int>(4)]() mutable { return std::move(p); }).get(),
              4);
}

// guarantee: errors-4
TEST(Spawn, CarriesTheExceptionToGet) {
    auto h = veda::spawn([]() -> int { throw std::runtime_error("late"); });
    EXPECT_EQ(thrown_by([&] { h.get(); }), "late");
    EXPECT_FALSE(h.valid());
}

TEST(Spawn, IsReadyAfterWait) {
    std::atomic<bool> go{false};
    auto h = veda::spawn([&] { await(go); });
    EXPECT_FALSE(h.ready());
    go = true;
    h.wait();
    EXPECT_TRUE(h.ready());
    h.get();
}

TEST(Spawn, RunsThoughTheHandleWasDropped) {
    const long before = counted::alive();
    std::atomic<int> ran{0};
    {
        veda::runtime pool(veda::config{}.workers(2));
        for (int i = 0; i < 200; ++i) {
            pool.spawn([&ran, c = counted(i)] {
                    ++ran;
                    return c;
                })
                .detach();
        }
        pool.drain();
        EXPECT_EQ(pool.pending(), 0u);
    }
    EXPECT_EQ(ran, 200);
    EXPECT_EQ(counted::alive(), before);
}

TEST(Spawn, FreesAnAnswerThatNobodyFetched) {
    const long before = counted::alive();
    {
        auto h = veda::spawn([] { return counted(1); });
        h.wait();
    }
    {
        auto h = veda::spawn([]() -> counted { throw 1; });
        h.wait();
    }
    EXPECT_EQ(counted::alive(), before);
}

TEST(Spawn, MovesItsHandle) {
    auto a = veda::spawn([] { return 1; });
    auto b = std::move(a);
    EXPECT_FALSE(a.valid());
    b = veda::spawn([] { return 2; });
    EXPECT_EQ(b.get(), 2);
}

// Every worker waits in get() for a task that only another one can run.
// guarantee: progress-3
TEST(Spawn, LendsThePlaceOfAWorkerThatWaits) {
    in_every_pool([](std::uint32_t) {
        auto outer = veda::spawn([] {
            auto middle = veda::spawn([] {
                auto inner = veda::spawn([] { return 5; });
                return inner.get() + 1;
            });
            return middle.get() + 1;
        });
        EXPECT_EQ(outer.get(), 7);
    });
}

// guarantee: errors-6
TEST(Spawn, TellsTheHookOfAnExceptionThatNobodyCanFetch) {
    std::mutex mutex;
    std::vector<std::string> messages;
    {
        veda::runtime pool(
            veda::config{}.workers(2).on_unhandled_error([&](veda_status, std::string_view text) {
                const std::lock_guard guard(mutex);
                messages.emplace_back(text);
            }));
        std::atomic<bool> dropped{false};
        pool.spawn([&] {
                await(dropped);
                throw std::runtime_error("lost");
            })
            .detach();
        dropped = true;
        pool.drain();
    }
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_NE(messages[0].find("lost"), std::string::npos);
}

TEST(Spawn, ManyTasksFromManyThreadsAreAllRun) {
    std::atomic<int> ran{0};
    veda::runtime pool(veda::config{}.workers(2));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i) pool.spawn([&] { ++ran; }).detach();
        });
    }
    for (auto& t : threads) t.join();
    pool.drain();
    EXPECT_EQ(ran, 2000);
}

}  // namespace
