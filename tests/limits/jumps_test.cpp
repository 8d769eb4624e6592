// longjmp out of a callback is against the rules. Where it can be seen, it is seen at the next
// entry or at the end of the task that is jumped into; what is never seen here is a hang.
#include <gtest/gtest.h>
#include <setjmp.h>
#include <ucontext.h>

#include <veda/veda.h>
#include <cstdlib>
#include <thread>

namespace {

jmp_buf place;
veda_runtime_t* runtime;

void start() {
    veda_runtime_config_t config{};
    config.struct_size = sizeof config;
    config.worker_count = 2;
    if (veda_runtime_create(&config, &runtime) != VEDA_OK) std::_Exit(3);
}

void jump(void*, veda_worker_t*) { longjmp(place, 1); }
void nothing(void*, veda_worker_t*) {}
uint64_t jumping_body(void*, uint64_t, uint64_t, const veda_exec_t*) { longjmp(place, 1); }

// The thread is still a guest of the runtime, so it may not end it; and it may not enter anew.
void out_of_veda_run() {
    start();
    if (setjmp(place) == 0) veda_run(runtime, jump, nullptr);
    veda_run(runtime, nothing, nullptr);
}

// guarantee: threads-4
TEST(Jump, OutOfVedaRunIsSeenAtTheNextEntry) {
    EXPECT_EXIT(out_of_veda_run(), testing::KilledBySignal(SIGABRT), "longjmp out of a callback");
}

void out_of_veda_for() {
    start();
    veda_for_desc_t range{};
    range.struct_size = sizeof range;
    range.end = 1;
    if (setjmp(place) == 0) veda_for(runtime, &range, jumping_body, nullptr);
    veda_run(runtime, nothing, nullptr);
}

TEST(Jump, OutOfALoopIsSeenAtTheNextEntry) {
    EXPECT_EXIT(out_of_veda_for(), testing::KilledBySignal(SIGABRT), "longjmp out of a callback");
}

TEST(Jump, LeavesTheRuntimeInsideAndSaysSo) {
    start();
    if (setjmp(place) == 0) veda_run(runtime, jump, nullptr);
    EXPECT_EQ(veda_runtime_destroy(runtime), VEDA_E_WORKER);
    EXPECT_EQ(veda_runtime_drain(runtime, 0), VEDA_E_WORKER);
    std::quick_exit(testing::Test::HasFailure());  // there is no way to end it any more
}

// A task jumps out of a task of its own scope, on the same stack: the task that is jumped into is
// not the one that is counted as running.
void over_a_wait(void*, veda_worker_t*) {
    veda_scope_t scope;
    veda_scope_begin(&scope, runtime);
    if (setjmp(place) == 0) {
        veda_scope_spawn(&scope, jump, nullptr);
        veda_scope_wait(&scope);
    }
}

TEST(Jump, OverAWaitIsSeenAtTheEndOfTheTask) {
    EXPECT_EXIT(
        {
            veda_runtime_config_t config{};
            config.struct_size = sizeof config;
            config.worker_count = 1;  // who waits for the scope is who runs its task
            if (veda_runtime_create(&config, &runtime) != VEDA_OK) std::_Exit(3);
            veda_spawn(runtime, over_a_wait, nullptr);
            veda_runtime_drain(runtime, UINT64_MAX);
        },
        testing::KilledBySignal(SIGABRT), "a detached task .*left frames of the runtime behind");
}

// The other way to the same damage.
void fork_without_join(void*, veda_worker_t* worker) {
    static veda_job_t job{};
    job.run = [](veda_job_t*, veda_worker_t*) {};
    veda_fork(worker, &job);
}

TEST(Fork, WithoutItsJoinIsSeenAtTheEndOfTheTask) {
    EXPECT_EXIT(
        {
            start();
            veda_spawn(runtime, fork_without_join, nullptr);
            veda_runtime_drain(runtime, UINT64_MAX);
        },
        testing::KilledBySignal(SIGABRT), "a fork without its join");
    EXPECT_EXIT(
        {
            start();
            veda_run(runtime, fork_without_join, nullptr);
        },
        testing::KilledBySignal(SIGABRT), "a fork without its join");
}

void enter_again(void*, veda_worker_t*) { EXPECT_EQ(veda_run(runtime, nothing, nullptr), VEDA_OK); }

TEST(Jump, IsNotSeenWhereThereIsNone) {
    start();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(veda_run(runtime, enter_again, nullptr), VEDA_OK);
    EXPECT_EQ(veda_runtime_destroy(runtime), VEDA_OK);
}

#ifndef __SANITIZE_THREAD__  // which does not know contexts

// A user's own stack lies anywhere, also above the thread's: entering from there is no jump.
ucontext_t thread_context, fiber_context;
void* fiber_stack;
constexpr std::size_t fiber_bytes = 256 << 10;

void on_the_fiber() { EXPECT_EQ(veda_run(runtime, nothing, nullptr), VEDA_OK); }

void switch_to_fiber(void*, veda_worker_t*) {
    getcontext(&fiber_context);
    fiber_context.uc_stack.ss_sp = fiber_stack;
    fiber_context.uc_stack.ss_size = fiber_bytes;
    fiber_context.uc_link = &thread_context;
    makecontext(&fiber_context, on_the_fiber, 0);
    swapcontext(&thread_context, &fiber_context);
}

TEST(Jump, IsNotSeenInACoroutine) {
    start();
    alignas(64) static thread_local char below[fiber_bytes];
    alignas(64) char above[fiber_bytes];  // the main thread's stack lies above all others
    for (void* stack : {static_cast<void*>(below), static_cast<void*>(above)}) {
        fiber_stack = stack;
        std::thread([] { EXPECT_EQ(veda_run(runtime, switch_to_fiber, nullptr), VEDA_OK); }).join();
    }
    EXPECT_EQ(veda_runtime_destroy(runtime), VEDA_OK);
}

#endif

}  // namespace
