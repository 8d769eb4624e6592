/* exit_use: a process that ends in the middle of work, and the library used while it ends. Each
 * scenario is a child that was forked before anything was used; the parent looks at how it ended.
 */
#include "process.h"

typedef void (*scenario)(void);

/* Runs the scenario in a child; how it ended. A child that hangs is ended by its watchdog
 * (SIGABRT). */
static int end_of(scenario run) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        check_start_watchdog(60);
        run();
        _exit(99); /* every scenario ends the process itself */
    }
    return status_of(child);
}

static void expect_exit(scenario run, int code) {
    const int status = end_of(run);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        fprintf(stderr, "    wait status %#x\n", (unsigned)status);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == code);
}

/* --- the process is busy --- */

static int loops_begun, tasks_begun;
static veda_event_t never;

static uint64_t endless_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)ctx;
    (void)exec;
    ATOMIC_ADD(loops_begun, 1);
    if (begin == 0) return begin + 1;
    return end;
}

static void* endless_loops(void* ctx) {
    veda_for_desc_t desc = range_of(UINT64_C(1) << 60);
    desc.max_piece = 1000;
    for (;;) CHECK_OK(veda_for((veda_runtime_t*)ctx, &desc, endless_body, NULL));
    return NULL;
}

static void spawn_again(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_ADD(tasks_begun, 1);
    CHECK_OK(veda_spawn((veda_runtime_t*)ctx, spawn_again, ctx));
}

static void wait_for_ever(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    ATOMIC_ADD(tasks_begun, 1);
    veda_event_wait(&never);
}

/* Loops, tasks that beget tasks, and tasks that wait, in two runtimes. */
static veda_runtime_t* get_busy(void) {
    veda_runtime_t* runtimes[2];
    pthread_t thread;
    int i;
    runtimes[0] = make_runtime(3);
    runtimes[1] = veda_runtime_default();
    for (i = 0; i < 2; ++i) {
        CHECK_OK(veda_spawn(runtimes[i], wait_for_ever, NULL));
        CHECK_OK(veda_spawn(runtimes[i], spawn_again, runtimes[i]));
        CHECK_EQUAL(pthread_create(&thread, NULL, endless_loops, runtimes[i]), 0);
    }
    while (ATOMIC_GET(loops_begun) < 100 || ATOMIC_GET(tasks_begun) < 100) sched_yield();
    return runtimes[0];
}

static void exit_in_main(void) {
    get_busy();
    exit(5);
}

static void exit_now(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    exit(5);
}

static void exit_in_a_task(void) {
    CHECK_OK(veda_spawn(get_busy(), exit_now, NULL));
    for (;;) pause();
}

static void exit_as_a_guest(void) { veda_run(get_busy(), exit_now, NULL); }

static uint64_t exit_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)exec;
    if (begin <= 50000 && 50000 < end) exit_now(ctx, NULL);
    return end;
}

static void exit_in_a_loop(void) {
    const veda_for_desc_t desc = range_of(100000);
    veda_for(get_busy(), &desc, exit_body, NULL);
}

/* guarantee: exit-1 */
static void while_loops_run(void) {
    expect_exit(exit_in_main, 5);
    expect_exit(exit_in_a_task, 5);
    expect_exit(exit_as_a_guest, 5);
    expect_exit(exit_in_a_loop, 5);
}

static void abort_in_main(void) {
    get_busy();
    abort();
}

static void abort_now(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    abort();
}

static void abort_in_a_task(void) {
    CHECK_OK(veda_spawn(get_busy(), abort_now, NULL));
    for (;;) pause();
}

static void expect_abort(scenario run) {
    const uint64_t begun = now_ms();
    const int status = end_of(run);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(now_ms() - begun < 50000); /* not the watchdog's */
}

/* guarantee: exit-1 */
static void abort_while_loops_run(void) {
    expect_abort(abort_in_main);
    expect_abort(abort_in_a_task);
}

/* --- handlers --- */

static int handlers_run;

static void use_everything(void) {
    veda_runtime_t* own;
    int calls = 0;
    check_works(veda_runtime_default());
    CHECK_OK(veda_spawn(veda_runtime_default(), count_call, &calls));
    own = make_runtime(2);
    check_works(own);
    end_runtime(own);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    CHECK_EQUAL(calls, 1);
    CHECK_OK(veda_init(NULL));
    check_works(veda_runtime_default()); /* and it stays */
    ++handlers_run;
}

/* Registered first, so it runs last; its own exit code replaces the program's. */
static void expect_two_handlers(void) { _exit(handlers_run == 2 ? 6 : 7); }

static void handlers_around_the_first_use(void) {
    atexit(expect_two_handlers);
    atexit(use_everything); /* runs after the one below */
    check_works(veda_runtime_default());
    atexit(use_everything);
    exit(0);
}

static void handlers_without_any_use(void) {
    atexit(expect_two_handlers);
    atexit(use_everything);
    atexit(use_everything);
    exit(0);
}

/* exit() on a worker runs the handlers there: it cannot end its own runtime, and says so. */
static void use_on_a_worker(void) {
    check_works(veda_runtime_default());
    CHECK(veda_worker_current() != NULL);
    CHECK_STATUS(veda_shutdown(UINT64_MAX), VEDA_E_WORKER);
    CHECK_STATUS(veda_runtime_drain(veda_runtime_default(), UINT64_MAX), VEDA_E_WORKER);
    end_runtime(make_runtime(2));
    ++handlers_run;
}

static void handlers_on_a_worker(void) {
    atexit(expect_two_handlers);
    atexit(use_on_a_worker);
    atexit(use_on_a_worker);
    CHECK_OK(veda_spawn(veda_runtime_default(), exit_now, NULL));
    for (;;) pause();
}

/* exit() while other threads are in the middle of their loops; the handlers use the library, too.
 */
static void use_what_is_busy(void) {
    check_works(veda_runtime_default());
    end_runtime(make_runtime(2));
    CHECK_STATUS(veda_shutdown(1000000), VEDA_E_BUSY);
    ++handlers_run;
}

static void handlers_of_a_busy_process(void) {
    atexit(expect_two_handlers);
    atexit(use_what_is_busy);
    get_busy();
    atexit(use_what_is_busy);
    exit(0);
}

/* guarantee: exit-2 */
static void atexit_handlers(void) {
    expect_exit(handlers_around_the_first_use, 6);
    expect_exit(handlers_without_any_use, 6);
    expect_exit(handlers_on_a_worker, 6);
    expect_exit(handlers_of_a_busy_process, 6);
}

/* --- destructors of the program and of its threads --- */

static int use_in_destructor;

/* Runs after every atexit handler. */
__attribute__((destructor)) static void last_of_all(void) {
    if (!use_in_destructor) return;
    use_everything();
    _exit(8);
}

static void destructor_after_use(void) {
    use_in_destructor = 1;
    check_works(veda_runtime_default());
    exit(0);
}

static void destructor_without_use(void) {
    use_in_destructor = 1;
    exit(0);
}

/* guarantee: exit-2 */
static void program_destructors(void) {
    expect_exit(destructor_after_use, 8);
    expect_exit(destructor_without_use, 8);
}

static pthread_key_t key;
static veda_runtime_t* own_runtime;
static int destructors_run;

/* On a thread that ends, and that was never a worker. */
static void use_at_thread_exit(void* ctx) {
    (void)ctx;
    use_everything();
    ATOMIC_ADD(destructors_run, 1);
}

static void* short_life(void* ctx) {
    check_works(veda_runtime_default());
    CHECK_EQUAL(pthread_setspecific(key, ctx), 0);
    return NULL;
}

/* guarantee: exit-2 */
static void thread_destructors(void) {
    int i;
    CHECK_EQUAL(pthread_key_create(&key, use_at_thread_exit), 0);
    for (i = 0; i < 10; ++i) {
        pthread_t thread;
        CHECK_EQUAL(pthread_create(&thread, NULL, short_life, &key), 0);
        CHECK_EQUAL(pthread_join(thread, NULL), 0);
    }
    CHECK_EQUAL(destructors_run, 10);
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

/* On a worker that ends with its runtime: it is no worker any more, and its runtime takes nothing.
 */
static void use_at_worker_exit(void* ctx) {
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    CHECK(veda_worker_current() == NULL);
    CHECK_STATUS(veda_spawn(own_runtime, count_call, ctx), VEDA_E_SHUTDOWN);
    CHECK_STATUS(veda_run(own_runtime, count_call, ctx), VEDA_E_SHUTDOWN);
    pthread_mutex_lock(&one_at_a_time);
    use_everything();
    pthread_mutex_unlock(&one_at_a_time);
    ATOMIC_ADD(destructors_run, 1);
}

static void mark_worker(void* ctx, veda_worker_t* worker) {
    (void)worker;
    CHECK_EQUAL(pthread_setspecific(key, ctx), 0);
}

static void worker_destructors(int of_the_default) {
    CHECK_EQUAL(pthread_key_create(&key, use_at_worker_exit), 0);
    own_runtime = of_the_default ? veda_runtime_default() : make_runtime(2);
    {
        uint32_t workers = 0;
        CHECK_OK(veda_runtime_worker_count(own_runtime, &workers));
        CHECK_OK(veda_broadcast(own_runtime, mark_worker, &key));
        if (of_the_default) {
            CHECK_OK(veda_shutdown(UINT64_MAX));
        } else {
            end_runtime(own_runtime);
        }
        CHECK_EQUAL(ATOMIC_GET(destructors_run), workers);
    }
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

/* guarantee: shutdown-7 */
static void destructors_of_workers(void) { worker_destructors(0); }
/* guarantee: shutdown-7 */
static void destructors_of_default_workers(void) { worker_destructors(1); }

/* --- detached tasks at the end --- */

static void leave_tasks_behind(void) {
    veda_runtime_t* runtime = veda_runtime_default();
    int i;
    for (i = 0; i < 1000; ++i) CHECK_OK(veda_spawn(runtime, wait_for_ever, NULL));
    CHECK_STATUS(veda_shutdown(0), VEDA_E_BUSY);
    exit(4);
}

/* guarantee: exit-1 */
static void detached_tasks_are_abandoned(void) { expect_exit(leave_tasks_behind, 4); }

static const struct process_case cases[] = {
    CASE(while_loops_run),
    CASE(abort_while_loops_run),
    CASE(atexit_handlers),
    CASE(program_destructors),
    CASE(thread_destructors),
    CASE(destructors_of_workers),
    CASE(destructors_of_default_workers),
    CASE(detached_tasks_are_abandoned),
};

PROCESS_MAIN(cases, 300)
