// The end of a runtime against whoever still touches it: a thread from outside whose task has run already, or
// whose event was seen already, is still about to wake somebody. Memory of the runtime must last until it has
// done so.
#include "fork/event.hpp"
#include "fork/scopes.hpp"
#include "model/suites/pool_support.hpp"

namespace {

using namespace veda::model;
using veda::rt::registry;
using veda::rt::scope;

// Says that it has run, to a thread that looks at nothing else.
test_job* job_that_tells(atomic<int>& told) {
    auto* job = new test_job;
    job->context = &told;
    job->then = [](test_job& j) {
        static_cast<atomic<int>*>(j.context)->fetch_add(1, order::release);
    };
    return job;
}

void wait_until(const atomic<int>& word, int value) {
    while (word.load(order::acquire) != value) yield();
}

// A thread from outside spawns into an open scope. The opener knows that the tasks have run, so that the
// spawn has happened, waits for the scope, and ends the runtime.
void spawn_against_the_end(std::size_t count) {
    auto pool = start_runtime(2);
    auto* memory = new veda_scope_t{};
    auto& s = *reinterpret_cast<scope*>(memory);
    check(begin_scope(s, *pool) == VEDA_OK, "no scope");
    auto& ran = *new atomic<int>(0);
    auto* jobs = new test_job[2];
    for (std::size_t i = 0; i < count; ++i) {
        jobs[i].context = &ran;
        jobs[i].then = [](test_job& j) {
            static_cast<atomic<int>*>(j.context)->fetch_add(1, order::release);
        };
    }
    thread outside([=, &s] {
        if (count == 1) return veda::rt::spawn_in(s, jobs);
        veda::rt::spawn_in(s, jobs, count, sizeof *jobs);
    });
    wait_until(ran, static_cast<int>(count));
    check(end_scope(s) == VEDA_OK, "the scope failed");
    drain_and_stop(pool);
    outside.join();
    for (std::size_t i = 0; i < count; ++i) jobs[i].expect_ran();
}
// guarantee: shutdown-11 at lifetime.spawn_of_one lifetime.spawn_of_several lifetime.event_in_start_hook
SCENARIO(lifetime, spawn_of_one, .preemptions = 1, .stale_reads = 0, .max_executions = 15000,
         .spins = 2) {
    spawn_against_the_end(1);
}
SCENARIO(lifetime, spawn_of_several, .preemptions = 1, .stale_reads = 0, .max_executions = 15000,
         .spins = 2) {
    spawn_against_the_end(2);
}

// A detached task is submitted by a thread that is not counted as a caller of the C interface.
SCENARIO(lifetime, detached_task, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto& ran = *new atomic<int>(0);
    test_job* job = job_that_tells(ran);
    thread outside([&pool, job] { pool->inject_detached(job); });
    wait_until(ran, 1);
    drain_and_stop(pool, {job});
    outside.join();
}

// A worker waits for an event before it is a worker that anybody counts: in its start hook. It is woken
// by the end of the runtime, sees the event, and ends, while the setter has still to wake it.
SCENARIO(lifetime, event_in_start_hook, .preemptions = 2, .stale_reads = 0, .spins = 2) {
    auto* event = new veda_event_t{};
    veda::rt::settings how;
    how.worker_count = 1;
    how.spare_workers = 1;
    how.name_prefix = "m";
    how.hook_ctx = event;
    how.on_worker_start = [](void* ctx, std::uint32_t slot) {
        if (slot == 0) veda::rt::wait_for_event(*static_cast<veda_event_t*>(ctx));
    };
    registry* made = nullptr;
    thread setter([=] { veda::rt::set_event(*event); });
    check(registry::create(how, &made) == VEDA_OK, "the runtime does not start");
    std::unique_ptr<registry> pool(made);
    drain_and_stop(pool);
    setter.join();
}

}  // namespace
