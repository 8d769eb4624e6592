// pool_support.hpp: a small runtime for scenarios: the registry and the workers as they are, no
// spinning.
#pragma once

#include <memory>

#include "fork/join.hpp"
#include "fork/scopes.hpp"
#include "fork/spawn.hpp"
#include "model/suites/scenario.hpp"
#include "pool/enter.hpp"
#include "pool/registry.hpp"

namespace veda::model {

// most_workers: of a runtime that may get more places than it begins with.
inline std::unique_ptr<rt::registry> start_runtime(std::uint32_t workers, std::uint32_t spares = 0,
                                                   std::uint32_t most_workers = 0) {
    rt::settings how;
    how.worker_count = workers;
    how.spare_workers = spares;
    how.most_workers = most_workers;
    how.name_prefix = "m";
    rt::registry* made = nullptr;
    check(rt::registry::create(how, &made) == VEDA_OK, "the runtime does not start");
    return std::unique_ptr<rt::registry>(made);
}

// A job with something to hand over each way. Counts how often it ran.
struct test_job : veda_job_t {
    cell<int> input, runs;
    void (*then)(test_job&) = nullptr;
    void* context = nullptr;

    explicit test_job(int value = 7) : veda_job_t{}, input(value), runs(0) {
        run = [](veda_job_t* job, veda_worker_t*) { static_cast<test_job*>(job)->run_here(); };
    }
    void run_here() {
        check(input.get() == 7, "what was handed over is not there");
        runs.set(runs.get() + 1);
        if (then) then(*this);
    }
    void expect_ran() const { check(runs.get() == 1, "a job ran not exactly once"); }
};

// With what it does, and what that needs.
inline test_job* job_of(auto& context, void (*then)(test_job&)) {
    auto* job = new test_job;
    job->context = &context;
    job->then = then;
    return job;
}

// Counts the bodies that are in the user's code at the same time.
class bodies {
  public:
    // slow: another thread may run in the middle without a preemption.
    explicit bodies(int most, bool slow = true) : most_(most), slow_(slow) {}
    void begin() { check(now_.fetch_add(1, order::relaxed) < most_, "more bodies than places"); }
    void end() { now_.fetch_sub(1, order::relaxed); }
    void run() {
        begin();
        if (slow_) yield();
        end();
    }

  private:
    const int most_;
    const bool slow_;
    atomic<int> now_{0};
};

// The drain alone must show what the jobs have written; the end of the runtime would, too.
inline void drain_and_stop(std::unique_ptr<rt::registry>& pool,
                           std::initializer_list<test_job*> all = {}) {
    check(pool->drain(UINT64_MAX), "drain gave up");
    for (test_job* job : all) job->expect_ran();
    pool.reset();
}

}  // namespace veda::model
