/* fork_use: fork() after use, from every kind of thread. The parent goes on as if nothing had
 * happened; the child gets a fresh default runtime, and whatever is the parent's answers
 * VEDA_E_FORKED. */
#include "process.h"

static void no_task(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    check_failed(__FILE__, __LINE__, "the callback of a refused call never runs");
}

static uint64_t no_range(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)begin;
    (void)exec;
    no_task(ctx, NULL);
    return end;
}

static uint64_t no_fold(void* ctx, uint64_t begin, uint64_t end, void* acc,
                        const veda_exec_t* exec) {
    (void)acc;
    return no_range(ctx, begin, end, exec);
}

static void no_combine(void* ctx, void* left, const void* right) {
    (void)left;
    (void)right;
    no_task(ctx, NULL);
}

static void no_job(veda_job_t* job, veda_worker_t* worker) { no_task(job, worker); }

#define REFUSED(call)                      \
    do {                                   \
        CHECK_STATUS(call, VEDA_E_FORKED); \
        CHECK_SAYS("parent");              \
    } while (0)

/* In a child: every function that takes a runtime refuses the parent's. */
static void refuses_runtime(veda_runtime_t* inherited) {
    const veda_for_desc_t range = range_of(10);
    veda_reduce_desc_t reduction;
    uint64_t number = 0;
    uint32_t word = 0;
    veda_scope_t scope;
    veda_job_t job;
    memset(&reduction, 0, sizeof reduction);
    reduction.struct_size = sizeof reduction;
    reduction.end = 10;
    reduction.acc_size = sizeof number;
    reduction.identity = &number;
    memset(&job, 0, sizeof job);
    job.run = no_job;
    REFUSED(veda_run(inherited, no_task, NULL));
    REFUSED(veda_spawn(inherited, no_task, NULL));
    REFUSED(veda_spawn_job(inherited, &job));
    REFUSED(veda_broadcast(inherited, no_task, NULL));
    REFUSED(veda_scope_begin(&scope, inherited));
    REFUSED(veda_for(inherited, &range, no_range, NULL));
    REFUSED(veda_reduce(inherited, &reduction, no_fold, no_combine, NULL, &number));
    REFUSED(veda_runtime_drain(inherited, 0));
    REFUSED(veda_runtime_drain(inherited, UINT64_MAX));
    REFUSED(veda_runtime_worker_count(inherited, &word));
    REFUSED(veda_runtime_slot_count(inherited, &word));
    REFUSED(veda_runtime_pending(inherited, &number));
    REFUSED(veda_counter_read(inherited, 0, &number));
    REFUSED(veda_runtime_destroy(inherited));
    REFUSED(veda_runtime_destroy(inherited)); /* the first one has freed nothing */
}

static void refuses_scope(veda_scope_t* inherited) {
    veda_job_t job;
    memset(&job, 0, sizeof job);
    job.run = no_job;
    REFUSED(veda_scope_spawn(inherited, no_task, NULL));
    REFUSED(veda_scope_spawn_job(inherited, &job));
    REFUSED(veda_scope_spawn_n(inherited, &job, 1, sizeof job));
    REFUSED(veda_scope_fail(inherited, VEDA_E_FAILED, NULL));
    REFUSED(veda_scope_wait(inherited));
}

/* In a child: it is a process like any other. */
static void everything_works_here(void) {
    veda_runtime_t* own;
    veda_scope_t scope;
    void* memory = veda_job_alloc(64);
    uint64_t begun = 0;
    int calls = 0;
    CHECK(veda_worker_current() == NULL);
    CHECK(veda_worker_runtime() == NULL);
    CHECK(veda_worker_index() == -1);
    CHECK(memory != NULL);
    veda_job_free(memory, 64);
    check_works(veda_runtime_default());
    CHECK_OK(veda_spawn(veda_runtime_default(), count_call, &calls));
    CHECK_OK(veda_scope_begin(&scope, veda_runtime_default()));
    CHECK_OK(veda_scope_spawn(&scope, count_call, &calls));
    CHECK_OK(veda_scope_wait(&scope));
    own = make_runtime(3);
    check_works(own);
    begun = read_counter(own, "threads_started"); /* counters begin anew */
    CHECK(begun >= 3 && begun <= 11);
    end_runtime(own);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    CHECK_EQUAL(calls, 2);
    CHECK_STATUS(veda_init(NULL), VEDA_OK);
    check_works(veda_runtime_default());
    CHECK_OK(veda_shutdown(UINT64_MAX));
    wait_for_threads_to_go();
}

/* guarantee: fork-1 fork-2 fork-3 */
static void from_the_main_thread(void) {
    veda_runtime_t* standard = veda_runtime_default();
    veda_runtime_t* own = make_runtime(4);
    int round, calls = 0;
    check_works(standard);
    check_works(own);
    for (round = 0; round < 3; ++round) {
        const pid_t child = fork_watched();
        if (child == 0) {
            refuses_runtime(own);
            refuses_runtime(standard);
            everything_works_here();
            refuses_runtime(own);
            CHECK(veda_runtime_default() != standard);
            child_ends(0);
        }
        check_works(own); /* while the child lives */
        check_child_ok(child);
        CHECK(veda_runtime_default() == standard);
        check_works(standard);
        check_works(own);
        CHECK_OK(veda_spawn(own, count_call, &calls));
    }
    end_runtime(own);
    CHECK_EQUAL(calls, 3);
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

/* A worker blocks what is the program's to handle; its child is a program again. */
static void expect_signals_of_the_program(void) {
    sigset_t blocked;
    CHECK_EQUAL(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
    CHECK(!sigismember(&blocked, SIGTERM) && !sigismember(&blocked, SIGALRM));
    CHECK(sigismember(&blocked, SIGUSR2)); /* as main has it, see below */
}

/* What the child of a callback finds: its own thread, outside of everything. */
struct inside_fork {
    veda_runtime_t* runtime;
    veda_scope_t* scope;
    veda_worker_t* worker;
    pid_t child;
    int done;
};

static void fork_in_task(void* ctx, veda_worker_t* worker) {
    struct inside_fork* f = (struct inside_fork*)ctx;
    veda_job_t job;
    memset(&job, 0, sizeof job);
    job.run = no_job;
    f->child = fork_watched();
    if (f->child == 0) {
        REFUSED(veda_fork(worker, &job));
        REFUSED(veda_join(worker, &job));
        CHECK_STATUS(veda_task_fail(VEDA_E_FAILED, "not here"), VEDA_E_WORKER);
        if (f->scope) refuses_scope(f->scope);
        refuses_runtime(f->runtime);
        veda_blocking_begin();
        veda_blocking_end();
        expect_signals_of_the_program();
        CHECK_EQUAL(veda_yield(), VEDA_YIELD_IDLE);
        CHECK_EQUAL(veda_worker_has_pending(), 0);
        everything_works_here();
        child_ends(0);
    }
    CHECK(veda_worker_current() == worker); /* the parent's is as before */
    ATOMIC_SET(f->done, 1);
}

static void block_one_signal(void) {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR2);
    CHECK_EQUAL(pthread_sigmask(SIG_BLOCK, &one, NULL), 0);
}

/* guarantee: fork-2 fork-7 */
static void from_a_worker(void) {
    int round;
    block_one_signal();
    for (round = 0; round < 5; ++round) {
        struct inside_fork f;
        memset(&f, 0, sizeof f);
        f.runtime = make_runtime(2);
        CHECK_OK(veda_spawn(f.runtime, fork_in_task, &f));
        wait_for_flag(&f.done);
        check_child_ok(f.child);
        check_works(f.runtime);
        end_runtime(f.runtime);
    }
}

/* guarantee: fork-2 */
static void from_a_guest(void) {
    struct inside_fork f;
    block_one_signal();
    memset(&f, 0, sizeof f);
    f.runtime = veda_runtime_default();
    CHECK_OK(veda_run(f.runtime, fork_in_task, &f));
    CHECK(veda_worker_current() == NULL);
    check_child_ok(f.child);
    check_works(f.runtime);
}

static void run_inner(void* ctx, veda_worker_t* worker) {
    struct inside_fork* f = (struct inside_fork*)ctx;
    (void)worker;
    CHECK_OK(veda_run(f->runtime, fork_in_task, f));
}

/* The thread is a worker twice over; the child's is none. */
/* guarantee: fork-2 */
static void from_a_runtime_inside_another(void) {
    veda_runtime_t* outer = (block_one_signal(), make_runtime(2));
    struct inside_fork f;
    memset(&f, 0, sizeof f);
    f.runtime = make_runtime(2);
    CHECK_OK(veda_run(outer, run_inner, &f));
    check_child_ok(f.child);
    check_works(outer);
    end_runtime(f.runtime);
    end_runtime(outer);
}

/* guarantee: fork-3 */
static void from_an_open_scope(void) {
    veda_runtime_t* runtime = (block_one_signal(), make_runtime(2));
    struct inside_fork f;
    veda_scope_t scope;
    int calls = 0;
    memset(&f, 0, sizeof f);
    f.runtime = runtime;
    f.scope = &scope;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK_OK(veda_scope_spawn(&scope, count_call, &calls));
    CHECK_OK(veda_scope_spawn(&scope, fork_in_task, &f)); /* from a task of it */
    {
        const pid_t child = fork_watched(); /* and from its owner */
        if (child == 0) {
            refuses_scope(&scope);
            everything_works_here();
            child_ends(0);
        }
        check_child_ok(child);
    }
    CHECK_OK(veda_scope_spawn(&scope, count_call, &calls));
    CHECK_OK(veda_scope_wait(&scope));
    check_child_ok(f.child);
    CHECK_EQUAL(calls, 2);
    CHECK_STATUS(veda_scope_wait(&scope), VEDA_E_HANDLE);
    end_runtime(runtime);
}

/* --- in the middle of a loop --- */

enum { loop_length = 2000, fork_every = 250 };

struct forking_loop {
    uint64_t sum;
    int forks;
    pid_t children[loop_length / fork_every];
};

static uint64_t fork_now_and_then(void* ctx, uint64_t begin, uint64_t end,
                                  const veda_exec_t* exec) {
    struct forking_loop* loop = (struct forking_loop*)ctx;
    uint64_t i;
    (void)exec;
    for (i = begin; i < end; ++i) {
        ATOMIC_ADD(loop->sum, i);
        if (i % fork_every == 7) {
            const pid_t child = fork_watched();
            if (child == 0) {
                everything_works_here();
                child_ends(0);
            }
            loop->children[ATOMIC_ADD(loop->forks, 1)] = child;
        }
    }
    return end;
}

/* guarantee: fork-1 */
static void in_the_middle_of_a_loop(void) {
    veda_runtime_t* runtime = make_runtime(4);
    unsigned long round;
    for (round = 0; round < amount(4, 100); ++round) {
        veda_for_desc_t desc = range_of(loop_length);
        struct forking_loop loop;
        int i;
        memset(&loop, 0, sizeof loop);
        desc.max_piece = 50;
        desc.flags = VEDA_FOR_SPREAD;
        CHECK_OK(veda_for(runtime, &desc, fork_now_and_then, &loop));
        CHECK_EQUAL(loop.sum, (uint64_t)loop_length * (loop_length - 1) / 2);
        CHECK_EQUAL(loop.forks, loop_length / fork_every);
        for (i = 0; i < loop.forks; ++i) check_child_ok(loop.children[i]);
    }
    end_runtime(runtime);
}

/* --- while others submit --- */

struct busy_thread {
    veda_runtime_t* shared;
    int stop;
    int rounds;
    int calls;
};

/* Everything that takes a lock or changes a list of the process. */
static void* keep_busy(void* ctx) {
    struct busy_thread* busy = (struct busy_thread*)ctx;
    while (!ATOMIC_GET(busy->stop)) {
        veda_runtime_t* own;
        void* memory[200];
        int i;
        for (i = 0; i < 200; ++i) memory[i] = veda_job_alloc(64);
        for (i = 0; i < 200; ++i) veda_job_free(memory[i], 64);
        for (i = 0; i < 50; ++i) CHECK_OK(veda_spawn(busy->shared, count_call, &busy->calls));
        CHECK_OK(veda_run(busy->shared, count_call, &busy->calls));
        own = make_runtime(1);
        end_runtime(own);
        ATOMIC_ADD(busy->rounds, 1);
    }
    return NULL;
}

/* Starts and ends the default runtime, which the forks thus find in every state. */
static void* restart_default(void* ctx) {
    struct busy_thread* busy = (struct busy_thread*)ctx;
    while (!ATOMIC_GET(busy->stop)) {
        CHECK(veda_runtime_default() != NULL);
        CHECK_OK(veda_shutdown(UINT64_MAX));
        ATOMIC_ADD(busy->rounds, 1);
    }
    return NULL;
}

/* guarantee: fork-1 fork-4 */
static void while_others_submit(void) {
    enum { threads = 3 };
    const unsigned long forks = amount(200, 10000);
    struct busy_thread busy[threads + 1];
    pthread_t thread[threads + 1];
    veda_runtime_t* shared = make_runtime(2);
    unsigned long i;
    int t;
    memset(busy, 0, sizeof busy);
    for (t = 0; t <= threads; ++t) {
        busy[t].shared = shared;
        CHECK_EQUAL(
            pthread_create(&thread[t], NULL, t < threads ? keep_busy : restart_default, &busy[t]),
            0);
    }
    for (i = 0; i < forks; ++i) {
        const pid_t child = fork_watched();
        if (child == 0) {
            void* memory[200];
            for (t = 0; t < 200; ++t) CHECK((memory[t] = veda_job_alloc(64)) != NULL);
            for (t = 0; t < 200; ++t) veda_job_free(memory[t], 64);
            CHECK_STATUS(veda_run(shared, no_task, NULL), VEDA_E_FORKED);
            check_works(veda_runtime_default());
            end_runtime(make_runtime(1));
            child_ends(0);
        }
        check_child_ok(child);
    }
    for (t = 0; t <= threads; ++t) {
        ATOMIC_SET(busy[t].stop, 1);
        CHECK_EQUAL(pthread_join(thread[t], NULL), 0);
        CHECK(busy[t].rounds > 0);
    }
    end_runtime(shared);
    for (t = 0; t < threads; ++t) CHECK_EQUAL(busy[t].calls, 51 * busy[t].rounds);
}

/* --- a shutdown that waits, while a task forks --- */

struct slow_task {
    veda_event_t go_on;
    int begun;
};

static void wait_then_fork(void* ctx, veda_worker_t* worker) {
    struct slow_task* task = (struct slow_task*)ctx;
    pid_t child;
    (void)worker;
    ATOMIC_SET(task->begun, 1);
    CHECK_OK(veda_event_wait(&task->go_on));
    child = fork_watched();
    if (child == 0) {
        everything_works_here();
        child_ends(0);
    }
    check_child_ok(child);
}

static void* shut_down(void* ctx) {
    *(veda_status*)ctx = veda_shutdown(UINT64_MAX);
    return NULL;
}

/* The shutdown waits for the task that forks: a lock of the one must not be waited for by the
 * other. */
/* guarantee: fork-4 */
static void while_a_shutdown_waits_for_the_forker(void) {
    struct slow_task task;
    veda_status status = VEDA_E_INTERNAL;
    pthread_t thread;
    memset(&task, 0, sizeof task);
    CHECK_OK(veda_spawn(veda_runtime_default(), wait_then_fork, &task));
    wait_for_flag(&task.begun);
    CHECK_EQUAL(pthread_create(&thread, NULL, shut_down, &status), 0);
    while (veda_shutdown(0) != VEDA_E_BUSY || strstr(veda_last_error(), "another") == NULL)
        sched_yield();
    CHECK_OK(veda_event_set(&task.go_on));
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_OK(status);
}

/* --- children of children --- */

static void generations(int left, veda_runtime_t* above, veda_scope_t* scope_above) {
    veda_runtime_t* own = make_runtime(2);
    veda_scope_t scope;
    pid_t child;
    if (above) refuses_runtime(above);
    if (scope_above) refuses_scope(scope_above);
    check_works(own);
    CHECK_OK(veda_scope_begin(&scope, own));
    child = left > 0 ? fork_watched() : 0;
    if (left > 0 && child == 0) {
        generations(left - 1, own, &scope);
        if (above) refuses_runtime(above);
        child_ends(0);
    }
    if (left > 0) check_child_ok(child);
    CHECK_OK(veda_scope_wait(&scope));
    check_works(veda_runtime_default());
    end_runtime(own);
}

/* guarantee: fork-2 */
static void children_of_children(void) { generations(6, NULL, NULL); }

/* More inherited runtimes than the table of handles has places: those of the ancestors make room.
 * Each generation is the child of the one before. */
static void fill_the_table(int generations_left) {
    enum { per_generation = 64 };
    veda_runtime_t* own[per_generation];
    pid_t child;
    int i;
    for (i = 0; i < per_generation; ++i) own[i] = make_runtime(1);
    check_works(own[per_generation - 1]);
    if (generations_left == 0) return;
    child = fork_watched();
    if (child == 0) {
        CHECK_STATUS(veda_run(own[0], no_task, NULL), VEDA_E_FORKED);
        fill_the_table(generations_left - 1);
        child_ends(0);
    }
    for (i = 0; i < per_generation; ++i) end_runtime(own[i]);
    check_child_ok(child);
}

/* guarantee: fork-3 */
static void more_inherited_than_there_is_room(void) { fill_the_table(4096 / 64 + 1); }

/* --- ends of the child inside a callback --- */

static void exit_there(void* ctx, veda_worker_t* worker) {
    pid_t* child = (pid_t*)ctx;
    (void)worker;
    *child = fork_watched();
    if (*child == 0) {
        check_works(veda_runtime_default());
        exit(7);
    }
    CHECK_EQUAL(WEXITSTATUS(status_of(*child)), 7);
    *child = -1;
}

static void exec_there(void* ctx, veda_worker_t* worker) {
    pid_t* child = (pid_t*)ctx;
    (void)worker;
    *child = fork();
    if (*child == 0) {
        execl("/bin/sh", "sh", "-c", "exit 9", (char*)NULL);
        _exit(1);
    }
    CHECK_EQUAL(WEXITSTATUS(status_of(*child)), 9);
    *child = -1;
}

/* guarantee: fork-5 */
static void the_child_may_exit_or_exec(void) {
    veda_runtime_t* runtime = make_runtime(2);
    pid_t child = 0;
    CHECK_OK(veda_run(runtime, exit_there, &child));
    CHECK_EQUAL(child, -1);
    CHECK_OK(veda_run(runtime, exec_there, &child));
    CHECK_EQUAL(child, -1);
    CHECK_OK(veda_spawn(runtime, exit_there, &child));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_OK(veda_spawn(runtime, exec_there, &child));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    end_runtime(runtime);
}

static const struct process_case cases[] = {
    CASE(from_the_main_thread),
    CASE(from_a_worker),
    CASE(from_a_guest),
    CASE(from_a_runtime_inside_another),
    CASE(from_an_open_scope),
    CASE(in_the_middle_of_a_loop),
    CASE(while_others_submit),
    CASE(while_a_shutdown_waits_for_the_forker),
    CASE(children_of_children),
    CASE(more_inherited_than_there_is_room),
    CASE(the_child_may_exit_or_exec),
};

PROCESS_MAIN(cases, 120)
