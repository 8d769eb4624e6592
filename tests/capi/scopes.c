/* scopes: a scope ends after all of its tasks, whoever spawned them, and answers the first error.
 */
#include "check.h"

static const uint32_t worker_counts[] = {1, 2, 8};
enum { worker_count_cases = sizeof worker_counts / sizeof *worker_counts };

/* A test body that runs both on a guest and on a thread outside the runtime. */
struct setting {
    veda_runtime_t* runtime;
    void (*body)(veda_runtime_t* runtime);
};

static void enter_setting(void* ctx, veda_worker_t* worker) {
    struct setting* setting = (struct setting*)ctx;
    (void)worker;
    setting->body(setting->runtime);
}

static void in_each_setting(void (*body)(veda_runtime_t* runtime)) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        struct setting setting;
        setting.runtime = make_runtime(worker_counts[c]);
        setting.body = body;
        body(setting.runtime);
        CHECK_OK(veda_run(setting.runtime, enter_setting, &setting));
        CHECK_OK(veda_spawn(setting.runtime, enter_setting, &setting));
        CHECK_OK(veda_runtime_drain(setting.runtime, UINT64_MAX));
        end_runtime(setting.runtime);
    }
}

/* --- spawn --- */

enum { task_count = 1000 };

struct tally {
    veda_runtime_t* runtime;
    int ran[task_count];
    int sum;
};

static void tick(void* ctx, veda_worker_t* worker) {
    if (worker == NULL || worker != veda_worker_current())
        check_failed(__FILE__, __LINE__, "a task is told its worker");
    ++*(int*)ctx; /* plain: the scope's end must make it visible */
}

static void spawn_many(veda_runtime_t* runtime) {
    struct tally* tally = (struct tally*)calloc(1, sizeof *tally);
    veda_scope_t scope;
    int i;
    CHECK(tally != NULL);
    CHECK_OK(veda_scope_begin(&scope, runtime));
    for (i = 0; i < task_count; ++i) CHECK_OK(veda_scope_spawn(&scope, tick, &tally->ran[i]));
    CHECK_OK(veda_scope_wait(&scope));
    for (i = 0; i < task_count; ++i) CHECK_EQUAL(tally->ran[i], 1);
    free(tally);
}

/* guarantee: progress-6 */
static void every_spawned_task_runs_once(void) { in_each_setting(spawn_many); }

static void empty_scope(veda_runtime_t* runtime) {
    veda_scope_t scope;
    int i;
    for (i = 0; i < 100; ++i) {
        CHECK_OK(veda_scope_begin(&scope, runtime));
        CHECK_OK(veda_scope_wait(&scope));
    }
}

static void an_empty_scope_ends(void) { in_each_setting(empty_scope); }

/* --- the caller's own jobs, one by one and in batches --- */

struct own_job {
    veda_job_t job;
    int* counter;
    char padding[24]; /* a stride that is not the size of the job */
};

static void run_own_job(veda_job_t* job, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_ADD(*((struct own_job*)job)->counter, 1);
}

static void run_and_free(veda_job_t* job, veda_worker_t* worker) {
    int* counter = ((struct own_job*)job)->counter;
    (void)worker;
    memset(job, 0xdd, sizeof(struct own_job)); /* the memory belongs to the task from here on */
    free(job);
    ATOMIC_ADD(*counter, 1);
}

static void spawn_own_jobs(veda_runtime_t* runtime) {
    static const size_t counts[] = {0, 1, 2, 7, 64, 1000};
    struct own_job* jobs = (struct own_job*)calloc(1000, sizeof *jobs);
    veda_scope_t scope;
    int counter = 0;
    size_t wanted = 0;
    size_t c;
    size_t i;
    CHECK(jobs != NULL);
    for (c = 0; c < sizeof counts / sizeof *counts; ++c) {
        for (i = 0; i < counts[c]; ++i) {
            memset(&jobs[i], 0, sizeof jobs[i]);
            jobs[i].job.run = run_own_job;
            jobs[i].counter = &counter;
        }
        CHECK_OK(veda_scope_begin(&scope, runtime));
        CHECK_OK(veda_scope_spawn_n(&scope, &jobs[0].job, counts[c], sizeof *jobs));
        for (i = 0; i < counts[c]; ++i) {
            struct own_job* single = (struct own_job*)calloc(1, sizeof *single);
            CHECK(single != NULL);
            single->job.run = run_and_free;
            single->counter = &counter;
            CHECK_OK(veda_scope_spawn_job(&scope, &single->job));
        }
        CHECK_OK(veda_scope_wait(&scope));
        wanted += 2 * counts[c];
        CHECK_EQUAL(ATOMIC_GET(counter), wanted);
    }
    free(jobs);
}

static void own_jobs_need_no_allocation(void) { in_each_setting(spawn_own_jobs); }

static void refused_strides(void) {
    veda_runtime_t* runtime = make_runtime(2);
    static struct own_job jobs[4];
    static const size_t strides[] = {0, 8, 48, 63, 68, 100};
    veda_scope_t scope;
    size_t s;
    for (s = 0; s < 4; ++s) jobs[s].job.run = run_own_job;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    for (s = 0; s < sizeof strides / sizeof *strides; ++s) {
        CHECK_STATUS(veda_scope_spawn_n(&scope, &jobs[0].job, 4, strides[s]), VEDA_E_RANGE);
        CHECK_SAYS("stride");
    }
    CHECK_OK(veda_scope_wait(&scope)); /* no task was taken in */
    end_runtime(runtime);
}

/* --- tasks that spawn into their own scope --- */

struct tree {
    veda_scope_t scope;
    int nodes;
};

struct tree_node {
    struct tree* tree;
    int depth;
};

static void grow(void* ctx, veda_worker_t* worker) {
    struct tree_node* node = (struct tree_node*)ctx;
    (void)worker;
    ATOMIC_ADD(node->tree->nodes, 1);
    if (node->depth > 0) {
        int i;
        for (i = 0; i < 2; ++i) {
            struct tree_node* child = (struct tree_node*)malloc(sizeof *child);
            if (child == NULL) check_failed(__FILE__, __LINE__, "malloc");
            child->tree = node->tree;
            child->depth = node->depth - 1;
            if (veda_scope_spawn(&node->tree->scope, grow, child) != VEDA_OK)
                check_failed(__FILE__, __LINE__, "a task may spawn into its own scope");
        }
    }
    free(node);
}

static void grow_a_tree(veda_runtime_t* runtime) {
    struct tree tree;
    struct tree_node* root = (struct tree_node*)malloc(sizeof *root);
    CHECK(root != NULL);
    tree.nodes = 0;
    root->tree = &tree;
    root->depth = 10;
    CHECK_OK(veda_scope_begin(&tree.scope, runtime));
    CHECK_OK(veda_scope_spawn(&tree.scope, grow, root));
    CHECK_OK(veda_scope_wait(&tree.scope));
    CHECK_EQUAL(ATOMIC_GET(tree.nodes), 2047);
}

/* guarantee: join-3 */
static void tasks_spawn_tasks(void) { in_each_setting(grow_a_tree); }

/* --- scopes inside tasks of scopes --- */

struct nested {
    veda_runtime_t* runtime;
    int leaves;
};

static void leaf(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_ADD(((struct nested*)ctx)->leaves, 1);
}

static void branch(void* ctx, veda_worker_t* worker) {
    struct nested* nested = (struct nested*)ctx;
    veda_scope_t scope;
    int before;
    int i;
    (void)worker;
    before = ATOMIC_GET(nested->leaves);
    if (veda_scope_begin(&scope, nested->runtime) != VEDA_OK)
        check_failed(__FILE__, __LINE__, "a scope inside a task");
    for (i = 0; i < 10; ++i)
        if (veda_scope_spawn(&scope, leaf, nested) != VEDA_OK)
            check_failed(__FILE__, __LINE__, "a task of an inner scope");
    if (veda_scope_wait(&scope) != VEDA_OK) check_failed(__FILE__, __LINE__, "the inner wait");
    if (ATOMIC_GET(nested->leaves) < before + 10)
        check_failed(__FILE__, __LINE__, "the inner scope ends after its ten tasks");
}

static void nest_scopes(veda_runtime_t* runtime) {
    struct nested nested;
    veda_scope_t scope;
    int i;
    nested.runtime = runtime;
    nested.leaves = 0;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    for (i = 0; i < 100; ++i) CHECK_OK(veda_scope_spawn(&scope, branch, &nested));
    CHECK_OK(veda_scope_wait(&scope));
    CHECK_EQUAL(ATOMIC_GET(nested.leaves), 1000);
}

static void scopes_nest(void) { in_each_setting(nest_scopes); }

/* --- spawns from threads that are no workers --- */

enum { outside_threads = 4, outside_spawns = 500 };

struct outside {
    veda_scope_t scope;
    int ran;
    veda_status wait_status;
};

static void count_outside(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_ADD(((struct outside*)ctx)->ran, 1);
}

static void* spawn_from_outside(void* ctx) {
    struct outside* outside = (struct outside*)ctx;
    int i;
    for (i = 0; i < outside_spawns; ++i)
        CHECK_OK(veda_scope_spawn(&outside->scope, count_outside, outside));
    return NULL;
}

static void let_others_spawn(veda_runtime_t* runtime) {
    pthread_t threads[outside_threads];
    struct outside outside;
    int i;
    outside.ran = 0;
    CHECK_OK(veda_scope_begin(&outside.scope, runtime));
    for (i = 0; i < outside_threads; ++i)
        CHECK_EQUAL(pthread_create(&threads[i], NULL, spawn_from_outside, &outside), 0);
    for (i = 0; i < outside_threads; ++i) CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    CHECK_OK(veda_scope_wait(&outside.scope));
    CHECK_EQUAL(ATOMIC_GET(outside.ran), outside_threads * outside_spawns);
}

static void outside_threads_spawn(void) { in_each_setting(let_others_spawn); }

/* A batch longer than what is handed over at a time. */
struct batch {
    veda_scope_t scope;
    struct own_job jobs[1000];
};

static void* spawn_batch_from_outside(void* ctx) {
    struct batch* batch = (struct batch*)ctx;
    CHECK(veda_worker_current() == NULL);
    CHECK_OK(veda_scope_spawn_n(&batch->scope, &batch->jobs[0].job, 1000, sizeof batch->jobs[0]));
    return NULL;
}

static void let_another_spawn_a_batch(veda_runtime_t* runtime) {
    static struct batch batch;
    pthread_t thread;
    int counter = 0;
    size_t i;
    for (i = 0; i < 1000; ++i) {
        memset(&batch.jobs[i], 0, sizeof batch.jobs[i]);
        batch.jobs[i].job.run = run_own_job;
        batch.jobs[i].counter = &counter;
    }
    CHECK_OK(veda_scope_begin(&batch.scope, runtime));
    CHECK_EQUAL(pthread_create(&thread, NULL, spawn_batch_from_outside, &batch), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_OK(veda_scope_wait(&batch.scope));
    CHECK_EQUAL(ATOMIC_GET(counter), 1000);
}

static void an_outside_thread_spawns_a_batch(void) { in_each_setting(let_another_spawn_a_batch); }

static void* wait_elsewhere(void* ctx) {
    struct outside* outside = (struct outside*)ctx;
    outside->wait_status = veda_scope_wait(&outside->scope);
    return NULL;
}

static void refuse_foreign_wait(veda_runtime_t* runtime) {
    pthread_t thread;
    struct outside outside;
    outside.ran = 0;
    CHECK_OK(veda_scope_begin(&outside.scope, runtime));
    CHECK_EQUAL(pthread_create(&thread, NULL, wait_elsewhere, &outside), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_STATUS(outside.wait_status, VEDA_E_WORKER);
    CHECK_OK(veda_scope_spawn(&outside.scope, count_outside, &outside)); /* it is still open */
    CHECK_OK(veda_scope_wait(&outside.scope));
    CHECK_EQUAL(ATOMIC_GET(outside.ran), 1);
}

/* guarantee: join-7 */
static void only_the_opener_waits(void) { in_each_setting(refuse_foreign_wait); }

/* --- a mutex held while waiting for a scope --- */

/* The opener holds the mutex and waits. Every place of the runtime is then taken by tasks that want
 * the mutex, and only now does the last task of the scope come. Nobody but the opener can run it.
 */
struct holder {
    veda_runtime_t* runtime;
    veda_scope_t scope;
    pthread_mutex_t mutex;
    int first_started, first_may_end; /* the task that keeps the scope open */
    int late_ran;
    int wanting; /* tasks that are about to lock the mutex */
    int done;
};

static void keep_scope_open(void* ctx, veda_worker_t* worker) {
    struct holder* holder = (struct holder*)ctx;
    (void)worker;
    ATOMIC_SET(holder->first_started, 1);
    wait_for_flag(&holder->first_may_end);
}

static void note_late(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_SET(((struct holder*)ctx)->late_ran, 1);
}

static void hold_and_wait(void* ctx, veda_worker_t* worker) {
    struct holder* holder = (struct holder*)ctx;
    (void)worker;
    pthread_mutex_lock(&holder->mutex);
    CHECK_OK(veda_scope_begin(&holder->scope, holder->runtime));
    CHECK_OK(veda_scope_spawn(&holder->scope, keep_scope_open, holder));
    wait_for_flag(&holder->first_started); /* on the other worker */
    CHECK_OK(veda_scope_wait(&holder->scope));
    CHECK_EQUAL(ATOMIC_GET(holder->late_ran), 1);
    pthread_mutex_unlock(&holder->mutex);
    ATOMIC_ADD(holder->done, 1);
}

static void want_mutex(void* ctx, veda_worker_t* worker) {
    struct holder* holder = (struct holder*)ctx;
    (void)worker;
    ATOMIC_ADD(holder->wanting, 1);
    pthread_mutex_lock(&holder->mutex);
    pthread_mutex_unlock(&holder->mutex);
    ATOMIC_ADD(holder->done, 1);
}

/* guarantee: progress-2 */
static void a_mutex_held_across_a_scope(void) {
    enum { wanters = 9 };
    struct holder holder;
    uint64_t lends;
    int i;
    memset(&holder, 0, sizeof holder);
    CHECK_EQUAL(pthread_mutex_init(&holder.mutex, NULL), 0);
    holder.runtime = make_runtime(2);
    lends = read_counter(holder.runtime, "lends");
    CHECK_OK(veda_spawn(holder.runtime, hold_and_wait, &holder));
    wait_for_flag(&holder.first_started);
    while (read_counter(holder.runtime, "lends") == lends) sched_yield(); /* the opener sleeps */
    CHECK_OK(veda_spawn(holder.runtime, want_mutex, &holder));
    wait_for_flag(&holder.wanting); /* in the place that the opener lent */
    for (i = 1; i < wanters; ++i) CHECK_OK(veda_spawn(holder.runtime, want_mutex, &holder));
    CHECK_OK(veda_scope_spawn(&holder.scope, note_late, &holder));
    ATOMIC_SET(holder.first_may_end, 1);
    CHECK_OK(veda_runtime_drain(holder.runtime, UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(holder.done), wanters + 1);
    end_runtime(holder.runtime);
}

/* --- nesting --- */

/* guarantee: join-7 */
static void scopes_of_a_thread_end_in_order(void) {
    veda_runtime_t* runtime = make_runtime(2);
    veda_scope_t outer;
    veda_scope_t inner;
    int ran = 0;
    CHECK_OK(veda_scope_begin(&outer, runtime));
    CHECK_OK(veda_scope_begin(&inner, runtime));
    CHECK_STATUS(veda_scope_wait(&outer), VEDA_E_ORDER);
    CHECK_SAYS("scope");
    CHECK_OK(veda_scope_spawn(&outer, tick, &ran)); /* it is still open */
    CHECK_OK(veda_scope_wait(&inner));
    CHECK_OK(veda_scope_wait(&outer));
    CHECK_EQUAL(ran, 1);
    end_runtime(runtime);
}

/* --- errors --- */

struct failing {
    veda_scope_t* scope;
    veda_status status;
    const char* message;
};

static void fail_once(void* ctx, veda_worker_t* worker) {
    struct failing* failing = (struct failing*)ctx;
    (void)worker;
    if (veda_scope_fail(failing->scope, failing->status, failing->message) != VEDA_OK)
        check_failed(__FILE__, __LINE__, "veda_scope_fail");
}

static void report_errors(veda_runtime_t* runtime) {
    veda_scope_t scope;
    struct failing failing;
    char text[301];
    int ran = 0;
    int i;
    failing.scope = &scope;

    failing.status = VEDA_E_FAILED; /* siblings still run */
    failing.message = "the third line has no number";
    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK_OK(veda_scope_spawn(&scope, fail_once, &failing));
    CHECK_OK(veda_scope_spawn(&scope, tick, &ran));
    CHECK_STATUS(veda_scope_wait(&scope), VEDA_E_FAILED);
    CHECK_SAYS("the third line has no number");
    CHECK_EQUAL(ran, 1);

    CHECK_OK(veda_scope_begin(&scope, runtime)); /* the first one is kept */
    CHECK_OK(veda_scope_fail(&scope, -1000, "first"));
    for (i = 0; i < 20; ++i) CHECK_OK(veda_scope_spawn(&scope, fail_once, &failing));
    CHECK_STATUS(veda_scope_wait(&scope), -1000);
    CHECK_SAYS("first");

    failing.status = -5; /* no message */
    failing.message = NULL;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK_OK(veda_scope_spawn(&scope, fail_once, &failing));
    CHECK_STATUS(veda_scope_wait(&scope), -5);

    memset(text, 'x', 300); /* a long message is cut, not overrun */
    text[300] = '\0';
    failing.message = text;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK_OK(veda_scope_spawn(&scope, fail_once, &failing));
    CHECK_STATUS(veda_scope_wait(&scope), -5);
    text[200] = '\0';
    CHECK_SAYS(text);
    CHECK(strlen(veda_last_error()) < 300);

    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK_STATUS(veda_scope_fail(&scope, VEDA_OK, "fine"), VEDA_E_RANGE);
    CHECK_SAYS("status");
    CHECK_STATUS(veda_scope_fail(&scope, 3, "fine"), VEDA_E_RANGE);
    CHECK_OK(veda_scope_wait(&scope)); /* none of these was recorded */
}

/* guarantee: errors-5 */
static void the_first_error_is_answered(void) { in_each_setting(report_errors); }

/* A task finds its scope, also when another scope of the same thread lies in between. */
static void find_inner(void* ctx, veda_worker_t* worker) {
    (void)worker;
    CHECK(veda_scope_current() == (veda_scope_t*)ctx);
}

static void find_own(void* ctx, veda_worker_t* worker) {
    veda_scope_t inner;
    CHECK(veda_scope_current() == (veda_scope_t*)ctx);
    CHECK_OK(veda_scope_begin(&inner, veda_worker_runtime()));
    CHECK_OK(veda_scope_spawn(&inner, find_inner, &inner));
    CHECK_OK(veda_scope_spawn((veda_scope_t*)ctx, find_inner, ctx));
    CHECK_OK(veda_scope_spawn(&inner, find_inner, &inner));
    CHECK_OK(veda_scope_wait(&inner));
    CHECK(veda_scope_current() == (veda_scope_t*)ctx);
    (void)worker;
}

static void find_none(void* ctx, veda_worker_t* worker) {
    (void)worker;
    CHECK(veda_scope_current() == NULL);
    ATOMIC_SET(*(int*)ctx, 1);
}

static void find_scopes(veda_runtime_t* runtime) {
    veda_scope_t scope;
    int i, detached = 0;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK(veda_scope_current() != &scope); /* the body is no task of it */
    for (i = 0; i < 1000; ++i) CHECK_OK(veda_scope_spawn(&scope, find_own, &scope));
    CHECK_OK(veda_spawn(runtime, find_none, &detached));
    CHECK_OK(veda_scope_wait(&scope));
    while (!ATOMIC_GET(detached)) (void)veda_yield();
}

static void tasks_find_their_scope(void) { in_each_setting(find_scopes); }

static void a_closed_scope_is_dead(void) {
    veda_runtime_t* runtime = make_runtime(2);
    static struct own_job job;
    veda_scope_t scope;
    int ran = 0;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK_OK(veda_scope_wait(&scope));
    CHECK_STATUS(veda_scope_spawn(&scope, tick, &ran), VEDA_E_HANDLE);
    CHECK_SAYS("scope");
    job.job.run = run_own_job;
    job.counter = &ran;
    CHECK_STATUS(veda_scope_spawn_job(&scope, &job.job), VEDA_E_HANDLE);
    CHECK_STATUS(veda_scope_spawn_n(&scope, &job.job, 1, sizeof job), VEDA_E_HANDLE);
    CHECK_STATUS(veda_scope_fail(&scope, VEDA_E_FAILED, "late"), VEDA_E_HANDLE);
    CHECK_STATUS(veda_scope_wait(&scope), VEDA_E_HANDLE);
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_EQUAL(ran, 0);
    end_runtime(runtime);
}

/* The array one writes first: a job and one word behind it, 72 bytes each. */
struct small_task {
    veda_job_t job;
    int* ran;
};

static void run_small_task(veda_job_t* job, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_ADD(*((struct small_task*)job)->ran, 1);
}

static void an_array_of_small_structs_is_a_batch(void) {
    static struct small_task tasks[1000];
    veda_runtime_t* runtime = make_runtime(2);
    veda_scope_t scope;
    int ran = 0;
    int i;
    CHECK_EQUAL(sizeof *tasks, sizeof(veda_job_t) + sizeof(int*));
    for (i = 0; i < 1000; ++i) {
        tasks[i].job.run = run_small_task;
        tasks[i].ran = &ran;
    }
    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK_OK(veda_scope_spawn_n(&scope, &tasks[0].job, 1000, sizeof *tasks));
    CHECK_OK(veda_scope_spawn_n(&scope, NULL, 0, 0)); /* nothing of nothing */
    CHECK_STATUS(veda_scope_spawn_n(&scope, &tasks[0].job, 2, sizeof(veda_job_t) + 4), VEDA_E_RANGE);
    CHECK_SAYS("stride is 68");
    CHECK_OK(veda_scope_wait(&scope));
    CHECK_EQUAL(ran, 1000);
    end_runtime(runtime);
}

int main(void) {
    check_start_watchdog(240);
    RUN_CASE(every_spawned_task_runs_once);
    RUN_CASE(an_empty_scope_ends);
    RUN_CASE(own_jobs_need_no_allocation);
    RUN_CASE(refused_strides);
    RUN_CASE(tasks_spawn_tasks);
    RUN_CASE(scopes_nest);
    RUN_CASE(outside_threads_spawn);
    RUN_CASE(an_outside_thread_spawns_a_batch);
    RUN_CASE(only_the_opener_waits);
    RUN_CASE(the_first_error_is_answered);
    RUN_CASE(a_closed_scope_is_dead);
    RUN_CASE(tasks_find_their_scope);
    RUN_CASE(scopes_of_a_thread_end_in_order);
    if (veda_has_feature("spare-workers")) RUN_CASE(a_mutex_held_across_a_scope);
    RUN_CASE(an_array_of_small_structs_is_a_batch);
    return 0;
}
