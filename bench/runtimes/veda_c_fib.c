/* veda_c_fib.c: fib as a C program writes it, with a job on its own stack and the exported
 * functions alone: nothing of the inline tier. Compiled as C, so that nothing of C++ can help. */
#include "veda_c_fib.h"

#include <stdlib.h>

struct half {
    veda_job_t job;
    uint64_t result;
    uint32_t n;
};

static void run_half(veda_job_t* job, veda_worker_t* worker) {
    struct half* half = (struct half*)job;
    half->result = bench_c_fib(worker, half->n);
}

uint64_t bench_c_fib(veda_worker_t* worker, uint32_t n) {
    if (n < 2) return n;
    struct half other;
    other.job.run = run_half;
    other.n = n - 2;
    if (veda_fork(worker, &other.job) != VEDA_OK) abort();
    uint64_t own = bench_c_fib(worker, n - 1);
    switch (veda_join(worker, &other.job)) {
        case VEDA_JOIN_TAKE:
            return own + bench_c_fib(worker, n - 2);
        case VEDA_JOIN_DONE:
            return own + other.result;
        default:
            abort();
    }
}
