// Many scopes inside tasks of scopes, and ten million tasks of which none may be lost.
#include <atomic>

#include "stress.hpp"

namespace {

TEST(ScopesStress, ThousandRoundsOfNestedScopes) {
    const stress::watchdog watchdog("1,000 rounds of 100 tasks each opening a scope of 10 tasks");
    const std::uint64_t rounds = stress::scaled(1000);
    std::uint64_t complete = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        std::atomic<std::uint64_t> inner{0}, outer{0};
        veda::scope([&](auto& s) {
            for (int i = 0; i < 100; ++i) {
                s.spawn([&] {
                    std::atomic<int> mine{0};
                    veda::scope([&](auto& nested) {
                        for (int j = 0; j < 10; ++j)
                            nested.spawn([&] { mine.fetch_add(1, std::memory_order_relaxed); });
                    });
                    // The scope has ended, so all ten are there, without any further wait.
                    inner.fetch_add(mine.load(std::memory_order_relaxed));
                    outer.fetch_add(1);
                });
            }
        });
        ASSERT_EQ(outer.load(), 100u);
        ASSERT_EQ(inner.load(), 1000u);
        ++complete;
    }
    EXPECT_EQ(complete, rounds);
}

void count_one(void* counter, veda_worker_t*) {
    static_cast<std::atomic<std::uint64_t>*>(counter)->fetch_add(1, std::memory_order_relaxed);
}

struct submission {
    veda_runtime_t* runtime;
    std::uint64_t tasks;
    std::atomic<std::uint64_t> ran{0};
};

// Scopes of many sizes, from 1 to 100,000 tasks, until all tasks are submitted.
void submit_scoped(submission& order) {
    std::uint64_t size = 1;
    for (std::uint64_t left = order.tasks; left > 0;) {
        const std::uint64_t now = std::min(left, size);
        veda_scope_t scope;
        ASSERT_EQ(veda_scope_begin(&scope, order.runtime), VEDA_OK);
        for (std::uint64_t i = 0; i < now; ++i)
            ASSERT_EQ(veda_scope_spawn(&scope, count_one, &order.ran), VEDA_OK);
        ASSERT_EQ(veda_scope_wait(&scope), VEDA_OK);
        left -= now;
        size = size < 100000 ? size * 3 : 1;
    }
}

void submit_detached(submission& order) {
    for (std::uint64_t i = 0; i < order.tasks; ++i)
        ASSERT_EQ(veda_spawn(order.runtime, count_one, &order.ran), VEDA_OK);
}

template <void (*submit)(submission&)>
void entry(void* order, veda_worker_t*) {
    submit(*static_cast<submission*>(order));
}

// Submits tasks from a worker and from outside; completed must equal submitted, also by the
// counters.
template <void (*submit)(submission&)>
void expect_none_lost(std::uint64_t tasks) {
    for (const std::uint32_t workers : {1u, 2u, 8u}) {
        stress::runtime runtime{veda::config{}.workers(workers)};
        submission order{runtime.raw(), tasks / 6};
        const std::uint64_t executed = runtime.counter("executed");
        submit(order);
        ASSERT_EQ(veda_run(runtime.raw(), entry<submit>, &order), VEDA_OK);
        ASSERT_EQ(veda_runtime_drain(runtime.raw(), UINT64_MAX), VEDA_OK);
        EXPECT_EQ(order.ran.load(), 2 * order.tasks) << workers << " workers";
        EXPECT_EQ(runtime.counter("executed") - executed, 2 * order.tasks) << workers << " workers";
        EXPECT_EQ(runtime.pending(), 0u);
    }
}

// guarantee: progress-6
TEST(ScopesStress, NoScopedTaskIsLost) {
    const stress::watchdog watchdog("5,000,000 scoped tasks", 240);
    expect_none_lost<submit_scoped>(stress::scaled(5'000'000));
}

// guarantee: progress-6
TEST(ScopesStress, NoDetachedTaskIsLost) {
    const stress::watchdog watchdog("5,000,000 detached tasks", 240);
    expect_none_lost<submit_detached>(stress::scaled(5'000'000));
}

}  // namespace
