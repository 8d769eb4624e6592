// The pool as a whole: the sources of pool/ and fork/ run under the checker.
#include "model/suites/pool_support.hpp"

namespace {

using namespace veda::model;
using namespace veda;

SCENARIO(pool, start_and_stop, .preemptions = 2, .stale_reads = 1) {
    auto pool = start_runtime(1);
    pool.reset();
}

SCENARIO(pool, detached_from_outside, .preemptions = 2, .stale_reads = 1) {
    auto pool = start_runtime(1);
    auto* job = new test_job;
    pool->inject_detached(job);
    drain_and_stop(pool);
    job->expect_ran();
}

}  // namespace
