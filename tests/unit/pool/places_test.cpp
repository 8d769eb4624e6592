// places_test.cpp: places are lent once and taken back once, whatever user code runs in the middle of a
// wait or a search. Each case hung before its mending; a hang is what the time limit of the test is for.
#include <gtest/gtest.h>
#include <veda/veda.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

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

// ---- a count that was given ----

// How many threads are in the user's code at a time.
class crowd {
  public:
    void work(int microseconds) {
        enter();
        const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(microseconds);
        while (std::chrono::steady_clock::now() < end) {
        }
        leave();
    }
    void enter() {
        const int here = ++now_;
        for (int most = most_; most < here && !most_.compare_exchange_weak(most, here);) {
        }
    }
    void leave() { --now_; }
    int most() const { return most_; }

  private:
    std::atomic<int> now_{0}, most_{0};
};

// Bodies longer than the time after which waiters look around, waits in between, and threads from outside.
void expect_no_more_bodies_than(uint32_t workers) {
    veda_runtime_t* runtime = make_runtime(workers, 4);
    crowd all;
    auto task = [&] { all.work(3000); };
    auto waiter = [&] {
        veda_scope_t scope;
        ASSERT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        auto call = [](void* ctx, veda_worker_t*) { (*static_cast<decltype(task)*>(ctx))(); };
        for (int i = 0; i < 4; ++i) ASSERT_EQ(veda_scope_spawn(&scope, call, &task), VEDA_OK);
        ASSERT_EQ(veda_scope_wait(&scope), VEDA_OK);
        all.work(500);
    };
    for (int i = 0; i < 6; ++i) {
        spawn(runtime, waiter);
        spawn(runtime, task);
    }
    std::vector<std::thread> outside;
    for (int i = 0; i < 4; ++i) outside.emplace_back([&] { run(runtime, waiter); });
    for (std::thread& thread : outside) thread.join();
    end(runtime);
    EXPECT_LE(all.most(), static_cast<int>(workers));
}
// guarantee: progress-12
TEST(Places, AGivenCountIsALimit) {
    for (uint32_t workers : {1u, 2u, 3u}) expect_no_more_bodies_than(workers);
}

// Both places are held by bodies that wait, in the program's own code, for what only a queued task brings.
// guarantee: progress-13
TEST(Places, BlockedBodiesAreReplaced) {
    veda_runtime_t* runtime = make_runtime(2, 2);
    std::latch brought(1);
    std::atomic<int> there{0};
    auto block = [&] {
        ++there;
        brought.wait();
    };
    spawn(runtime, block);
    spawn(runtime, block);
    while (there < 2) std::this_thread::yield();
    auto bring = [&] { brought.count_down(); };
    // Somebody must look: a thread from outside that waits for its place.
    run(runtime, bring);
    end(runtime);
}

// A task waits with a lock held, and as many bodies as may stand in for others are blocked for that lock: the
// task goes on all the same when its wait is over.
// guarantee: progress-2
TEST(Places, WhoHoldsTheLockGoesOn) {
    veda_runtime_t* runtime = make_runtime(1, 1);
    std::mutex lock;
    std::atomic<int> there{0};
    veda_event_t event{};
    auto wait = [&] {
        const std::lock_guard guard(lock);
        ++there;
        EXPECT_EQ(veda_event_wait(&event), VEDA_OK);
    };
    auto block = [&] {
        ++there;
        const std::lock_guard guard(lock);
    };
    spawn(runtime, wait);
    while (there < 1) std::this_thread::yield();
    spawn(runtime, block);  // the spare worker, in the place that was lent
    while (there < 2) std::this_thread::yield();
    std::thread guest([&] { run(runtime, block); });  // in a place for the first one that is blocked
    while (there < 3) std::this_thread::yield();
    EXPECT_EQ(veda_event_set(&event), VEDA_OK);
    guest.join();
    end(runtime);
}

// With no spare worker nobody stands in for a blocked body, until it goes on.
TEST(Places, NoSpareWorkersMeansNone) {
    veda_runtime_t* runtime = make_runtime(1, VEDA_NO_SPARE_WORKERS);
    crowd all;
    std::atomic<bool> inside{false};
    auto sleep = [&] {
        all.enter();
        inside = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        all.leave();
    };
    spawn(runtime, sleep);
    while (!inside) std::this_thread::yield();
    run(runtime, [&] { all.work(100); });
    end(runtime);
    EXPECT_EQ(all.most(), 1);
}

// ---- several runtimes ----

// A worker of one runtime, inside another one, broadcasts to the first, of which it is called itself.
TEST(Places, BroadcastToTheRuntimeOutside) {
    veda_runtime_t* outer = make_runtime(2, 1);
    veda_runtime_t* inner = make_runtime(1, 1);
    std::atomic<int> calls{0};
    auto task = [&] {
        run(inner, [&] { broadcast(outer, [&] { ++calls; }); });
    };
    spawn(outer, task);
    end(outer);
    end(inner);
    EXPECT_EQ(calls, 2);
}

// The only worker of one runtime ends another one, in which a broadcast waits for a task of the first.
TEST(Places, DestroyLendsThePlace) {
    veda_runtime_t* first = make_runtime(1, 1);
    veda_runtime_t* second = make_runtime(1, 1);
    veda_event_t event{};
    std::atomic<bool> called{false}, ending{false};
    auto set = [&] { veda_event_set(&event); };
    auto destroy = [&] {
        ending = true;
        EXPECT_EQ(veda_runtime_destroy(second), VEDA_OK);
    };
    std::thread caller([&] {
        broadcast(second, [&] {
            called = true;
            while (!ending) std::this_thread::yield();
            veda_event_wait(&event);
        });
    });
    while (!called) std::this_thread::yield();
    spawn(first, destroy);
    while (!ending) std::this_thread::yield();
    spawn(first, set);
    caller.join();
    end(first);
}

// ---- careless callbacks ----

TEST(Places, ABroadcastForgetsBlockingEnd) {
    veda_runtime_t* runtime = make_runtime(2, 1);
    broadcast(runtime, [] { veda_blocking_begin(); });
    std::atomic<int> ran{0};
    auto count = [&] { ++ran; };
    spawn(runtime, count);
    end(runtime);
    EXPECT_EQ(ran, 1);
}

TEST(Places, ALoopBodyForgetsBlockingEnd) {
    veda_runtime_t* runtime = make_runtime(2, 1);
    veda_for_desc_t range{};
    range.struct_size = sizeof range;
    range.end = 100;
    const auto body = [](void*, uint64_t, uint64_t end, const veda_exec_t*) {
        veda_blocking_begin();
        return end;
    };
    ASSERT_EQ(veda_for(runtime, &range, body, nullptr), VEDA_OK);
    end(runtime);
}

TEST(Places, BlockingEndsTooOften) {
    veda_runtime_t* runtime = make_runtime(1, 1);
    auto task = [] {
        veda_blocking_begin();
        veda_blocking_end();
        veda_blocking_end();
    };
    spawn(runtime, task);
    run(runtime, task);
    end(runtime);
}

// ---- guests that are gone ----

// After a thousand threads were inside at once, searchers visit as few slots as before.
TEST(Places, SlotsOfFormerGuestsAreNotVisited) {
    veda_runtime_t* runtime = make_runtime(1, 1);
    registry& pool = inside_of(runtime);
    std::vector<veda::rt::worker*> guests(200);
    for (veda::rt::worker*& guest : guests) guest = pool.enter();
    for (; !guests.empty(); guests.pop_back()) pool.leave(*guests.back());
    int visited = 0;
    (void)pool.any_worker([&](veda::rt::worker&) { return ++visited, false; });
    EXPECT_LE(visited, 16);
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
