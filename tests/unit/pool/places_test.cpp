// places_test.cpp: places are lent once and taken back once, whatever user code runs in the middle of a
// wait or a search. Each case hung before its mending; a hang is what the time limit of the test is for.
#include <gtest/gtest.h>
#include <veda/veda.h>

#include <atomic>
#include <thread>

#include "pool/registry.hpp"

namespace {

using veda::rt::counter;
using veda::rt::registry;

veda_runtime_t* make_runtime(uint32_t workers, uint32_t spares) {
    veda_runtime_config_t config;
    veda_runtime_config_init(&config, sizeof config);
    config.worker_count = workers;
    config.spare_workers = spares;
    veda_runtime_t* runtime = nullptr;
    EXPECT_EQ(veda_runtime_create(&config, &runtime), VEDA_OK) << veda_last_error();
    return runtime;
}

registry& inside_of(veda_runtime_t* runtime) { return *reinterpret_cast<registry*>(runtime); }

// Until nobody holds a place: all workers sleep or have lent theirs.
void wait_until_nobody_is_active(veda_runtime_t* runtime) {
    while (inside_of(runtime).people.load().active != 0) std::this_thread::yield();
}

template <class F>
void spawn(veda_runtime_t* runtime, F& f) {
    ASSERT_EQ(veda_spawn(
                  runtime, [](void* ctx, veda_worker_t*) { (*static_cast<F*>(ctx))(); }, &f),
              VEDA_OK);
}
template <class F>
void run(veda_runtime_t* runtime, F f) {
    ASSERT_EQ(veda_run(
                  runtime, [](void* ctx, veda_worker_t*) { (*static_cast<F*>(ctx))(); }, &f),
              VEDA_OK);
}
template <class F>
void broadcast(veda_runtime_t* runtime, F f) {
    ASSERT_EQ(veda_broadcast(
                  runtime, [](void* ctx, veda_worker_t*) { (*static_cast<F*>(ctx))(); }, &f),
              VEDA_OK);
}

// Ends the runtime and checks that every place was given back.
void end(veda_runtime_t* runtime) {
    ASSERT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    wait_until_nobody_is_active(runtime);
    EXPECT_EQ(inside_of(runtime).people.load().searching, 0u);
    EXPECT_EQ(veda_runtime_destroy(runtime), VEDA_OK);
}

TEST(Places, WaitInsideABlockingSection) {
    veda_runtime_t* runtime = make_runtime(2, 2);
    wait_until_nobody_is_active(runtime);
    veda_event_t event{};
    auto set = [&] { veda_event_set(&event); };
    std::thread other([&] {
        // Only once the guest has lent its place: the task must find a worker to wake.
        while (inside_of(runtime).count(counter::lends) == 0) std::this_thread::yield();
        spawn(runtime, set);
    });
    run(runtime, [&] {
        veda_blocking_begin();
        veda_event_wait(&event);
        veda_blocking_end();
    });
    other.join();
    end(runtime);
}

TEST(Places, BroadcastThatWaitsWakesOthers) {
    veda_runtime_t* runtime = make_runtime(1, 1);
    wait_until_nobody_is_active(runtime);
    veda_event_t event{};
    std::atomic<bool> there{false};
    auto set = [&] { veda_event_set(&event); };
    std::thread other([&] {
        while (!there) std::this_thread::yield();
        spawn(runtime, set);
    });
    broadcast(runtime, [&] {
        there = true;
        veda_event_wait(&event);
    });
    other.join();
    end(runtime);
}

TEST(Places, BroadcastThatBlocksLendsItsPlace) {
    veda_runtime_t* runtime = make_runtime(2, 2);
    wait_until_nobody_is_active(runtime);
    std::atomic<int> there{0};
    std::atomic<bool> done{false};
    auto finish = [&] { done = true; };
    std::thread other([&] {
        while (there < 2) std::this_thread::yield();
        spawn(runtime, finish);
    });
    broadcast(runtime, [&] {
        veda_blocking_begin();
        ++there;
        while (!done) std::this_thread::yield();
        veda_blocking_end();
    });
    other.join();
    end(runtime);
}

TEST(Places, BroadcastOnTopOfAWait) {
    veda_runtime_t* runtime = make_runtime(1, 1);
    veda_event_t first{}, second{};
    std::atomic<bool> there{false};
    auto wait = [&] { veda_event_wait(&first); };
    spawn(runtime, wait);
    while (inside_of(runtime).count(counter::lends) == 0) std::this_thread::yield();
    auto set = [&] { veda_event_set(&second); };
    std::thread other([&] {
        while (!there) std::this_thread::yield();
        spawn(runtime, set);
    });
    broadcast(runtime, [&] {
        there = true;
        veda_event_wait(&second);
    });
    other.join();
    veda_event_set(&first);
    end(runtime);
}

TEST(Places, WaitInsideAnotherRuntimeLendsBoth) {
    veda_runtime_t* outer = make_runtime(1, 2);
    veda_runtime_t* inner = make_runtime(1, 2);
    veda_event_t event{};
    auto set = [&] { veda_event_set(&event); };
    auto task = [&] {
        spawn(outer, set);
        run(inner, [&] { veda_event_wait(&event); });
    };
    spawn(outer, task);
    end(outer);
    end(inner);
}

TEST(Places, ForgottenBlockingEnd) {
    veda_runtime_t* runtime = make_runtime(2, 2);
    auto forget = [] { veda_blocking_begin(); };
    for (int i = 0; i < 10; ++i) spawn(runtime, forget);
    run(runtime, forget);
    end(runtime);
}

TEST(Search, LooksIntoItsOwnQueueAfterABroadcast) {
    veda_runtime_t* runtime = make_runtime(2, 1);
    wait_until_nobody_is_active(runtime);
    std::atomic<int> ran{0};
    auto task = [&] { ++ran; };
    broadcast(runtime, [&] { spawn(runtime, task); });
    end(runtime);
    EXPECT_EQ(ran, 2);
}

std::atomic<int> hook_tasks{0};

TEST(Search, LooksIntoItsOwnQueueAfterTheStartHook) {
    veda_runtime_config_t config;
    veda_runtime_config_init(&config, sizeof config);
    config.worker_count = 2;
    config.on_worker_start = [](void*, uint32_t) {
        auto count = [](void*, veda_worker_t*) { ++hook_tasks; };
        ASSERT_EQ(veda_spawn(veda_worker_runtime(), count, nullptr), VEDA_OK);
    };
    veda_runtime_t* runtime = nullptr;
    ASSERT_EQ(veda_runtime_create(&config, &runtime), VEDA_OK);
    while (hook_tasks < 2) std::this_thread::yield();
    end(runtime);
}

// A yield takes the oldest task, so that a scope still finds its own above where it began.
TEST(ScopeWait, FindsItsOwnTasksAfterAYield) {
    veda_runtime_t* runtime = make_runtime(1, 1);
    wait_until_nobody_is_active(runtime);  // a worker that just starts might take the older task
    int own = 0, older = 0;
    auto count_older = [&] { ++older; };
    const auto me = std::this_thread::get_id();
    for (int i = 0; i < 200; ++i) {
        run(runtime, [&] {
            spawn(runtime, count_older);
            veda_scope_t scope;
            ASSERT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
            EXPECT_EQ(veda_yield(), VEDA_YIELD_RAN);
            auto task = [&] { own += std::this_thread::get_id() == me; };
            auto call = [](void* ctx, veda_worker_t*) { (*static_cast<decltype(task)*>(ctx))(); };
            ASSERT_EQ(veda_scope_spawn(&scope, call, &task), VEDA_OK);
            EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);
        });
    }
    EXPECT_EQ(own, 200);
    EXPECT_EQ(older, 200);
    end(runtime);
}

TEST(ScopeWait, RefusesToEndOutOfOrder) {
    veda_runtime_t* runtime = make_runtime(1, 1);
    veda_scope_t outer, inner;
    ASSERT_EQ(veda_scope_begin(&outer, runtime), VEDA_OK);
    ASSERT_EQ(veda_scope_begin(&inner, runtime), VEDA_OK);
    EXPECT_EQ(veda_scope_wait(&outer), VEDA_E_ORDER);
    EXPECT_EQ(veda_scope_wait(&inner), VEDA_OK);
    EXPECT_EQ(veda_scope_wait(&outer), VEDA_OK);
    end(runtime);
}

// The thief of a fork yields and so runs a foreign task that forks: the fork's owner must not take those
// forks for parts of what it waits for.
struct foreign_forks {
    veda_runtime_t* runtime;
    std::thread::id owner = std::this_thread::get_id();
    std::atomic<int> phase{0};
    std::atomic<int> on_owner{0};
};
foreign_forks* shared;

void count_on_owner(veda_job_t*, veda_worker_t*) {
    if (std::this_thread::get_id() == shared->owner) ++shared->on_owner;
}
void fork_many(void*, veda_worker_t* worker) {
    for (int i = 0; i < 50; ++i) {
        veda_job_t job;
        job.run = &count_on_owner;
        ASSERT_EQ(veda_fork(worker, &job), VEDA_OK);
        for (int k = 0; k < 200; ++k) std::atomic_signal_fence(std::memory_order_seq_cst);
        ASSERT_GE(veda_join(worker, &job), 0);
    }
}
void yield_to_it(veda_job_t*, veda_worker_t*) {
    shared->phase = 1;
    while (shared->phase < 2) std::this_thread::yield();
    veda_yield();
}

TEST(ForkWait, NeverRunsForksOfWhatItsThiefYieldedTo) {
    foreign_forks state{make_runtime(2, 1)};
    shared = &state;
    for (int round = 0; round < 200; ++round) {
        state.phase = 0;
        run(state.runtime, [] {
            veda_worker_t* worker = veda_worker_current();
            veda_job_t job;
            job.run = &yield_to_it;
            ASSERT_EQ(veda_fork(worker, &job), VEDA_OK);
            while (shared->phase < 1) std::this_thread::yield();
            ASSERT_EQ(veda_spawn(shared->runtime, &fork_many, nullptr), VEDA_OK);
            shared->phase = 2;
            ASSERT_EQ(veda_join(worker, &job), VEDA_JOIN_DONE);
        });
        ASSERT_EQ(veda_runtime_drain(state.runtime, UINT64_MAX), VEDA_OK);
    }
    EXPECT_EQ(state.on_owner, 0);
    end(state.runtime);
}

}  // namespace
