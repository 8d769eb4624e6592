/* cancel: a thread of the program is cancelled, with deferred cancellation, while it is in a call of the
 * library. The call is complete: no wait, no file and no message of the library is a cancellation point.
 * The request stays pending, and acts at the thread's next cancellation point of its own.
 *
 * Most cases let the request come before the call, because then it acts at the first cancellation point
 * that there is, however short the call. */
#include "process.h"

enum { pause_us = 2000 };

static int tasks_begun, tasks_ended;
static int calls_complete;

static void take_a_while(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    ATOMIC_ADD(tasks_begun, 1);
    usleep(pause_us); /* on a thread of the runtime, which cannot be cancelled */
    ATOMIC_ADD(tasks_ended, 1);
}

static void set_after_a_while(void* ctx, veda_worker_t* worker) {
    take_a_while(NULL, worker);
    CHECK_OK(veda_event_set((veda_event_t*)ctx));
}

/* For callbacks on the thread that is cancelled: no cancellation point. */
static uint64_t whole_range(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)begin;
    (void)exec;
    ATOMIC_ADD(*(int*)ctx, 1);
    return end;
}
static void call_nothing(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_ADD(*(int*)ctx, 1);
}

struct victim {
    void (*call)(veda_runtime_t* runtime);
    veda_runtime_t* runtime;
    int is_in; /* the call begins now */
};

static void* call_with_a_request_pending(void* ctx) {
    struct victim* v = (struct victim*)ctx;
    int before;
    CHECK_EQUAL(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before), 0);
    CHECK_EQUAL(pthread_cancel(pthread_self()), 0);
    CHECK_EQUAL(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before), 0);
    v->call(v->runtime);
    ATOMIC_ADD(calls_complete, 1);
    pthread_testcancel();
    return NULL;
}

static void* call_and_be_cancelled(void* ctx) {
    struct victim* v = (struct victim*)ctx;
    ATOMIC_SET(v->is_in, 1);
    v->call(v->runtime);
    ATOMIC_ADD(calls_complete, 1);
    for (;;) pthread_testcancel();
}

static void check_cancelled(pthread_t thread) {
    void* answer = NULL;
    CHECK_EQUAL(pthread_join(thread, &answer), 0);
    CHECK(answer == PTHREAD_CANCELED);
}

/* Twice: the request comes before the call, and while it is under way. */
static void cancelled_in(void (*call)(veda_runtime_t*), veda_runtime_t* (*begin)(void)) {
    struct victim victim;
    pthread_t thread;
    victim.call = call;
    victim.runtime = begin();
    CHECK_EQUAL(pthread_create(&thread, NULL, call_with_a_request_pending, &victim), 0);
    check_cancelled(thread);
    CHECK_EQUAL(calls_complete, 1);
    victim.runtime = begin();
    victim.is_in = 0;
    CHECK_EQUAL(pthread_create(&thread, NULL, call_and_be_cancelled, &victim), 0);
    wait_for_flag(&victim.is_in);
    CHECK_EQUAL(pthread_cancel(thread), 0);
    check_cancelled(thread);
    CHECK_EQUAL(calls_complete, 2);
    CHECK_EQUAL(tasks_ended, tasks_begun);
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

static veda_runtime_t* runtime_of_one(void) { return make_runtime(1); }
static veda_runtime_t* no_runtime(void) { return NULL; }
static veda_runtime_t* the_default(void) { return veda_runtime_default(); }

/* --- the calls --- */

static veda_event_t unset_event(void) {
    veda_event_t event;
    memset(&event, 0, sizeof event);
    return event;
}

static void drain_it(veda_runtime_t* runtime) {
    CHECK_OK(veda_spawn(runtime, take_a_while, NULL));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
}
static void drain_it_in_vain(veda_runtime_t* runtime) {
    veda_event_t go_on = unset_event();
    CHECK_OK(veda_spawn(runtime, set_after_a_while, &go_on));
    if (veda_runtime_drain(runtime, 1) != VEDA_OK) CHECK_SAYS("not complete");
    CHECK_OK(veda_event_wait(&go_on));
}
static void destroy_it(veda_runtime_t* runtime) {
    CHECK_OK(veda_spawn(runtime, take_a_while, NULL));
    CHECK_OK(veda_runtime_destroy(runtime));
}
static void shut_it_down(veda_runtime_t* runtime) {
    CHECK_OK(veda_spawn(runtime, take_a_while, NULL));
    CHECK_OK(veda_shutdown(UINT64_MAX));
}
static void wait_for_an_event(veda_runtime_t* runtime) {
    veda_event_t event = unset_event();
    CHECK_OK(veda_spawn(runtime, set_after_a_while, &event));
    CHECK_OK(veda_event_wait(&event));
}
static void wait_for_an_event_in_time(veda_runtime_t* runtime) {
    veda_event_t event = unset_event();
    (void)runtime;
    CHECK_STATUS(veda_event_wait_for(&event, pause_us * 1000), VEDA_E_BUSY);
}
static void wait_in_a_visit(void* ctx, veda_worker_t* worker) {
    (void)worker;
    wait_for_an_event((veda_runtime_t*)ctx);
}
static void wait_as_a_guest(veda_runtime_t* runtime) {
    CHECK_OK(veda_run(runtime, wait_in_a_visit, runtime));
}
/* The guest itself may take a task of its scope, so these are no cancellation points. */
static void wait_for_a_scope(veda_runtime_t* runtime) {
    veda_scope_t scope;
    int ran = 0, i;
    CHECK_OK(veda_scope_begin(&scope, runtime));
    for (i = 0; i < 1000; ++i) CHECK_OK(veda_scope_spawn(&scope, call_nothing, &ran));
    CHECK_OK(veda_scope_wait(&scope));
    CHECK_EQUAL(ran, 1000);
}
static void call_everybody(veda_runtime_t* runtime) {
    CHECK_OK(veda_broadcast(runtime, take_a_while, NULL));
}
static void loop(veda_runtime_t* runtime) {
    veda_for_desc_t range = range_of(1000);
    int calls = 0;
    CHECK_OK(veda_for(runtime, &range, whole_range, &calls));
    CHECK(calls > 0);
}
static void yield_outside(veda_runtime_t* runtime) {
    (void)runtime;
    CHECK_EQUAL(veda_yield(), VEDA_YIELD_IDLE);
}
/* Reads the machine's files, and says on stderr that a variable is wrong. */
static void create_and_destroy(veda_runtime_t* runtime) {
    veda_runtime_config_t config = VEDA_RUNTIME_CONFIG_INIT;
    (void)runtime;
    setenv("VEDA_SPIN_US", calls_complete ? "often" : "rarely", 1);
    setenv("VEDA_DISPLAY_ENV", "1", 1);
    setenv("VEDA_AFFINITY", "spread", 1);
    CHECK_OK(veda_runtime_create(&config, &runtime));
    CHECK_OK(veda_runtime_destroy(runtime));
}
static void start_the_default(veda_runtime_t* runtime) {
    (void)runtime;
    CHECK_OK(veda_init(NULL));
    CHECK_OK(veda_shutdown(UINT64_MAX));
}
/* Nobody hears of it but stderr. */
static void report_to_nobody(veda_runtime_t* runtime) {
    CHECK_OK(veda_report_failure(runtime, VEDA_E_FAILED, "for the test"));
    CHECK_OK(veda_runtime_destroy(runtime));
}

/* --- the cases --- */

static void in_a_drain(void) { cancelled_in(drain_it, runtime_of_one); }
static void in_a_drain_with_a_timeout(void) { cancelled_in(drain_it_in_vain, runtime_of_one); }
static void in_destroy(void) { cancelled_in(destroy_it, runtime_of_one); }
static void in_a_shutdown(void) { cancelled_in(shut_it_down, the_default); }
static void in_an_event_wait(void) { cancelled_in(wait_for_an_event, runtime_of_one); }
static void in_an_event_wait_for(void) { cancelled_in(wait_for_an_event_in_time, no_runtime); }
static void in_a_wait_inside_run(void) { cancelled_in(wait_as_a_guest, runtime_of_one); }
static void in_a_scope_wait(void) { cancelled_in(wait_for_a_scope, runtime_of_one); }
static void in_a_broadcast(void) { cancelled_in(call_everybody, runtime_of_one); }
static void in_a_loop(void) { cancelled_in(loop, runtime_of_one); }
static void in_a_yield(void) { cancelled_in(yield_outside, no_runtime); }
static void in_create(void) { cancelled_in(create_and_destroy, no_runtime); }
static void in_init(void) { cancelled_in(start_the_default, no_runtime); }
static void in_a_message(void) { cancelled_in(report_to_nobody, runtime_of_one); }

static const struct process_case cases[] = {
    CASE(in_a_drain),           CASE(in_a_drain_with_a_timeout),
    CASE(in_destroy),           CASE(in_a_shutdown),
    CASE(in_an_event_wait),     CASE(in_an_event_wait_for),
    CASE(in_a_wait_inside_run), CASE(in_a_scope_wait),
    CASE(in_a_broadcast),       CASE(in_a_loop),
    CASE(in_a_yield),           CASE(in_create),
    CASE(in_init),              CASE(in_a_message),
};

PROCESS_MAIN(cases, 120)
