/* jobs: fork and join through the exported functions, and what a wrong use of them answers. */
#include "check.h"

/* --- fib, the plainest recursion --- */

struct fib_job {
    veda_job_t job;
    unsigned n;
    uint64_t result;
    int steals; /* joins below here that answered DONE */
    veda_worker_t* runner;
};

static uint64_t fib(veda_worker_t* worker, unsigned n, int* steals);

static void run_fib(veda_job_t* job, veda_worker_t* worker) {
    struct fib_job* self = (struct fib_job*)job;
    self->runner = worker;
    self->result = fib(worker, self->n, &self->steals);
}

static uint64_t fib(veda_worker_t* worker, unsigned n, int* steals) {
    struct fib_job second;
    uint64_t first;
    int32_t answer;
    if (n < 2) return n;
    memset(&second, 0, sizeof second);
    second.job.run = run_fib;
    second.n = n - 2;
    if (veda_fork(worker, &second.job) != VEDA_OK)
        check_failed(__FILE__, __LINE__, "veda_fork on the own worker");
    first = fib(worker, n - 1, steals);
    answer = veda_join(worker, &second.job);
    if (answer == VEDA_JOIN_TAKE) return first + fib(worker, n - 2, steals);
    if (answer != VEDA_JOIN_DONE) check_failed(__FILE__, __LINE__, "veda_join: TAKE or DONE");
    if (second.runner == worker || second.runner == NULL)
        check_failed(__FILE__, __LINE__, "DONE means that another worker ran the job");
    *steals += 1 + second.steals;
    return first + second.result;
}

struct fib_call {
    unsigned n;
    uint64_t result;
    int steals;
};

static void fib_entry(void* ctx, veda_worker_t* worker) {
    struct fib_call* call = (struct fib_call*)ctx;
    call->result = fib(worker, call->n, &call->steals);
}

static uint64_t serial_fib(unsigned n) { return n < 2 ? n : serial_fib(n - 1) + serial_fib(n - 2); }

static void fib_with_each_worker_count(void) {
    static const uint32_t counts[] = {1, 2, 3, 8, 64};
    size_t i;
    for (i = 0; i < sizeof counts / sizeof *counts; ++i) {
        veda_runtime_t* runtime = make_runtime(counts[i]);
        unsigned n;
        for (n = 0; n <= 23; ++n) {
            struct fib_call call;
            call.n = n;
            call.steals = 0;
            CHECK_OK(veda_run(runtime, fib_entry, &call));
            CHECK_EQUAL(call.result, serial_fib(n));
        }
        end_runtime(runtime);
    }
}

/* From a detached task, that is on a regular worker and not on a guest. */
struct fib_task {
    struct fib_call call;
    int done;
};

static void fib_task_entry(void* ctx, veda_worker_t* worker) {
    struct fib_task* task = (struct fib_task*)ctx;
    fib_entry(&task->call, worker);
    ATOMIC_SET(task->done, 1);
}

static void fib_in_tasks(void) {
    enum { tasks = 50 };
    veda_runtime_t* runtime = make_runtime(4);
    struct fib_task task[tasks];
    int i;
    memset(task, 0, sizeof task);
    for (i = 0; i < tasks; ++i) {
        task[i].call.n = 15;
        CHECK_OK(veda_spawn(runtime, fib_task_entry, &task[i]));
    }
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    for (i = 0; i < tasks; ++i) {
        CHECK_EQUAL(task[i].done, 1);
        CHECK_EQUAL(task[i].call.result, 610);
    }
    end_runtime(runtime);
}

/* Work does move: repeated until some join has answered DONE, which the watchdog bounds. */
/* guarantee: join-1 */
static void others_take_work(void) {
    veda_runtime_t* runtime = make_runtime(2);
    int steals = 0;
    while (steals == 0) {
        struct fib_call call;
        call.n = 22;
        call.steals = 0;
        CHECK_OK(veda_run(runtime, fib_entry, &call));
        steals = call.steals;
    }
    CHECK(steals > 0);
    CHECK(read_counter(runtime, "stolen") > 0);
    end_runtime(runtime);
}

/* --- depth: every job of a long list is forked before the first is joined --- */

enum { list_depth = 3000 };

struct list_job {
    veda_job_t job;
    int value;
    int ran;
};

static void run_list_job(veda_job_t* job, veda_worker_t* worker) {
    struct list_job* self = (struct list_job*)job;
    (void)worker;
    self->ran += self->value;
}

static void list_entry(void* ctx, veda_worker_t* worker) {
    struct list_job* jobs = (struct list_job*)ctx;
    int i;
    for (i = 0; i < list_depth; ++i) {
        jobs[i].job.run = run_list_job;
        jobs[i].value = i + 1;
        jobs[i].ran = 0;
        CHECK_OK(veda_fork(worker, &jobs[i].job));
    }
    for (i = list_depth; i-- > 0;) {
        const int32_t answer = veda_join(worker, &jobs[i].job);
        CHECK(answer == VEDA_JOIN_TAKE || answer == VEDA_JOIN_DONE);
        if (answer == VEDA_JOIN_TAKE) {
            CHECK_EQUAL(jobs[i].ran, 0); /* TAKE: nobody else ran it, or ever will */
            run_list_job(&jobs[i].job, worker);
        }
    }
}

/* guarantee: join-8 */
static void a_deep_list_of_forks(void) {
    static struct list_job jobs[list_depth];
    static const uint32_t counts[] = {1, 2, 8};
    size_t c;
    for (c = 0; c < 3; ++c) {
        veda_runtime_t* runtime = make_runtime(counts[c]);
        int round;
        for (round = 0; round < 20; ++round) {
            int i;
            CHECK_OK(veda_run(runtime, list_entry, jobs));
            for (i = 0; i < list_depth; ++i) CHECK_EQUAL(jobs[i].ran, i + 1);
        }
        end_runtime(runtime);
    }
}

/* --- many branches --- */

enum { most_branches = 5000 };

struct branches {
    unsigned char runs[most_branches];
    uint64_t count;
};

static void note_branch(void* ctx, uint64_t index, veda_worker_t* worker) {
    struct branches* all = (struct branches*)ctx;
    if (index >= all->count || worker != veda_worker_current())
        check_failed(__FILE__, __LINE__, "a branch has its number, and the worker that runs it");
    ATOMIC_ADD(all->runs[index], 1);
}

static void branch_entry(void* ctx, veda_worker_t* worker) {
    struct branches* all = (struct branches*)ctx;
    CHECK_OK(veda_join_n(worker, all->count, note_branch, all));
}

/* guarantee: join-9 */
static void every_branch_runs_once(void) {
    static const uint32_t counts[] = {1, 2, 3, 8};
    static struct branches all;
    size_t c;
    for (c = 0; c < sizeof counts / sizeof *counts; ++c) {
        veda_runtime_t* runtime = make_runtime(counts[c]);
        static const uint64_t sizes[] = {0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33, 257, most_branches};
        size_t s;
        for (s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
            uint64_t i;
            memset(&all, 0, sizeof all);
            all.count = sizes[s];
            CHECK_OK(veda_run(runtime, branch_entry, &all));
            for (i = 0; i < most_branches; ++i) CHECK_EQUAL(all.runs[i], i < all.count);
        }
        end_runtime(runtime);
    }
}

/* A tree: each branch has branches of its own, and joins of two among them. */
struct node {
    unsigned depth;
    uint64_t leaves;
};

static void grow_node(void* ctx, uint64_t index, veda_worker_t* worker) {
    const struct node* up = (const struct node*)ctx;
    struct node here;
    here.depth = up->depth - 1;
    here.leaves = 0;
    if (here.depth == 0) {
        int steals = 0;
        ATOMIC_ADD(((struct node*)ctx)->leaves, fib(worker, 3, &steals) - 1);
        return;
    }
    if (veda_join_n(worker, index % 7 + 1, grow_node, &here) != VEDA_OK)
        check_failed(__FILE__, __LINE__, "a join_n in a branch");
    ATOMIC_ADD(((struct node*)ctx)->leaves, here.leaves);
}

static uint64_t leaves_below(unsigned depth, uint64_t width) {
    uint64_t sum = 0;
    uint64_t i;
    if (depth == 1) return width;
    for (i = 0; i < width; ++i) sum += leaves_below(depth - 1, i % 7 + 1);
    return sum;
}

static void grow_root(void* ctx, veda_worker_t* worker) {
    CHECK_OK(veda_join_n(worker, 7, grow_node, ctx));
}

static void branches_have_branches(void) {
    static const uint32_t counts[] = {1, 2, 8};
    size_t c;
    for (c = 0; c < sizeof counts / sizeof *counts; ++c) {
        veda_runtime_t* runtime = make_runtime(counts[c]);
        struct node root;
        root.depth = 6;
        root.leaves = 0;
        CHECK_OK(veda_run(runtime, grow_root, &root));
        CHECK_EQUAL(root.leaves, leaves_below(6, 7));
        end_runtime(runtime);
    }
}

static void never_branch(void* ctx, uint64_t index, veda_worker_t* worker) {
    (void)ctx;
    (void)index;
    (void)worker;
    check_failed(__FILE__, __LINE__, "a refused join calls nothing");
}

static void misuse_branches(void* ctx, veda_worker_t* worker) {
    CHECK_STATUS(veda_join_n(worker, 3, NULL, NULL), VEDA_E_NULL);
    CHECK_SAYS("veda_join_n: branch");
    CHECK_STATUS(veda_join_n(NULL, 3, never_branch, NULL), VEDA_E_NULL);
    CHECK_SAYS("veda_join_n: worker");
    CHECK_STATUS(veda_join_n((veda_worker_t*)ctx, 3, never_branch, NULL), VEDA_E_WORKER);
    CHECK_SAYS("veda_join_n: worker");
    CHECK_OK(veda_join_n(worker, 0, never_branch, NULL));
}

static void remember(void* ctx, veda_worker_t* worker) { *(veda_worker_t**)ctx = worker; }

static void a_join_n_needs_its_own_worker(void) {
    veda_runtime_t* runtime = make_runtime(2);
    veda_runtime_t* elsewhere = make_runtime(1);
    veda_worker_t* other = NULL;
    CHECK_OK(veda_run(elsewhere, remember, &other));
    CHECK_OK(veda_run(runtime, misuse_branches, other));
    CHECK_STATUS(veda_join_n(other, 3, never_branch, NULL), VEDA_E_WORKER); /* from outside */
    CHECK_STATUS(veda_join_n((veda_worker_t*)veda_worker_self, 3, never_branch, NULL), VEDA_E_WORKER);
    end_runtime(elsewhere);
    end_runtime(runtime);
}

static void count_hungry(void* ctx, veda_worker_t* worker) {
    (void)worker;
    *(uint32_t*)ctx = veda_hungry_places();
}

static void hungry_places_are_those_of_ones_runtime(void) {
    veda_runtime_t* runtime = make_runtime(3);
    uint32_t hungry = 99;
    CHECK_EQUAL(veda_hungry_places(), 0); /* this thread is in no runtime */
    CHECK_OK(veda_run(runtime, count_hungry, &hungry));
    CHECK(hungry <= 2);
    end_runtime(runtime);
    runtime = make_runtime(1);
    CHECK_OK(veda_run(runtime, count_hungry, &hungry));
    CHECK_EQUAL(hungry, 0);
    end_runtime(runtime);
}

/* --- misuse --- */

static void count_run(veda_job_t* job, veda_worker_t* worker) {
    (void)worker;
    ((struct list_job*)job)->ran++;
}

static void finish(veda_worker_t* worker, struct list_job* job) {
    const int32_t answer = veda_join(worker, &job->job);
    CHECK(answer == VEDA_JOIN_TAKE || answer == VEDA_JOIN_DONE);
    CHECK_EQUAL(job->ran, answer == VEDA_JOIN_DONE);
}

static void wrong_order_body(void* ctx, veda_worker_t* worker) {
    struct list_job first;
    struct list_job second;
    struct list_job never;
    (void)ctx;
    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
    memset(&never, 0, sizeof never);
    first.job.run = second.job.run = never.job.run = count_run;
    CHECK_EQUAL(veda_join(worker, &never.job), VEDA_E_ORDER); /* nothing is forked */
    CHECK(veda_last_error()[0] != '\0');
    CHECK_OK(veda_fork(worker, &first.job));
    CHECK_OK(veda_fork(worker, &second.job));
    CHECK_EQUAL(veda_join(worker, &first.job), VEDA_E_ORDER);
    CHECK_SAYS("job");
    CHECK_EQUAL(veda_join(worker, &never.job), VEDA_E_ORDER);
    finish(worker, &second);                                   /* the refusals have done nothing */
    CHECK_EQUAL(veda_join(worker, &second.job), VEDA_E_ORDER); /* joined already */
    finish(worker, &first);
    CHECK_EQUAL(veda_join(worker, &first.job), VEDA_E_ORDER);
    CHECK_EQUAL(never.ran, 0);
}

/* guarantee: join-7 */
static void wrong_order(void) {
    static const uint32_t counts[] = {1, 4};
    size_t c;
    for (c = 0; c < 2; ++c) {
        veda_runtime_t* runtime = make_runtime(counts[c]);
        int round;
        for (round = 0; round < 100; ++round) CHECK_OK(veda_run(runtime, wrong_order_body, NULL));
        end_runtime(runtime);
    }
}

struct lent_worker {
    veda_worker_t* worker;
    veda_status fork_status;
    int32_t join_answer;
    int said_why;
};

static void* use_foreign_worker(void* ctx) {
    struct lent_worker* lent = (struct lent_worker*)ctx;
    struct list_job job;
    memset(&job, 0, sizeof job);
    job.job.run = count_run;
    lent->fork_status = veda_fork(lent->worker, &job.job);
    lent->join_answer = veda_join(lent->worker, &job.job);
    lent->said_why = strstr(veda_last_error(), "worker") != NULL;
    return NULL;
}

static void lend_worker(void* ctx, veda_worker_t* worker) {
    struct lent_worker* lent = (struct lent_worker*)ctx;
    pthread_t thread;
    lent->worker = worker;
    CHECK_EQUAL(pthread_create(&thread, NULL, use_foreign_worker, lent), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
}

struct worker_pair {
    veda_runtime_t* inner;
    veda_worker_t* outer_worker;
};

static void use_outer_worker(void* ctx, veda_worker_t* worker) {
    struct worker_pair* pair = (struct worker_pair*)ctx;
    struct list_job job;
    memset(&job, 0, sizeof job);
    job.job.run = count_run;
    CHECK(worker != pair->outer_worker);
    CHECK_STATUS(veda_fork(pair->outer_worker, &job.job), VEDA_E_WORKER);
    CHECK_OK(veda_fork(worker, &job.job));
    CHECK_EQUAL(veda_join(pair->outer_worker, &job.job), VEDA_E_WORKER);
    finish(worker, &job);
}

static void enter_inner(void* ctx, veda_worker_t* worker) {
    struct worker_pair* pair = (struct worker_pair*)ctx;
    pair->outer_worker = worker;
    CHECK_OK(veda_run(pair->inner, use_outer_worker, pair));
}

static void never_run(veda_job_t* job, veda_worker_t* worker) {
    (void)job;
    (void)worker;
    check_failed(__FILE__, __LINE__, "a refused job does not run");
}

/* guarantee: join-7 */
static void wrong_worker(void) {
    veda_runtime_t* runtime = make_runtime(2);
    struct lent_worker lent;
    struct worker_pair pair;
    memset(&lent, 0, sizeof lent);
    CHECK_OK(veda_run(runtime, lend_worker, &lent));
    CHECK_STATUS(lent.fork_status, VEDA_E_WORKER);
    CHECK_EQUAL(lent.join_answer, VEDA_E_WORKER);
    CHECK(lent.said_why);
    use_foreign_worker(&lent); /* on the thread that was that worker, after it has left */
    CHECK_STATUS(lent.fork_status, VEDA_E_WORKER);
    pair.inner = make_runtime(2);
    pair.outer_worker = NULL;
    CHECK_OK(veda_run(runtime, enter_inner, &pair)); /* the same thread, another runtime's worker */
    end_runtime(pair.inner);
    end_runtime(runtime);
}

/* What veda_worker_self holds on a thread outside any runtime is nobody's worker. */
static void the_head_of_outside_is_no_worker(void) {
    veda_worker_t* outside = (veda_worker_t*)veda_worker_self;
    veda_job_t job;
    memset(&job, 0, sizeof job);
    job.run = never_run;
    CHECK(veda_worker_current() == NULL && outside != NULL);
    CHECK_STATUS(veda_fork(outside, &job), VEDA_E_WORKER);
    CHECK_SAYS("veda_fork: worker");
    CHECK_EQUAL(veda_join(outside, &job), VEDA_E_WORKER);
    CHECK_SAYS("veda_join: worker");
    CHECK_EQUAL(veda_join(outside, NULL), VEDA_E_NULL);
}

/* --- memory for tasks --- */

struct block {
    unsigned char* memory;
    size_t size;
};

enum { block_count = 400 };

static void fill_blocks(void* ctx, veda_worker_t* worker) {
    struct block* blocks = (struct block*)ctx;
    size_t i;
    (void)worker;
    for (i = 0; i < block_count; ++i) {
        blocks[i].size = 1 + (i * 37) % 5000;
        blocks[i].memory = (unsigned char*)veda_job_alloc(blocks[i].size);
        CHECK(blocks[i].memory != NULL);
        CHECK_EQUAL((uintptr_t)blocks[i].memory % 16, 0);
        memset(blocks[i].memory, (int)(i & 0xff), blocks[i].size);
    }
}

static void empty_blocks(void* ctx, veda_worker_t* worker) {
    struct block* blocks = (struct block*)ctx;
    size_t i;
    (void)worker;
    for (i = 0; i < block_count; ++i) {
        size_t b;
        size_t kept = 0;
        for (b = 0; b < blocks[i].size; ++b) kept += blocks[i].memory[b] == (i & 0xff);
        CHECK_EQUAL(kept, blocks[i].size); /* no two blocks overlap */
        veda_job_free(blocks[i].memory, blocks[i].size);
    }
}

static void task_memory(void) {
    static struct block blocks[block_count];
    veda_runtime_t* runtime = make_runtime(2);
    int round;
    for (round = 0; round < 10; ++round) {
        CHECK_OK(veda_run(runtime, fill_blocks, blocks)); /* by a worker and back */
        CHECK_OK(veda_run(runtime, empty_blocks, blocks));
        CHECK_OK(veda_spawn(runtime, fill_blocks, blocks)); /* freed by another worker */
        CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
        CHECK_OK(veda_spawn(runtime, empty_blocks, blocks));
        CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
        fill_blocks(blocks, NULL); /* outside a runtime: from malloc */
        empty_blocks(blocks, NULL);
    }
    end_runtime(runtime);
}

int main(void) {
    check_start_watchdog(240);
    RUN_CASE(fib_with_each_worker_count);
    RUN_CASE(fib_in_tasks);
    RUN_CASE(others_take_work);
    RUN_CASE(a_deep_list_of_forks);
    RUN_CASE(every_branch_runs_once);
    RUN_CASE(branches_have_branches);
    RUN_CASE(a_join_n_needs_its_own_worker);
    RUN_CASE(hungry_places_are_those_of_ones_runtime);
    RUN_CASE(wrong_order);
    RUN_CASE(wrong_worker);
    RUN_CASE(the_head_of_outside_is_no_worker);
    RUN_CASE(task_memory);
    return 0;
}
