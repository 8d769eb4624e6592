/* cycles: runtimes come and go, and nothing of them stays: no thread, no descriptor, no memory. */
#include "process.h"

static void one_cycle(unsigned long round) {
    veda_runtime_t* runtime = make_runtime(1 + (uint32_t)(round % 3));
    veda_scope_t scope;
    int calls = 0;
    check_works(runtime);
    CHECK_OK(veda_scope_begin(&scope, runtime));
    CHECK_OK(veda_scope_spawn(&scope, count_call, &calls));
    CHECK_OK(veda_scope_wait(&scope));
    CHECK_OK(veda_spawn(runtime, count_call, &calls));
    end_runtime(runtime);
    CHECK_EQUAL(calls, 2);
}

static void* cycles_on_a_thread(void* ctx) {
    one_cycle(*(unsigned long*)ctx);
    return NULL;
}

/* Every tenth cycle on a thread of its own, which ends after it. */
static void cycle_through(unsigned long rounds) {
    unsigned long round;
    for (round = 0; round < rounds; ++round) {
        pthread_t thread;
        if (round % 10) {
            one_cycle(round);
            continue;
        }
        CHECK_EQUAL(pthread_create(&thread, NULL, cycles_on_a_thread, &round), 0);
        CHECK_EQUAL(pthread_join(thread, NULL), 0);
    }
    wait_for_threads_to_go();
}

/* guarantee: shutdown-8 */
static void leave_nothing_behind(void) {
    int descriptors;
    long maps, resident;
    cycle_through(amount(400, 1000)); /* more than the addresses that are kept out of use */
    descriptors = count_descriptors();
    maps = count_maps();
    resident = resident_kib();
    cycle_through(amount(1600, 10000));
    printf("descriptors %d -> %d, maps %ld -> %ld, resident %ld -> %ld KiB\n", descriptors,
           count_descriptors(), maps, count_maps(), resident, resident_kib());
    CHECK(count_threads() <= fewest_threads());
    CHECK_EQUAL(count_descriptors(), descriptors);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(count_maps() <= maps + 16);
    CHECK(resident_kib() <= resident + 4096);
#endif
}

/* guarantee: shutdown-8 */
static void of_the_default_runtime(void) {
    unsigned long round, rounds = amount(1000, 10000);
    int descriptors = count_descriptors();
    for (round = 0; round < rounds; ++round) {
        check_works(veda_runtime_default());
        CHECK_OK(veda_shutdown(UINT64_MAX));
    }
    wait_for_threads_to_go();
    CHECK_EQUAL(count_descriptors(), descriptors);
}

static const struct process_case cases[] = {
    CASE(leave_nothing_behind),
    CASE(of_the_default_runtime),
};

PROCESS_MAIN(cases, 240)
