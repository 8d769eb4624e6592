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
    veda::default_runtime().drain();  // the task may let go a moment after its handle
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

// A pool that keeps what its hook is told.
class Unfetched : public testing::Test {
  protected:
    std::vector<std::string> messages;  // read after the pool's end, or on the thread that reported
    std::mutex mutex;
    std::unique_ptr<veda::runtime> pool = std::make_unique<veda::runtime>(
        veda::config{}.workers(2).on_unhandled_error([this](veda_status, std::string_view text) {
            const std::lock_guard guard(mutex);
            messages.emplace_back(text);
        }));
};

TEST_F(Unfetched, IsToldWhenTheHandleGoesAfterTheTask) {
    {
        auto h = pool->spawn([]() -> int { throw std::runtime_error("late"); });
        h.wait();
        pool->drain();
        EXPECT_TRUE(messages.empty());  // it may still be fetched
    }
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0], "late");
}

TEST_F(Unfetched, IsToldOnceWhoeverIsLast) {
    for (int i = 0; i < 500; ++i) {
        pool->spawn([] { throw std::runtime_error("lost"); }).detach();
    }
    pool->drain();
    pool.reset();
    EXPECT_EQ(messages.size(), 500u);
}

TEST_F(Unfetched, IsNotToldOfWhatWasFetchedOrDidNotFail) {
    auto failed = pool->spawn([] { throw std::runtime_error("fetched"); });
    EXPECT_EQ(thrown_by([&] { failed.get(); }), "fetched");
    pool->spawn([] { return std::string(100, 'x'); }).wait();
    pool.reset();
    EXPECT_TRUE(messages.empty());
}

TEST_F(Unfetched, OutlivesThePool) {
    auto h = pool->spawn([] { throw std::runtime_error("orphan"); });
    h.wait();
    pool.reset();
    h.detach();  // there is no hook any more, and no harm
    EXPECT_TRUE(messages.empty());
}

TEST(Spawn, RefusesAHandleWithoutATask) {
    const auto status_of = [](auto f) -> veda_status {
        try {
            f();
        } catch (const veda::error& e) {
            EXPECT_NE(std::string(e.what()).find("task_handle::"), std::string::npos);
            return e.status();
        }
        return VEDA_OK;
    };
    veda::task_handle<int> never;
    EXPECT_FALSE(never.valid());
    EXPECT_FALSE(never.ready());
    EXPECT_EQ(status_of([&] { never.wait(); }), VEDA_E_STATE);
    EXPECT_EQ(status_of([&] { never.wait_for(std::chrono::seconds(0)); }), VEDA_E_STATE);
    auto h = veda::spawn([] { return 1; });
    EXPECT_EQ(h.get(), 1);
    EXPECT_FALSE(h.ready());
    EXPECT_EQ(status_of([&] { h.get(); }), VEDA_E_STATE);
}

TEST(Spawn, WaitsForATime) {
    using namespace std::chrono_literals;
    std::atomic<bool> go{false};
    auto h = veda::spawn([&] {
        await(go);
        return 7;
    });
    EXPECT_FALSE(h.wait_for(-1s));
    EXPECT_FALSE(h.wait_for(2ms));
    go = true;
    EXPECT_TRUE(h.wait_for(std::chrono::hours::max()));
    EXPECT_TRUE(h.wait_for(0.5s));
    EXPECT_EQ(h.get(), 7);
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

// Results that want more than the slabs' alignment, and types with an operator & of their own.
struct alignas(64) wide {
    int value = 0;
    bool aligned() const { return reinterpret_cast<std::uintptr_t>(this) % 64 == 0; }
};
struct with_address {
    long kind = 1;
    int* inside = nullptr;
    int** operator&() { return &inside; }
};

TEST(Spawn, ResultsMayBeOverAligned) {
    for (int i = 0; i != 50; ++i) {
        auto task = veda::spawn([i] { return wide{i}; });
        const wide got = task.get();
        EXPECT_TRUE(got.aligned());
        EXPECT_EQ(got.value, i);
    }
    veda::spawn([] { return wide{}; }).detach();
    auto throwing = veda::spawn([]() -> wide { throw 7; });
    EXPECT_EQ(thrown_by([&] { (void)throwing.get(); }), "int 7");
}

TEST(Spawn, ResultsMayOverloadTheAddress) {
    EXPECT_EQ(veda::spawn([] { return with_address{2}; }).get().kind, 2);
    const auto [a, b] = veda::join([] { return with_address{3}; }, [] { return with_address{4}; });
    EXPECT_EQ(a.kind * 10 + b.kind, 34);
    EXPECT_EQ(veda::default_runtime().run([] { return with_address{5}; }).kind, 5);
    const auto all = veda::par(0, 100).map([](int i) { return with_address{i}; }).collect<std::vector>();
    EXPECT_EQ(all[42].kind, 42);
}

}  // namespace
