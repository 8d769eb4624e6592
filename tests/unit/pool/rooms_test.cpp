// rooms_test.cpp: what comes from outside does not wait for the end of a long loop. Each case would go on for
// ever otherwise; that is what the time limit of the test is for.
#include <gtest/gtest.h>
#include <veda/veda.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "support/own_runtime.hpp"

namespace {

using veda::test::own_runtime;
using veda::test::read_counter;

// A body that never gets to an end before somebody sets the flag, and what is beside it.
struct endless {
    std::atomic<bool> begun{false}, done{false};
    std::atomic<int> inside{0}, most{0};

    void enter() {
        const int now = inside.fetch_add(1) + 1;
        int seen = most.load();
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
    }
    void leave() { inside.fetch_sub(1); }
};

std::uint64_t piece(void* ctx, std::uint64_t begin, std::uint64_t, const veda_exec_t*) {
    auto& state = *static_cast<endless*>(ctx);
    state.enter();
    state.begun.store(true);
    for (int i = 0; i != 200; ++i) state.done.load();
    state.leave();
    return state.done.load() ? VEDA_STOP : begin + 1;
}
std::uint64_t fold(void* ctx, std::uint64_t begin, std::uint64_t end, void*, const veda_exec_t* exec) {
    return piece(ctx, begin, end, exec);
}

void loop(void* ctx, veda_worker_t*) {
    veda_for_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.end = UINT64_MAX - 1;
    EXPECT_EQ(veda_for(veda_worker_runtime(), &desc, piece, ctx), VEDA_E_CANCELLED);
}
void reduce(void* ctx, veda_worker_t*) {
    veda_reduce_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.end = UINT64_MAX - 1;
    const std::uint64_t nothing = 0;
    alignas(16) std::uint64_t result = 0;
    desc.acc_size = sizeof result;
    desc.identity = &nothing;
    const auto combine = [](void*, void*, const void*) {};
    EXPECT_EQ(veda_reduce(veda_worker_runtime(), &desc, fold, combine, ctx, &result), VEDA_E_CANCELLED);
}
// Halves without end, as a recursion that looks at nothing itself.
void recurse(void* ctx, veda_worker_t* worker) {
    auto& state = *static_cast<endless*>(ctx);
    while (!state.done.load()) {
        veda_job_t right{};
        right.run = [](veda_job_t*, veda_worker_t*) {};
        ASSERT_EQ(veda_fork(worker, &right), VEDA_OK);
        state.begun.store(true);
        ASSERT_GE(veda_join(worker, &right), 0);
    }
}
// Pieces that wait for tasks of their own.
std::uint64_t scope_piece(void* ctx, std::uint64_t begin, std::uint64_t end, const veda_exec_t* exec) {
    const auto nothing = [](void*, veda_worker_t*) {};
    veda_scope_t scope;
    EXPECT_EQ(veda_scope_begin(&scope, veda_worker_runtime()), VEDA_OK);
    EXPECT_EQ(veda_scope_spawn(&scope, nothing, nullptr), VEDA_OK);
    EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);
    return piece(ctx, begin, end, exec);
}
void loop_of_scopes(void* ctx, veda_worker_t*) {
    veda_for_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.end = UINT64_MAX - 1;
    desc.max_piece = 1;
    EXPECT_EQ(veda_for(veda_worker_runtime(), &desc, scope_piece, ctx), VEDA_E_CANCELLED);
}
// Code of the user's own that runs long and says so.
void say_so(void* ctx, veda_worker_t* worker) {
    auto& state = *static_cast<endless*>(ctx);
    while (!state.done.load()) {
        state.enter();
        state.begun.store(true);
        state.leave();
        ASSERT_EQ(veda_make_room(worker), VEDA_OK);
    }
}

void end_it(void* ctx, veda_worker_t*) {
    auto& state = *static_cast<endless*>(ctx);
    state.enter();
    state.leave();
    state.done.store(true);
}

// Returns when it has begun.
void start(veda_runtime_t* runtime, void (*body)(void*, veda_worker_t*), endless& state) {
    ASSERT_EQ(veda_spawn(runtime, body, &state), VEDA_OK);
    while (!state.begun.load()) std::this_thread::yield();
}

struct manner {
    const char* name;
    void (*run)(void*, veda_worker_t*);
};
constexpr manner manners[] = {
    {"veda_for", loop},
    {"scopes", loop_of_scopes},
    {"veda_reduce", reduce},
    {"forks", recurse},
    {"veda_make_room", say_so}};

void PrintTo(const manner& m, std::ostream* out) { *out << m.name; }

class Rooms : public testing::TestWithParam<manner> {};

// guarantee: progress-14
TEST_P(Rooms, ATaskFromOutsideIsLetIn) {
    own_runtime runtime(1, 2);
    endless state;
    start(runtime, GetParam().run, state);
    ASSERT_EQ(veda_spawn(runtime, end_it, &state), VEDA_OK);
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    EXPECT_GE(read_counter(runtime, "rooms"), 1u);
    EXPECT_LE(state.most.load(), 1);  // never two bodies in one place
}

// It has no need of another thread: the guest is one.
// guarantee: progress-14
TEST_P(Rooms, AGuestIsLetIn) {
    own_runtime runtime(1);
    endless state;
    start(runtime, GetParam().run, state);
    ASSERT_EQ(veda_run(runtime, end_it, &state), VEDA_OK);
    EXPECT_LE(state.most.load(), 1);
}

// The loops of both places are on guests' threads, and the pool's own workers sleep.
TEST_P(Rooms, GuestsMakeRoom) {
    own_runtime runtime(2, 2);
    endless first, second;
    const auto visit = [&](endless& state) { ASSERT_EQ(veda_run(runtime, GetParam().run, &state), VEDA_OK); };
    std::thread one([&] { visit(first); }), other([&] { visit(second); });
    for (endless* state : {&first, &second})
        while (!state->begun.load()) std::this_thread::yield();
    for (endless* state : {&first, &second}) ASSERT_EQ(veda_spawn(runtime, end_it, state), VEDA_OK);
    one.join();
    other.join();
}

// What the task that was let in has spawned waits outside as well.
// guarantee: progress-14
TEST_P(Rooms, WhatTheTaskSpawnsIsLetIn) {
    own_runtime runtime(1, 2);
    endless state;
    start(runtime, GetParam().run, state);
    const auto spawn = [](void* ctx, veda_worker_t*) {
        EXPECT_EQ(veda_spawn(veda_worker_runtime(), end_it, ctx), VEDA_OK);
    };
    ASSERT_EQ(veda_spawn(runtime, spawn, &state), VEDA_OK);
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
}

// A task that blocks in its room, for something that the loop does, does not keep the loop from going on.
TEST_P(Rooms, ATaskThatBlocksLetsTheLoopGoOn) {
    own_runtime runtime(1, 2);
    endless state;
    start(runtime, GetParam().run, state);
    const auto block = [](void* ctx, veda_worker_t*) {
        auto& state = *static_cast<endless*>(ctx);
        veda_blocking_begin();
        state.begun.store(false);
        while (!state.begun.load()) std::this_thread::yield();
        veda_blocking_end();
        state.done.store(true);
    };
    ASSERT_EQ(veda_spawn(runtime, block, &state), VEDA_OK);
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
}

INSTANTIATE_TEST_SUITE_P(, Rooms, testing::ValuesIn(manners),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Room, NeedsItsOwnWorker) {
    own_runtime runtime(1), other(1);
    veda_worker_t* elsewhere = nullptr;
    EXPECT_EQ(veda_make_room(nullptr), VEDA_E_NULL);
    ASSERT_EQ(veda::test::run(other, [&] { elsewhere = veda_worker_current(); }), VEDA_OK);
    EXPECT_EQ(veda_make_room(elsewhere), VEDA_E_WORKER);
    EXPECT_EQ(veda_make_room(reinterpret_cast<veda_worker_t*>(veda_worker_self)), VEDA_E_WORKER);
    auto misuse = [&] { EXPECT_EQ(veda_make_room(elsewhere), VEDA_E_WORKER); };
    ASSERT_EQ(veda::test::run(runtime, misuse), VEDA_OK);
}

// A recursion of so many levels that none of its forks is at the bottom again before the end.
void descend(veda_worker_t* worker, endless& state, int level) {
    state.begun.store(true);
    if (level == 0 || state.done.load()) return;
    struct branch : veda_job_t {
        endless* state;
        int level;
    } right{};
    right.state = &state;
    right.level = level - 1;
    right.run = [](veda_job_t* job, veda_worker_t* w) {
        auto* b = static_cast<branch*>(job);
        descend(w, *b->state, b->level);
    };
    ASSERT_EQ(veda_fork(worker, &right), VEDA_OK);
    descend(worker, state, level - 1);
    const std::int32_t joined = veda_join(worker, &right);
    ASSERT_GE(joined, 0);
    if (joined == VEDA_JOIN_TAKE) descend(worker, state, level - 1);
}
void recurse_deeply(void* ctx, veda_worker_t* worker) {
    descend(worker, *static_cast<endless*>(ctx), 60);
}

// Lets nobody in.
void hold_place(void* ctx, veda_worker_t*) {
    auto& state = *static_cast<endless*>(ctx);
    state.begun.store(true);
    while (!state.done.load()) std::this_thread::yield();
}

// Both lie in the injector when the only worker looks there, and it takes them at once.
TEST(Room, ForOneThatCameWithARecursion) {
    own_runtime runtime(1, 2);
    endless first, state;
    start(runtime, hold_place, first);
    ASSERT_EQ(veda_spawn(runtime, recurse_deeply, &state), VEDA_OK);
    ASSERT_EQ(veda_spawn(runtime, end_it, &state), VEDA_OK);
    first.done.store(true);
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
}

// The recursion is asked again, although it was asked before for a task of its own that still waits.
TEST(Room, AskedForBesideOwnTasks) {
    own_runtime runtime(1, 2);
    endless state;
    std::atomic<int> ran{0};
    const auto count = [](void* ctx, veda_worker_t*) { static_cast<std::atomic<int>*>(ctx)->fetch_add(1); };
    auto begin = [&](veda_worker_t* worker) {
        for (int i = 0; i != 3; ++i) ASSERT_EQ(veda_spawn(runtime, count, &ran), VEDA_OK);
        recurse_deeply(&state, worker);
    };
    const auto call = [](void* ctx, veda_worker_t* w) { (*static_cast<decltype(begin)*>(ctx))(w); };
    ASSERT_EQ(veda_spawn(runtime, call, &begin), VEDA_OK);
    while (!state.begun.load()) std::this_thread::yield();
    for (int i = 0; i != 3; ++i) {
        std::atomic<int> seen{0};
        ASSERT_EQ(veda_spawn(runtime, count, &seen), VEDA_OK);
        while (seen.load() == 0) std::this_thread::yield();
    }
    ASSERT_EQ(veda_spawn(runtime, end_it, &state), VEDA_OK);
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    EXPECT_EQ(ran.load(), 3);
}

// The loop's caller holds a lock for which whoever got its place would block. Without spare workers nobody
// would let the loop go on then.
TEST(Room, NobodyIsLetInWithoutSpareWorkers) {
    own_runtime runtime(1, VEDA_NO_SPARE_WORKERS);
    std::mutex lock;
    const auto take = [](void* ctx, veda_worker_t*) {
        const std::lock_guard guard(*static_cast<std::mutex*>(ctx));
    };
    auto hold = [&] {
        const std::lock_guard guard(lock);
        std::thread([&] { EXPECT_EQ(veda_spawn(runtime, take, &lock), VEDA_OK); }).join();
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
        veda_worker_t* self = veda_worker_current();
        while (std::chrono::steady_clock::now() < until) EXPECT_EQ(veda_make_room(self), VEDA_OK);
    };
    ASSERT_EQ(veda::test::run(runtime, hold), VEDA_OK);
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    EXPECT_EQ(read_counter(runtime, "rooms"), 0u);
}

}  // namespace
