/* shutdown_race: the default runtime is started, used and ended by several threads at once, and
 * runtimes are destroyed while others begin to use them. Each call works or answers an error; what
 * was accepted runs, once; nothing hangs. At full length the races run beside other load. */
#include "process.h"

enum { threads = 4 };

struct racer {
    unsigned index;
    unsigned long rounds;
    int accepted; /* tasks */
    int ran;
    int loops; /* that worked */
    int refused;
    int ended; /* shutdowns that worked */
};

static unsigned dice(unsigned* state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* SHUTDOWN and HANDLE: somebody ends, or has ended, the runtime that the handle named. */
static int worked(veda_status status) {
    if (status == VEDA_OK) return 1;
    if (status != VEDA_E_SHUTDOWN) CHECK_STATUS(status, VEDA_E_HANDLE);
    CHECK(veda_last_error()[0] != '\0');
    return 0;
}

static void run_loop(veda_runtime_t* runtime, struct racer* racer) {
    const veda_for_desc_t desc = range_of(1000);
    struct summing s = {0, 0};
    if (worked(veda_for(runtime, &desc, add_indices, &s))) {
        CHECK_EQUAL(s.sum, 499500);
        ++racer->loops;
    } else {
        CHECK_EQUAL(s.calls, 0);
        ++racer->refused;
    }
}

static void submit(veda_runtime_t* runtime, struct racer* racer) {
    if (worked(veda_spawn(runtime, count_call, &racer->ran)))
        ++racer->accepted;
    else
        ++racer->refused;
}

static void use_scope(veda_runtime_t* runtime, struct racer* racer) {
    veda_scope_t scope;
    if (!worked(veda_scope_begin(&scope, runtime))) {
        ++racer->refused;
        return;
    }
    CHECK_OK(veda_scope_spawn(&scope, count_call, &racer->ran));
    ++racer->accepted;
    CHECK_OK(veda_scope_wait(&scope));
}

static void look_around(veda_runtime_t* runtime) {
    uint64_t number = 0;
    uint32_t word = 0;
    worked(veda_runtime_worker_count(runtime, &word));
    worked(veda_runtime_pending(runtime, &number));
    worked(veda_counter_read(runtime, 0, &number));
}

static void end_default(struct racer* racer, uint64_t timeout_ns) {
    const veda_status status = veda_shutdown(timeout_ns);
    if (status != VEDA_OK) CHECK_STATUS(status, VEDA_E_BUSY);
    racer->ended += status == VEDA_OK;
}

static void* race_for_the_default(void* ctx) {
    struct racer* racer = (struct racer*)ctx;
    unsigned state = racer->index * 7919u + 1;
    unsigned long i;
    for (i = 0; i < racer->rounds; ++i) {
        const unsigned choice = dice(&state) % 8;
        if (choice == 0) {
            end_default(racer, UINT64_MAX);
        } else if (choice == 1) {
            end_default(racer, dice(&state) % 3 * 20000);
        } else if (choice == 2) {
            const veda_status status = veda_init(NULL);
            if (status != VEDA_OK) CHECK_STATUS(status, VEDA_E_STATE);
        } else {
            veda_runtime_t* runtime = veda_runtime_default();
            CHECK(runtime != NULL);
            if (choice == 3) run_loop(runtime, racer);
            if (choice == 4) submit(runtime, racer);
            if (choice == 5) use_scope(runtime, racer);
            if (choice == 6) look_around(runtime);
            if (choice == 7) worked(veda_broadcast(runtime, count_call, &racer->index));
        }
    }
    return NULL;
}

/* 10^5 shutdowns in full: an eighth of all rounds, and as many again with a timeout. */
/* guarantee: shutdown-6 */
static void of_the_default_runtime(void) {
    struct racer racers[threads];
    pthread_t thread[threads];
    unsigned i;
    int ended = 0, loops = 0;
    struct load load;
    start_load(&load);
    setenv("VEDA_NUM_THREADS", "2", 1);
    memset(racers, 0, sizeof racers);
    for (i = 0; i < threads; ++i) {
        racers[i].index = i;
        racers[i].rounds = amount(4000, 400000);
        CHECK_EQUAL(pthread_create(&thread[i], NULL, race_for_the_default, &racers[i]), 0);
    }
    for (i = 0; i < threads; ++i) CHECK_EQUAL(pthread_join(thread[i], NULL), 0);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    for (i = 0; i < threads; ++i) {
        CHECK_EQUAL(racers[i].ran, racers[i].accepted);
        ended += racers[i].ended;
        loops += racers[i].loops;
    }
    printf("%d shutdowns, %d loops\n", ended, loops);
    CHECK(ended > 100 && loops > 100);
    wait_for_threads_to_go();
    end_load(&load);
}

/* --- what the default runtime answers while it ends --- */

static int stop_ending;

static void* end_it_again_and_again(void* ctx) {
    unsigned state = 1;
    (void)ctx;
    while (!ATOMIC_GET(stop_ending)) {
        const veda_status status = veda_shutdown(dice(&state) % 8 ? dice(&state) % 300 * 1000 : UINT64_MAX);
        if (status != VEDA_OK) CHECK_STATUS(status, VEDA_E_BUSY);
    }
    return NULL;
}

/* A refusal is final: the runtime that refused a call does not serve the next one. */
static void use_until_refused(veda_runtime_t* runtime, struct racer* racer) {
    unsigned calls;
    const int refused = racer->refused;
    for (calls = 0; calls < 20 && racer->refused == refused; ++calls) submit(runtime, racer);
    if (racer->refused == refused) return;
    for (calls = 0; calls < 20; ++calls) CHECK(!worked(veda_spawn(runtime, count_call, &racer->ran)));
}

static void* find_and_use_the_default(void* ctx) {
    struct racer* racer = (struct racer*)ctx;
    unsigned long i;
    for (i = 0; i < racer->rounds; ++i) {
        veda_runtime_t* runtime = veda_runtime_default();
        CHECK(runtime != NULL);
        CHECK_OK(veda_runtime_get_default(&runtime));
        CHECK(runtime != NULL);
        if (i % 4 == 0) use_until_refused(runtime, racer);
    }
    return NULL;
}

/* guarantee: shutdown-9 shutdown-10 */
static void the_default_is_never_null(void) {
    struct racer racers[threads];
    pthread_t thread[threads], ender;
    unsigned i;
    int refused = 0;
    struct load load;
    start_load(&load);
    setenv("VEDA_NUM_THREADS", "1", 1);
    memset(racers, 0, sizeof racers);
    CHECK_EQUAL(pthread_create(&ender, NULL, end_it_again_and_again, NULL), 0);
    for (i = 0; i < threads; ++i) {
        racers[i].rounds = amount(20000, 1000000);
        CHECK_EQUAL(pthread_create(&thread[i], NULL, find_and_use_the_default, &racers[i]), 0);
    }
    for (i = 0; i < threads; ++i) CHECK_EQUAL(pthread_join(thread[i], NULL), 0);
    ATOMIC_SET(stop_ending, 1);
    CHECK_EQUAL(pthread_join(ender, NULL), 0);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    for (i = 0; i < threads; ++i) {
        CHECK_EQUAL(racers[i].ran, racers[i].accepted);
        refused += racers[i].refused;
    }
    printf("%d handles refused a call\n", refused);
    CHECK(refused > 0);
    wait_for_threads_to_go();
    end_load(&load);
}

/* --- destroy against use --- */

struct duel {
    veda_runtime_t* runtime;
    int stop;
    struct racer racers[threads];
};

static struct duel duel;

static void* use_what_is_there(void* ctx) {
    struct racer* racer = (struct racer*)ctx;
    unsigned state = racer->index * 7919u + 1;
    while (!ATOMIC_GET(duel.stop)) {
        veda_runtime_t* runtime = ATOMIC_GET(duel.runtime);
        switch (dice(&state) % 5) {
            case 0:
                run_loop(runtime, racer);
                break;
            case 1:
                submit(runtime, racer);
                break;
            case 2:
                use_scope(runtime, racer);
                break;
            case 3:
                look_around(runtime);
                break;
            default: {
                const veda_status status = veda_runtime_drain(runtime, 0);
                if (status != VEDA_E_BUSY) worked(status);
            }
        }
    }
    return NULL;
}

/* guarantee: shutdown-6 */
static void of_destroy_against_use(void) {
    const unsigned long rounds = amount(1000, 100000);
    pthread_t thread[threads];
    unsigned long round;
    unsigned i;
    int refused = 0, loops = 0;
    struct load load;
    start_load(&load);
    duel.runtime = make_runtime(2);
    for (i = 0; i < threads; ++i) {
        duel.racers[i].index = i;
        CHECK_EQUAL(pthread_create(&thread[i], NULL, use_what_is_there, &duel.racers[i]), 0);
    }
    for (round = 0; round < rounds; ++round) {
        veda_runtime_t* old = duel.runtime;
        /* Every other time it is still in full use. */
        if (round % 2) ATOMIC_SET(duel.runtime, make_runtime(2));
        CHECK_OK(veda_runtime_destroy(old));
        if (round % 2 == 0) ATOMIC_SET(duel.runtime, make_runtime(2));
    }
    ATOMIC_SET(duel.stop, 1);
    for (i = 0; i < threads; ++i) CHECK_EQUAL(pthread_join(thread[i], NULL), 0);
    end_runtime(duel.runtime);
    for (i = 0; i < threads; ++i) {
        CHECK_EQUAL(duel.racers[i].ran, duel.racers[i].accepted);
        refused += duel.racers[i].refused;
        loops += duel.racers[i].loops;
    }
    printf("%d calls refused, %d loops\n", refused, loops);
    CHECK(refused > 0 && loops > 0);
    wait_for_threads_to_go();
    end_load(&load);
}

/* --- several destroy the same --- */

struct destroyer {
    veda_runtime_t* runtime;
    int* ready;
    int was_it;
};

static void* destroy_it(void* ctx) {
    struct destroyer* d = (struct destroyer*)ctx;
    ATOMIC_ADD(*d->ready, 1);
    while (ATOMIC_GET(*d->ready) < threads) sched_yield();
    d->was_it = worked(veda_runtime_destroy(d->runtime));
    return NULL;
}

/* guarantee: shutdown-6 */
static void of_several_destroys(void) {
    unsigned long round;
    struct load load;
    start_load(&load);
    for (round = 0; round < amount(500, 20000); ++round) {
        struct destroyer destroyers[threads];
        pthread_t thread[threads];
        int ready = 0, ran = 0, ok = 0, i;
        veda_runtime_t* runtime = make_runtime(1);
        CHECK_OK(veda_spawn(runtime, count_call, &ran));
        for (i = 0; i < threads; ++i) {
            destroyers[i].runtime = runtime;
            destroyers[i].ready = &ready;
            CHECK_EQUAL(pthread_create(&thread[i], NULL, destroy_it, &destroyers[i]), 0);
        }
        for (i = 0; i < threads; ++i) CHECK_EQUAL(pthread_join(thread[i], NULL), 0);
        for (i = 0; i < threads; ++i) ok += destroyers[i].was_it;
        CHECK_EQUAL(ok, 1);
        CHECK_EQUAL(ran, 1);
    }
    end_load(&load);
}

/* --- a task that uses the default runtime while a shutdown waits for it --- */

struct asking {
    int begun;
    veda_event_t go_on;
    veda_status shutdown, init;
    veda_runtime_t* found;
};

static void ask_for_the_default(void* ctx, veda_worker_t* worker) {
    struct asking* a = (struct asking*)ctx;
    (void)worker;
    ATOMIC_SET(a->begun, 1);
    CHECK_OK(veda_event_wait(&a->go_on));
    a->found = veda_runtime_default();
    check_works(a->found);
    a->shutdown = veda_shutdown(UINT64_MAX);
    a->init = veda_init(NULL);
}

static void* shut_down(void* ctx) {
    *(veda_status*)ctx = veda_shutdown(UINT64_MAX);
    return NULL;
}

/* guarantee: shutdown-7 */
static void against_a_task_that_asks_for_it(void) {
    struct asking a;
    pthread_t thread;
    veda_status status = VEDA_E_INTERNAL;
    veda_runtime_t* runtime = veda_runtime_default();
    memset(&a, 0, sizeof a);
    CHECK_OK(veda_spawn(runtime, ask_for_the_default, &a));
    wait_for_flag(&a.begun);
    CHECK_EQUAL(pthread_create(&thread, NULL, shut_down, &status), 0);
    while (veda_shutdown(0) != VEDA_E_BUSY || strstr(veda_last_error(), "another") == NULL)
        sched_yield();
    CHECK_OK(veda_event_set(&a.go_on));
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_OK(status);
    CHECK(a.found == runtime);
    CHECK_STATUS(a.shutdown, VEDA_E_WORKER);
    CHECK_STATUS(a.init, VEDA_E_STATE);
}

/* --- the stop hook uses the library --- */

struct hook_try {
    veda_runtime_t* own;
    veda_status spawn, destroy, shutdown;
    int calls;
    int ran;
};

static void use_in_stop_hook(void* ctx, uint32_t index) {
    struct hook_try* t = (struct hook_try*)ctx;
    (void)index;
    if (ATOMIC_ADD(t->calls, 1) > 0) return;
    CHECK(veda_worker_current() == NULL);
    t->spawn = veda_spawn(t->own, count_call, &t->ran);
    t->destroy = veda_runtime_destroy(t->own);
    t->shutdown = veda_shutdown(UINT64_MAX);
    check_works(veda_runtime_default()); /* of the default runtime: a fresh one */
}

static void the_stop_hook_is_answered(int is_default) {
    struct hook_try t;
    veda_runtime_config_t config;
    memset(&t, 0, sizeof t);
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 2;
    config.on_worker_stop = use_in_stop_hook;
    config.hook_ctx = &t;
    if (is_default) {
        CHECK_OK(veda_init(&config));
        t.own = veda_runtime_default();
        check_works(t.own);
        CHECK_OK(veda_shutdown(UINT64_MAX));
    } else {
        CHECK_OK(veda_runtime_create(&config, &t.own));
        check_works(t.own);
        end_runtime(t.own);
    }
    CHECK(t.calls >= 2);
    CHECK_STATUS(t.spawn, VEDA_E_SHUTDOWN);
    CHECK_STATUS(t.destroy, VEDA_E_SHUTDOWN);
    CHECK_OK(t.shutdown);
    CHECK_EQUAL(t.ran, 0);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    wait_for_threads_to_go();
}

/* guarantee: shutdown-7 */
static void in_the_stop_hook(void) { the_stop_hook_is_answered(0); }
/* guarantee: shutdown-7 */
static void in_the_stop_hook_of_the_default(void) { the_stop_hook_is_answered(1); }

static const struct process_case cases[] = {
    CASE(of_the_default_runtime), CASE(the_default_is_never_null),
    CASE(of_destroy_against_use), CASE(of_several_destroys),
    CASE(in_the_stop_hook),       CASE(in_the_stop_hook_of_the_default),
    CASE(against_a_task_that_asks_for_it),
};

PROCESS_MAIN(cases, 240)
