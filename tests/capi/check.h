/* check.h: the few lines of test harness that the programs in this folder share.
 *
 * Every program is C that also compiles as C++, has its own main, and runs in its own process. A
 * failed check prints what it saw and ends the process at once, without destructors, because worker
 * threads are still running. A case that checked nothing fails: an empty body proves nothing. A
 * watchdog turns a hang into a message. */
#ifndef VEDA_TESTS_CHECK_H
#define VEDA_TESTS_CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* alarm, thread names; strict C11 hides them */
#endif

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <veda/veda.h>

/* C and C++ have no atomics in common but these. */
#define ATOMIC_GET(object) __atomic_load_n(&(object), __ATOMIC_ACQUIRE)
#define ATOMIC_SET(object, value) __atomic_store_n(&(object), (value), __ATOMIC_RELEASE)
#define ATOMIC_ADD(object, value) __atomic_fetch_add(&(object), (value), __ATOMIC_ACQ_REL)

/* What veda_reduce asks of the place for its result. */
#define ALIGNED_16 __attribute__((aligned(16)))

static unsigned long check_count; /* checks that held, from any thread */
static const char* check_case_name = "start";

static inline void check_failed(const char* file, int line, const char* text) {
    fprintf(stderr, "%s:%d: in case \"%s\": failed: %s\n", file, line, check_case_name, text);
    fprintf(stderr, "    veda_last_error: \"%s\"\n", veda_last_error());
    fflush(NULL);
    _Exit(1);
}

#define CHECK(condition)                                                \
    do {                                                                \
        if (!(condition)) check_failed(__FILE__, __LINE__, #condition); \
        __atomic_fetch_add(&check_count, 1, __ATOMIC_RELAXED);          \
    } while (0)

static inline void check_equal_at(const char* file, int line, const char* text, uint64_t seen,
                                  uint64_t wanted) {
    if (seen != wanted) {
        fprintf(stderr, "    seen %" PRIu64 ", wanted %" PRIu64 "\n", seen, wanted);
        check_failed(file, line, text);
    }
    __atomic_fetch_add(&check_count, 1, __ATOMIC_RELAXED);
}

#define CHECK_EQUAL(seen, wanted) \
    check_equal_at(__FILE__, __LINE__, #seen " == " #wanted, (uint64_t)(seen), (uint64_t)(wanted))

static inline void check_status_at(const char* file, int line, const char* text, veda_status seen,
                                   veda_status wanted) {
    if (seen != wanted) {
        fprintf(stderr, "    seen %s, wanted %s\n", veda_status_name(seen),
                veda_status_name(wanted));
        check_failed(file, line, text);
    }
    __atomic_fetch_add(&check_count, 1, __ATOMIC_RELAXED);
}

#define CHECK_STATUS(call, wanted) check_status_at(__FILE__, __LINE__, #call, (call), (wanted))
#define CHECK_OK(call) CHECK_STATUS(call, VEDA_OK)

/* The sentence of the error that has just happened must contain text. */
static inline void check_says_at(const char* file, int line, const char* text) {
    if (strstr(veda_last_error(), text) == NULL) {
        fprintf(stderr, "    the error sentence does not say \"%s\"\n", text);
        check_failed(file, line, "veda_last_error() names what was wrong");
    }
    __atomic_fetch_add(&check_count, 1, __ATOMIC_RELAXED);
}

#define CHECK_SAYS(text) check_says_at(__FILE__, __LINE__, text)

static void check_watchdog(int signal_number) {
    static const char head[] = "watchdog: no end in sight in case \"";
    ssize_t ignored = write(2, head, sizeof head - 1);
    ignored += write(2, check_case_name, strlen(check_case_name));
    ignored += write(2, "\"\n", 2);
    (void)ignored;
    (void)signal_number;
    abort();
}

static inline void check_start_watchdog(unsigned seconds) {
    signal(SIGALRM, check_watchdog);
    alarm(seconds);
}

static inline void check_run_case(const char* name, void (*body)(void)) {
    const unsigned long before = __atomic_load_n(&check_count, __ATOMIC_RELAXED);
    check_case_name = name;
    body();
    const unsigned long checks = __atomic_load_n(&check_count, __ATOMIC_RELAXED) - before;
    if (checks == 0) check_failed(__FILE__, __LINE__, "the case checks something");
    printf("%-44s %lu checks\n", name, checks);
    fflush(stdout);
}

#define RUN_CASE(body) check_run_case(#body, body)

/* Helpers for what nearly every case needs. */

static inline veda_runtime_t* make_runtime(uint32_t workers) {
    veda_runtime_config_t config;
    veda_runtime_t* runtime = NULL;
    uint32_t count = 0;
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = workers;
    CHECK_OK(veda_runtime_create(&config, &runtime));
    CHECK(runtime != NULL);
    CHECK_OK(veda_runtime_worker_count(runtime, &count));
    CHECK_EQUAL(count, workers);
    return runtime;
}

static inline uint64_t read_counter(veda_runtime_t* runtime, const char* name) {
    uint32_t id = 0;
    uint64_t value = 0;
    CHECK_OK(veda_counter_find(name, &id));
    CHECK_OK(veda_counter_read(runtime, id, &value));
    return value;
}

/* Nothing that was handed over is lost, and no wake-up was. From outside the runtime. */
static inline void check_ledger(veda_runtime_t* runtime) {
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_EQUAL(read_counter(runtime, "completed") + read_counter(runtime, "failed") +
                    read_counter(runtime, "cancelled"),
                read_counter(runtime, "submitted"));
    CHECK_EQUAL(read_counter(runtime, "late_wakes"), 0);
}

static inline void end_runtime(veda_runtime_t* runtime) {
    check_ledger(runtime);
    CHECK_OK(veda_runtime_destroy(runtime));
}

/* Waits for a flag that another thread sets. The thread gives its processor away meanwhile; the
 * watchdog bounds the wait. */
static inline void wait_for_flag(const int* flag) {
    while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE)) sched_yield();
}

#endif
