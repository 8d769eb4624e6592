/* fork_return: a child that was forked inside a callback and returns from it. There is nothing to
 * return to: the workers that it would wait for are the parent's. It says so and aborts; it never
 * hangs, and never does the parent's work a second time. The parent is unaffected. */
#include "process.h"

static int forked; /* the callback that forks does so once */
static pid_t parent_pid;
static pid_t child_pid;
static int message_pipe[2]; /* the child's stderr */

/* Called in a callback: forks once, and returns in the child too. */
static void fork_once(void) {
    if (ATOMIC_ADD(forked, 1) > 0) {
        if (getpid() != parent_pid) _exit(3); /* the child does the parent's work again */
        return;
    }
    ATOMIC_SET(child_pid, fork_watched());
    if (child_pid == 0) CHECK(dup2(message_pipe[1], 2) == 2);
}

/* The one child must have died as promised. */
static void expect_child_aborted(void) {
    static char said[4096];
    ssize_t length;
    int status;
    CHECK(forked > 0 && child_pid > 0);
    status = status_of(child_pid);
    close(message_pipe[1]);
    length = read(message_pipe[0], said, sizeof said - 1);
    CHECK(length >= 0);
    said[length] = '\0';
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
        fprintf(stderr, "    wait status %#x; the child said: %s\n", (unsigned)status, said);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(said, "forked inside a callback") != NULL);
}

static veda_runtime_t* begin(void) {
    parent_pid = getpid();
    CHECK_EQUAL(pipe(message_pipe), 0);
    return make_runtime(3);
}

static void finish(veda_runtime_t* runtime) {
    expect_child_aborted();
    check_works(runtime);
    end_runtime(runtime);
}

static void fork_task(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    fork_once();
}

/* guarantee: fork-5 */
static void from_run(void) {
    veda_runtime_t* runtime = begin();
    CHECK_OK(veda_run(runtime, fork_task, NULL));
    finish(runtime);
}

/* guarantee: fork-5 */
static void from_a_detached_task(void) {
    veda_runtime_t* runtime = begin();
    CHECK_OK(veda_spawn(runtime, fork_task, NULL));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    finish(runtime);
}

/* guarantee: fork-5 */
static void from_a_scope_task(void) {
    veda_runtime_t* runtime = begin();
    veda_scope_t scope;
    int i;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    for (i = 0; i < 10; ++i) CHECK_OK(veda_scope_spawn(&scope, fork_task, NULL));
    CHECK_OK(veda_scope_wait(&scope));
    finish(runtime);
}

/* guarantee: fork-5 */
static void from_a_broadcast(void) {
    veda_runtime_t* runtime = begin();
    CHECK_OK(veda_broadcast(runtime, fork_task, NULL));
    finish(runtime);
}

static uint64_t fork_body(void* ctx, uint64_t begin_at, uint64_t end, const veda_exec_t* exec) {
    (void)ctx;
    (void)exec;
    (void)begin_at;
    fork_once();
    return end;
}

/* guarantee: fork-5 */
static void from_a_loop_body(void) {
    veda_runtime_t* runtime = begin();
    veda_for_desc_t desc = range_of(100000);
    desc.max_piece = 100;
    CHECK_OK(veda_for(runtime, &desc, fork_body, NULL));
    finish(runtime);
}

/* A second piece that cannot be split: nothing but the return itself could stop the child from doing it. */
/* guarantee: fork-5 */
static void from_a_loop_of_two_pieces(void) {
    veda_runtime_t* runtime = begin();
    veda_for_desc_t desc = range_of(100000);
    desc.min_piece = desc.max_piece = 60000;
    CHECK_OK(veda_for(runtime, &desc, fork_body, NULL));
    finish(runtime);
}

/* guarantee: fork-5 */
static void from_a_spread_loop(void) {
    veda_runtime_t* runtime = begin();
    veda_for_desc_t desc = range_of(3);
    desc.flags = VEDA_FOR_SPREAD;
    CHECK_OK(veda_for(runtime, &desc, fork_body, NULL));
    finish(runtime);
}

static int forks_in_combine;

static uint64_t fold_body(void* ctx, uint64_t begin_at, uint64_t end, void* acc,
                          const veda_exec_t* exec) {
    (void)ctx;
    (void)exec;
    *(uint64_t*)acc += end - begin_at;
    if (!forks_in_combine) fork_once();
    return end;
}

static void combine_body(void* ctx, void* left, const void* right) {
    (void)ctx;
    *(uint64_t*)left += *(const uint64_t*)right;
    if (forks_in_combine) fork_once();
}

static void reduce_forking(uint32_t flags) {
    static const uint64_t zero = 0;
    veda_runtime_t* runtime = begin();
    veda_reduce_desc_t desc;
    ALIGNED_16 uint64_t result[2] = {0, 0};
    memset(&desc, 0, sizeof desc);
    desc.struct_size = sizeof desc;
    desc.flags = flags;
    desc.end = 100000;
    desc.min_piece = flags ? 100 : 0;
    desc.max_piece = flags ? 0 : 100;
    desc.acc_size = sizeof zero;
    desc.identity = &zero;
    CHECK_OK(veda_reduce(runtime, &desc, fold_body, combine_body, NULL, result));
    CHECK_EQUAL(result[0], 100000);
    finish(runtime);
}

/* guarantee: fork-5 */
static void from_a_fold(void) { reduce_forking(0); }
/* guarantee: fork-5 */
static void from_a_deterministic_fold(void) { reduce_forking(VEDA_REDUCE_DETERMINISTIC); }
/* guarantee: fork-5 */
static void from_a_deterministic_combine(void) {
    forks_in_combine = 1;
    reduce_forking(VEDA_REDUCE_DETERMINISTIC);
}

/* --- joins --- */

static int jobs_run;

static void count_job(veda_job_t* job, veda_worker_t* worker) {
    (void)job;
    (void)worker;
    ATOMIC_ADD(jobs_run, 1);
}

static void fork_job(veda_job_t* job, veda_worker_t* worker) {
    count_job(job, worker);
    fork_once();
}

/* The forking thread has a job out. By the functions the child gets an answer, and aborts on its
 * return. */
static void fork_between(void* ctx, veda_worker_t* worker) {
    veda_job_t job;
    (void)ctx;
    memset(&job, 0, sizeof job);
    job.run = count_job;
    CHECK_OK(veda_fork(worker, &job));
    fork_once();
    if (getpid() != parent_pid) {
        CHECK_STATUS(veda_join(worker, &job), VEDA_E_FORKED);
        return;
    }
    if (veda_join(worker, &job) == VEDA_JOIN_TAKE) count_job(&job, worker);
}

/* guarantee: fork-5 */
static void between_fork_and_join(void) {
    veda_runtime_t* runtime = begin();
    CHECK_OK(veda_run(runtime, fork_between, NULL));
    CHECK_EQUAL(jobs_run, 1);
    finish(runtime);
}

/* A job that a thief runs, who is then the thread that forks. */
static void wait_for_thief(void* ctx, veda_worker_t* worker) {
    veda_job_t job;
    (void)ctx;
    memset(&job, 0, sizeof job);
    job.run = fork_job;
    CHECK_OK(veda_fork(worker, &job));
    while (!ATOMIC_GET(jobs_run)) sched_yield();
    CHECK_EQUAL(veda_join(worker, &job), VEDA_JOIN_DONE);
}

/* guarantee: fork-5 */
static void from_a_stolen_job(void) {
    veda_runtime_t* runtime = begin();
    CHECK_OK(veda_run(runtime, wait_for_thief, NULL));
    finish(runtime);
}

static void fork_in_hook(void* ctx, uint32_t index) {
    (void)ctx;
    if (index == 0) fork_once();
}

/* guarantee: fork-5 */
static void from_the_start_hook(void) {
    veda_runtime_config_t config;
    veda_runtime_t* runtime = NULL;
    parent_pid = getpid();
    CHECK_EQUAL(pipe(message_pipe), 0);
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 2;
    config.on_worker_start = fork_in_hook;
    CHECK_OK(veda_runtime_create(&config, &runtime));
    while (!ATOMIC_GET(child_pid)) sched_yield();
    finish(runtime);
}

static const struct process_case cases[] = {
    CASE(from_run),
    CASE(from_a_detached_task),
    CASE(from_a_scope_task),
    CASE(from_a_broadcast),
    CASE(from_a_loop_body),
    CASE(from_a_loop_of_two_pieces),
    CASE(from_a_spread_loop),
    CASE(from_a_fold),
    CASE(from_a_deterministic_fold),
    CASE(from_a_deterministic_combine),
    CASE(between_fork_and_join),
    CASE(from_a_stolen_job),
    CASE(from_the_start_hook),
};

PROCESS_MAIN(cases, 120)
