/* tasks: detached tasks, broadcast, yield, events, and waits that lend their place. */
#include "check.h"

static const uint32_t worker_counts[] = {1, 2, 8};
enum { worker_count_cases = sizeof worker_counts / sizeof *worker_counts };

/* --- spawn --- */

struct spawner {
    veda_runtime_t* runtime;
    int ran;
    int children;
};

static void child_task(void* ctx, veda_worker_t* worker) {
    struct spawner* spawner = (struct spawner*)ctx;
    if (worker == NULL || worker != veda_worker_current() ||
        veda_worker_runtime() != spawner->runtime)
        check_failed(__FILE__, __LINE__, "a task runs on a worker of its runtime");
    ATOMIC_ADD(spawner->ran, 1);
}

static void parent_task(void* ctx, veda_worker_t* worker) {
    struct spawner* spawner = (struct spawner*)ctx;
    int i;
    for (i = 0; i < spawner->children; ++i)
        if (veda_spawn(spawner->runtime, child_task, spawner) != VEDA_OK)
            check_failed(__FILE__, __LINE__, "veda_spawn inside a task");
    child_task(ctx, worker);
}

static void spawned_tasks_run(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        struct spawner spawner;
        int i;
        spawner.runtime = make_runtime(worker_counts[c]);
        spawner.ran = 0;
        spawner.children = 9;
        for (i = 0; i < 300; ++i) CHECK_OK(veda_spawn(spawner.runtime, parent_task, &spawner));
        CHECK_OK(veda_run(spawner.runtime, parent_task, &spawner)); /* from a guest */
        CHECK_OK(veda_runtime_drain(spawner.runtime, UINT64_MAX));
        CHECK_EQUAL(ATOMIC_GET(spawner.ran), 3010);
        end_runtime(spawner.runtime);
    }
}

/* Nobody waits for them but the end of the runtime. */
/* guarantee: shutdown-1 */
static void destroy_waits_for_detached_tasks(void) {
    int round;
    for (round = 0; round < 50; ++round) {
        struct spawner spawner;
        int i;
        spawner.runtime = make_runtime(worker_counts[round % worker_count_cases]);
        spawner.ran = 0;
        spawner.children = 3;
        for (i = 0; i < 25; ++i) CHECK_OK(veda_spawn(spawner.runtime, parent_task, &spawner));
        end_runtime(spawner.runtime);
        CHECK_EQUAL(ATOMIC_GET(spawner.ran), 100);
    }
}

struct own_job {
    veda_job_t job;
    int* counter;
};

static void run_own_job(veda_job_t* job, veda_worker_t* worker) {
    int* counter = ((struct own_job*)job)->counter;
    (void)worker;
    free(job); /* the library does not touch it once run was entered */
    ATOMIC_ADD(*counter, 1);
}

static void own_jobs(void) {
    veda_runtime_t* runtime = make_runtime(3);
    int counter = 0;
    int i;
    for (i = 0; i < 1000; ++i) {
        struct own_job* own = (struct own_job*)calloc(1, sizeof *own);
        CHECK(own != NULL);
        own->job.run = run_own_job;
        own->counter = &counter;
        CHECK_OK(veda_spawn_job(runtime, &own->job));
    }
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(counter), 1000);
    end_runtime(runtime);
}

/* --- errors that nobody joins --- */

struct error_log {
    int calls;
    veda_status status;
    char message[300];
};

static void log_error(void* ctx, veda_status status, const char* message) {
    struct error_log* log = (struct error_log*)ctx;
    log->status = status;
    snprintf(log->message, sizeof log->message, "%s", message ? message : "(null)");
    ATOMIC_ADD(log->calls, 1);
}

static void failing_task(void* ctx, veda_worker_t* worker) {
    (void)worker;
    CHECK_STATUS(veda_task_fail(VEDA_OK, "fine"), VEDA_E_RANGE);
    CHECK_SAYS("status");
    CHECK_OK(veda_task_fail(-77, (const char*)ctx));
}

/* guarantee: errors-6 */
static void unhandled_errors_reach_the_hook(void) {
    static char text[] = "the printer is on fire";
    struct error_log log;
    veda_runtime_config_t config;
    veda_runtime_t* runtime = NULL;
    memset(&log, 0, sizeof log);
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 2;
    config.on_unhandled_error = log_error;
    config.hook_ctx = &log;
    CHECK_OK(veda_runtime_create(&config, &runtime));
    CHECK_OK(veda_spawn(runtime, failing_task, text));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(log.calls), 1);
    CHECK_STATUS(log.status, -77);
    CHECK(strcmp(log.message, text) == 0);
    CHECK_OK(veda_spawn(runtime, failing_task, NULL));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(log.calls), 2);
    CHECK_STATUS(veda_task_fail(-77, text), VEDA_E_WORKER); /* no task is running here */
    CHECK(veda_last_error()[0] != '\0');
    CHECK_EQUAL(ATOMIC_GET(log.calls), 2);
    CHECK_OK(veda_report_failure(runtime, -78, text)); /* anybody may */
    CHECK_EQUAL(ATOMIC_GET(log.calls), 3);
    CHECK_STATUS(log.status, -78);
    CHECK(strcmp(log.message, text) == 0);
    CHECK_OK(veda_report_failure(runtime, -79, NULL));
    CHECK_EQUAL(ATOMIC_GET(log.calls), 4);
    CHECK(log.message[0] == '\0');
    CHECK_STATUS(veda_report_failure(runtime, VEDA_OK, text), VEDA_E_RANGE);
    CHECK_SAYS("veda_report_failure: status is 0");
    CHECK_EQUAL(ATOMIC_GET(log.calls), 4);
    end_runtime(runtime);
}

/* Without a hook it is one line on stderr, which is a file meanwhile. */
/* guarantee: errors-6 */
static void unhandled_errors_without_a_hook(void) {
    char text[400] = "";
    veda_runtime_t* runtime = make_runtime(2);
    FILE* file = tmpfile();
    const int usual = dup(2);
    CHECK(file != NULL && usual >= 0);
    CHECK_EQUAL(dup2(fileno(file), 2), 2);
    CHECK_OK(veda_spawn(runtime, failing_task, (void*)(uintptr_t)"the well is dry"));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_EQUAL(dup2(usual, 2), 2);
    CHECK_EQUAL(close(usual), 0);
    rewind(file);
    CHECK(fgets(text, sizeof text, file) != NULL);
    CHECK(strcmp(text, "veda: error: a detached task failed: unknown status code: the well is dry\n") ==
          0);
    CHECK(fgets(text, sizeof text, file) == NULL);
    fclose(file);
    end_runtime(runtime);
}

/* --- broadcast --- */

struct roll_call {
    veda_runtime_t* runtime;
    uint32_t workers;
    uint32_t calls;
    int by_index[64];
    pthread_t threads[64];
};

static void answer_roll_call(void* ctx, veda_worker_t* worker) {
    struct roll_call* roll = (struct roll_call*)ctx;
    const int32_t index = veda_worker_index();
    if (worker == NULL || worker != veda_worker_current() || index < 0 ||
        (uint32_t)index >= roll->workers)
        check_failed(__FILE__, __LINE__, "a broadcast runs on regular workers only");
    ATOMIC_ADD(roll->by_index[index], 1);
    roll->threads[ATOMIC_ADD(roll->calls, 1) % 64] = pthread_self();
}

static void call_the_roll(veda_runtime_t* runtime, uint32_t workers) {
    struct roll_call roll;
    uint32_t i;
    uint32_t j;
    memset(&roll, 0, sizeof roll);
    roll.runtime = runtime;
    roll.workers = workers;
    CHECK_OK(veda_broadcast(runtime, answer_roll_call, &roll));
    CHECK_EQUAL(roll.calls, workers);
    for (i = 0; i < workers; ++i) {
        CHECK_EQUAL(roll.by_index[i], 1);
        for (j = 0; j < i; ++j) CHECK(!pthread_equal(roll.threads[i], roll.threads[j]));
    }
}

struct roll_task {
    veda_runtime_t* runtime;
    uint32_t workers;
};

static void call_the_roll_inside(void* ctx, veda_worker_t* worker) {
    struct roll_task* task = (struct roll_task*)ctx;
    (void)worker;
    call_the_roll(task->runtime, task->workers);
}

/* guarantee: progress-8 */
static void broadcast_runs_once_on_each_worker(void) {
    static const uint32_t counts[] = {1, 2, 3, 8, 33};
    size_t c;
    for (c = 0; c < sizeof counts / sizeof *counts; ++c) {
        struct roll_task task;
        int round;
        task.workers = counts[c];
        task.runtime = make_runtime(counts[c]);
        for (round = 0; round < 50; ++round) {
            call_the_roll(task.runtime, task.workers);
            CHECK_OK(veda_run(task.runtime, call_the_roll_inside, &task));
            CHECK_OK(veda_spawn(task.runtime, call_the_roll_inside, &task));
        }
        CHECK_OK(veda_runtime_drain(task.runtime, UINT64_MAX));
        end_runtime(task.runtime);
    }
}

/* --- yield --- */

struct yielder {
    veda_runtime_t* runtime;
    pthread_t thread;
    int child_ran;
    int child_ran_here;
    int rans;
    int done;
};

static void yielded_child(void* ctx, veda_worker_t* worker) {
    struct yielder* yielder = (struct yielder*)ctx;
    (void)worker;
    yielder->child_ran_here = pthread_equal(pthread_self(), yielder->thread) != 0;
    ATOMIC_SET(yielder->child_ran, 1);
}

static void yielding_task(void* ctx, veda_worker_t* worker) {
    struct yielder* yielder = (struct yielder*)ctx;
    (void)worker;
    yielder->thread = pthread_self();
    CHECK_OK(veda_spawn(yielder->runtime, yielded_child, yielder));
    while (!ATOMIC_GET(yielder->child_ran)) {
        const int32_t answer = veda_yield();
        CHECK(answer == VEDA_YIELD_RAN || answer == VEDA_YIELD_IDLE);
        yielder->rans += answer == VEDA_YIELD_RAN;
    }
    ATOMIC_SET(yielder->done, 1);
}

static void yield_runs_one_task(void) {
    int c;
    CHECK_EQUAL(veda_yield(), VEDA_YIELD_IDLE); /* outside */
    for (c = 0; c < worker_count_cases; ++c) {
        struct yielder yielder;
        memset(&yielder, 0, sizeof yielder);
        yielder.runtime = make_runtime(worker_counts[c]);
        CHECK_OK(veda_spawn(yielder.runtime, yielding_task, &yielder));
        CHECK_OK(veda_runtime_drain(yielder.runtime, UINT64_MAX));
        CHECK_EQUAL(yielder.done, 1);
        if (yielder.child_ran_here) CHECK_EQUAL(yielder.rans, 1);
        if (worker_counts[c] == 1) CHECK_EQUAL(yielder.child_ran_here, 1); /* who else */
        end_runtime(yielder.runtime);
    }
}

/* The only worker yields until the broadcast has run, which nobody but its yield can run. */
struct interlude {
    int yielding;
    int rans;
    int played;
};

static void play(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_SET(((struct interlude*)ctx)->played, 1);
}

static void yield_until_played(void* ctx, veda_worker_t* worker) {
    struct interlude* interlude = (struct interlude*)ctx;
    (void)worker;
    ATOMIC_SET(interlude->yielding, 1);
    while (!ATOMIC_GET(interlude->played)) interlude->rans += veda_yield() == VEDA_YIELD_RAN;
}

static void yield_runs_a_broadcast(void) {
    veda_runtime_t* runtime = make_runtime(1);
    struct interlude interlude;
    memset(&interlude, 0, sizeof interlude);
    CHECK_OK(veda_spawn(runtime, yield_until_played, &interlude));
    wait_for_flag(&interlude.yielding);
    CHECK_OK(veda_broadcast(runtime, play, &interlude));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_EQUAL(interlude.rans, 1);
    end_runtime(runtime);
}

static void pending_body(void* ctx, veda_worker_t* worker) {
    struct spawner* spawner = (struct spawner*)ctx;
    (void)worker;
    CHECK_EQUAL(veda_worker_has_pending(), 0);
    CHECK_OK(veda_spawn(spawner->runtime, child_task, spawner));
    CHECK_EQUAL(veda_worker_has_pending(), 1);
    while (veda_yield() == VEDA_YIELD_RAN) {
    }
    CHECK_EQUAL(veda_worker_has_pending(), 0);
}

static void a_worker_knows_its_queue(void) {
    struct spawner spawner;
    spawner.runtime = make_runtime(1); /* no neighbour to steal it */
    spawner.ran = 0;
    spawner.children = 0;
    CHECK_OK(veda_spawn(spawner.runtime, pending_body, &spawner));
    CHECK_OK(veda_runtime_drain(spawner.runtime, UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(spawner.ran), 1);
    end_runtime(spawner.runtime);
}

/* --- events, and blocking: the only worker waits for a task that only it could run --- */

struct meeting {
    veda_runtime_t* runtime;
    veda_event_t event;
    int gift;
    int received;
    int blocked_until;
    int forever;
    int vain;
};

static void bring_gift(void* ctx, veda_worker_t* worker) {
    struct meeting* meeting = (struct meeting*)ctx;
    (void)worker;
    meeting->gift = 42; /* plain: the event must make it visible */
    CHECK_OK(veda_event_set(&meeting->event));
}

static void receive_gift(void* ctx, veda_worker_t* worker) {
    struct meeting* meeting = (struct meeting*)ctx;
    CHECK_EQUAL(veda_event_is_set(&meeting->event), 0);
    CHECK_OK(veda_spawn(meeting->runtime, bring_gift, meeting));
    CHECK_OK(veda_event_wait(&meeting->event));
    CHECK(veda_worker_current() == worker);
    CHECK_EQUAL(veda_event_is_set(&meeting->event), 1);
    meeting->received = meeting->gift;
}

static void waiting_for_an_event_lends_the_place(void) {
    int c;
    CHECK_EQUAL(veda_event_is_set(NULL), 0);
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        int round;
        for (round = 0; round < 100; ++round) {
            struct meeting meeting;
            memset(&meeting, 0, sizeof meeting);
            meeting.runtime = runtime;
            if (round % 2) {
                CHECK_OK(veda_spawn(runtime, receive_gift, &meeting));
                CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
            } else {
                CHECK_OK(veda_run(runtime, receive_gift, &meeting));
            }
            CHECK_EQUAL(meeting.received, 42);
        }
        end_runtime(runtime);
    }
}

/* The event is set by, and waited for by, threads outside any runtime as well. */
static void events_outside(void) {
    veda_runtime_t* runtime = make_runtime(1);
    int round;
    for (round = 0; round < 200; ++round) {
        struct meeting meeting;
        memset(&meeting, 0, sizeof meeting);
        CHECK_OK(veda_spawn(runtime, bring_gift, &meeting));
        CHECK_OK(veda_event_wait(&meeting.event));
        CHECK_EQUAL(meeting.gift, 42);
        memset(&meeting, 0, sizeof meeting);
        CHECK_OK(veda_event_set(&meeting.event)); /* set before anybody waits */
        CHECK_OK(veda_event_wait(&meeting.event));
        CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    }
    end_runtime(runtime);
}

/* --- waits that end in time --- */

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Waits in vain for longer and longer, then for the gift, which somebody brings after the last vain wait. */
static void wait_in_vain(void* ctx, veda_worker_t* worker) {
    struct meeting* meeting = (struct meeting*)ctx;
    static const uint64_t times[] = {0, 1, 100000, 5000000};
    size_t i;
    for (i = 0; i < sizeof times / sizeof *times; ++i) {
        const uint64_t start = now_ns();
        CHECK_STATUS(veda_event_wait_for(&meeting->event, times[i]), VEDA_E_BUSY);
        CHECK(now_ns() - start >= times[i]);
        CHECK_SAYS("veda_event_wait_for: event");
        CHECK_EQUAL(veda_event_is_set(&meeting->event), 0);
        CHECK(veda_worker_current() == worker);
    }
    CHECK_OK(veda_spawn(meeting->runtime, bring_gift, meeting));
    CHECK_OK(veda_event_wait_for(&meeting->event, meeting->forever ? UINT64_MAX : UINT64_MAX - 1));
    CHECK(veda_worker_current() == worker);
    CHECK_OK(veda_event_wait_for(&meeting->event, 0)); /* it stays set */
    CHECK_OK(veda_event_wait(&meeting->event));
    meeting->received = meeting->gift;
}

static void waits_end_in_time(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        int round;
        for (round = 0; round < 12; ++round) {
            struct meeting meeting;
            memset(&meeting, 0, sizeof meeting);
            meeting.runtime = runtime;
            meeting.forever = round % 2;
            if (round % 3 == 0) CHECK_OK(veda_spawn(runtime, wait_in_vain, &meeting));
            if (round % 3 == 1) CHECK_OK(veda_run(runtime, wait_in_vain, &meeting));
            if (round % 3 == 2) wait_in_vain(&meeting, NULL); /* a thread outside */
            CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
            CHECK_EQUAL(meeting.received, 42);
        }
        end_runtime(runtime);
    }
}

/* The end of the time and the setting meet at every distance: no set is lost, whoever is first. */
static void wait_briefly(void* ctx, veda_worker_t* worker) {
    struct meeting* meeting = (struct meeting*)ctx;
    uint64_t ns = 1;
    (void)worker;
    CHECK_OK(veda_spawn(meeting->runtime, bring_gift, meeting));
    while (veda_event_wait_for(&meeting->event, ns) == VEDA_E_BUSY) {
        ns = ns * 3 % 40000 + 1;
        ++meeting->vain;
    }
    CHECK_EQUAL(meeting->gift, 42);
    meeting->received = 1;
}

static void short_waits_meet_the_setter(void) {
    veda_runtime_t* runtime = make_runtime(2);
    int round;
    int vain = 0;
    for (round = 0; round < 2000 || vain == 0; ++round) {
        struct meeting meeting;
        memset(&meeting, 0, sizeof meeting);
        meeting.runtime = runtime;
        if (round % 2)
            CHECK_OK(veda_run(runtime, wait_briefly, &meeting));
        else
            wait_briefly(&meeting, NULL);
        CHECK_EQUAL(meeting.received, 1);
        CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX)); /* the setter has let go of the event */
        vain += meeting.vain;
    }
    end_runtime(runtime);
}

/* An event bears one waiter, however both of them wait. */
static void wait_for_the_gift(void* ctx, veda_worker_t* worker) {
    struct meeting* meeting = (struct meeting*)ctx;
    (void)worker;
    ATOMIC_SET(meeting->blocked_until, 1);
    CHECK_OK(meeting->forever ? veda_event_wait(&meeting->event)
                              : veda_event_wait_for(&meeting->event, UINT64_MAX - 1));
    ATOMIC_SET(meeting->received, meeting->gift);
}

static void a_second_waiter_is_refused(void) {
    int round;
    for (round = 0; round < 20; ++round) {
        struct meeting meeting;
        memset(&meeting, 0, sizeof meeting);
        meeting.runtime = make_runtime(2);
        meeting.forever = round % 2;
        CHECK_OK(veda_spawn(meeting.runtime, wait_for_the_gift, &meeting));
        wait_for_flag(&meeting.blocked_until);
        /* It is about to wait; until it does, a look takes nobody's place. */
        while (veda_event_wait_for(&meeting.event, 0) != VEDA_E_STATE) sched_yield();
        CHECK_SAYS("veda_event_wait_for: somebody waits");
        CHECK_STATUS(veda_event_wait(&meeting.event), VEDA_E_STATE);
        CHECK_SAYS("veda_event_wait: somebody waits");
        CHECK_EQUAL(ATOMIC_GET(meeting.received), 0);
        bring_gift(&meeting, NULL);
        CHECK_OK(veda_runtime_drain(meeting.runtime, UINT64_MAX));
        CHECK_EQUAL(ATOMIC_GET(meeting.received), 42);
        end_runtime(meeting.runtime);
    }
}

static void release_blocked(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_SET(((struct meeting*)ctx)->blocked_until, 1);
}

static void block_until_released(void* ctx, veda_worker_t* worker) {
    struct meeting* meeting = (struct meeting*)ctx;
    CHECK_OK(veda_spawn(meeting->runtime, release_blocked, meeting));
    veda_blocking_begin();
    veda_blocking_begin(); /* it nests */
    wait_for_flag(&meeting->blocked_until);
    veda_blocking_end();
    veda_blocking_end();
    CHECK(veda_worker_current() == worker);
    meeting->received = 1;
}

/* guarantee: progress-3 */
static void blocking_lends_the_place(void) {
    int c;
    veda_blocking_begin(); /* outside they do nothing */
    veda_blocking_end();
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        int round;
        for (round = 0; round < 50; ++round) {
            struct meeting meeting;
            memset(&meeting, 0, sizeof meeting);
            meeting.runtime = runtime;
            CHECK_OK(veda_spawn(runtime, block_until_released, &meeting));
            CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
            CHECK_EQUAL(meeting.received, 1);
        }
        end_runtime(runtime);
    }
}

int main(void) {
    check_start_watchdog(240);
    RUN_CASE(spawned_tasks_run);
    RUN_CASE(destroy_waits_for_detached_tasks);
    RUN_CASE(own_jobs);
    RUN_CASE(unhandled_errors_reach_the_hook);
    RUN_CASE(unhandled_errors_without_a_hook);
    RUN_CASE(broadcast_runs_once_on_each_worker);
    RUN_CASE(yield_runs_one_task);
    RUN_CASE(yield_runs_a_broadcast);
    RUN_CASE(a_worker_knows_its_queue);
    RUN_CASE(events_outside);
    RUN_CASE(short_waits_meet_the_setter);
    RUN_CASE(a_second_waiter_is_refused);
    if (veda_has_feature("spare-workers")) {
        RUN_CASE(waiting_for_an_event_lends_the_place);
        RUN_CASE(waits_end_in_time);
        RUN_CASE(blocking_lends_the_place);
    }
    return 0;
}
