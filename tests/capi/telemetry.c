/* telemetry: counters are found by name, and they count what they say. */
#include "check.h"

#define NAME_OF(name, help) #name,
static const char* const known_names[] = {VEDA_COUNTER_TABLE(NAME_OF)};
enum { known_count = sizeof known_names / sizeof *known_names };

static void names_are_unique_and_explained(void) {
    const uint32_t count = veda_counter_count();
    uint32_t i;
    uint32_t j;
    CHECK(count >= known_count);
    for (i = 0; i < count; ++i) {
        const char* name = veda_counter_name(i);
        const char* help = veda_counter_help(i);
        uint32_t id = UINT32_MAX;
        CHECK(name != NULL && name[0] != '\0');
        CHECK(help != NULL && help[0] != '\0');
        CHECK_OK(veda_counter_find(name, &id));
        CHECK_EQUAL(id, i);
        for (j = 0; j < i; ++j) CHECK(strcmp(name, veda_counter_name(j)) != 0);
    }
    CHECK(veda_counter_name(count) == NULL);
    CHECK(veda_counter_help(count) == NULL);
    CHECK(veda_counter_name(UINT32_MAX) == NULL);
    CHECK(veda_counter_help(UINT32_MAX) == NULL);
}

static void every_documented_counter_exists(void) {
    veda_runtime_t* runtime = make_runtime(2);
    int i;
    for (i = 0; i < known_count; ++i) {
        uint32_t id = UINT32_MAX;
        uint64_t value = UINT64_MAX;
        CHECK_OK(veda_counter_find(known_names[i], &id));
        CHECK_OK(veda_counter_read(runtime, id, &value));
        CHECK(value != UINT64_MAX);
    }
    end_runtime(runtime);
}

static void unknown_names_are_refused(void) {
    static const char* const names[] = {"", "Executed", "executed ", "exec", "no_such_counter"};
    size_t i;
    for (i = 0; i < sizeof names / sizeof *names; ++i) {
        uint32_t id = 4711;
        CHECK_STATUS(veda_counter_find(names[i], &id), VEDA_E_NAME);
        CHECK_SAYS("name");
        CHECK_EQUAL(id, 4711);
    }
}

static void unknown_ids_are_refused(void) {
    veda_runtime_t* runtime = make_runtime(1);
    uint64_t value = 4711;
    CHECK_STATUS(veda_counter_read(runtime, veda_counter_count(), &value), VEDA_E_RANGE);
    CHECK_SAYS("id");
    CHECK_STATUS(veda_counter_read(runtime, UINT32_MAX, &value), VEDA_E_RANGE);
    CHECK_EQUAL(value, 4711);
    end_runtime(runtime);
}

static void tick(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_ADD(*(int*)ctx, 1);
}

struct burst {
    veda_runtime_t* runtime;
    int ran;
};

static void spawn_inside(void* ctx, veda_worker_t* worker) {
    struct burst* burst = (struct burst*)ctx;
    int i;
    (void)worker;
    for (i = 0; i < 100; ++i) CHECK_OK(veda_spawn(burst->runtime, tick, &burst->ran));
}

static void counters_count(void) {
    static const uint32_t counts[] = {1, 2, 8};
    size_t c;
    for (c = 0; c < 3; ++c) {
        struct burst burst;
        uint64_t executed;
        uint64_t injected;
        uint64_t spawned;
        int i;
        burst.runtime = make_runtime(counts[c]);
        burst.ran = 0;
        CHECK(read_counter(burst.runtime, "threads_started") >= counts[c]);
        executed = read_counter(burst.runtime, "executed");
        injected = read_counter(burst.runtime, "injected");
        spawned = read_counter(burst.runtime, "spawned");
        for (i = 0; i < 500; ++i) CHECK_OK(veda_spawn(burst.runtime, tick, &burst.ran));
        CHECK_OK(veda_runtime_drain(burst.runtime, UINT64_MAX));
        CHECK_EQUAL(ATOMIC_GET(burst.ran), 500);
        CHECK_EQUAL(read_counter(burst.runtime, "executed") - executed, 500);
        CHECK_EQUAL(read_counter(burst.runtime, "injected") - injected, 500);
        CHECK_EQUAL(read_counter(burst.runtime, "spawned") - spawned, 0);
        CHECK_OK(veda_spawn(burst.runtime, spawn_inside, &burst));
        CHECK_OK(veda_runtime_drain(burst.runtime, UINT64_MAX));
        CHECK_EQUAL(ATOMIC_GET(burst.ran), 600);
        CHECK_EQUAL(read_counter(burst.runtime, "executed") - executed, 601);
        CHECK_EQUAL(read_counter(burst.runtime, "spawned") - spawned, 100);
        end_runtime(burst.runtime);
    }
}

/* Nobody else's work is counted. */
static void counters_belong_to_one_runtime(void) {
    struct burst burst;
    veda_runtime_t* quiet = make_runtime(2);
    const uint64_t before = read_counter(quiet, "executed");
    burst.runtime = make_runtime(2);
    burst.ran = 0;
    CHECK_OK(veda_spawn(burst.runtime, spawn_inside, &burst));
    CHECK_OK(veda_runtime_drain(burst.runtime, UINT64_MAX));
    CHECK_EQUAL(read_counter(quiet, "executed"), before);
    end_runtime(burst.runtime);
    end_runtime(quiet);
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Waits until the counter has grown by 50 ms; false if that does not happen in ten seconds. */
static int grows(veda_runtime_t* runtime, const char* name) {
    const uint64_t before = read_counter(runtime, name);
    const uint64_t start = now_ns();
    while (now_ns() - start < UINT64_C(10000000000)) {
        if (read_counter(runtime, name) - before >= 50000000) return 1;
        sched_yield();
    }
    return 0;
}

static void hold_worker(void* ctx, veda_worker_t* worker) {
    (void)worker;
    wait_for_flag((const int*)ctx);
}

/* Also while one task runs and one sleep lasts. */
static void times_grow_while_they_pass(void) {
    veda_runtime_t* runtime = make_runtime(2);
    const uint64_t start = now_ns();
    int release = 0;
    CHECK(grows(runtime, "idle_ns"));
    CHECK_OK(veda_spawn(runtime, hold_worker, &release));
    CHECK(grows(runtime, "busy_ns"));
    CHECK(grows(runtime, "idle_ns")); /* the other worker's */
    ATOMIC_SET(release, 1);
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    {
        const uint64_t busy = read_counter(runtime, "busy_ns");
        const uint64_t idle = read_counter(runtime, "idle_ns");
        CHECK(busy >= 50000000 && idle >= 100000000);
        CHECK(busy + idle <= 2 * (now_ns() - start) + 20000000); /* no moment counts twice */
    }
    end_runtime(runtime);
}

int main(void) {
    check_start_watchdog(120);
    RUN_CASE(names_are_unique_and_explained);
    RUN_CASE(every_documented_counter_exists);
    RUN_CASE(unknown_names_are_refused);
    RUN_CASE(unknown_ids_are_refused);
    RUN_CASE(counters_count);
    RUN_CASE(counters_belong_to_one_runtime);
    RUN_CASE(times_grow_while_they_pass);
    return 0;
}
