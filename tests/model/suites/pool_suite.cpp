// The pool as a whole: the sources of pool/ and fork/ run under the checker. A scenario's own
// thread is a thread from outside; time-outs never happen, so whatever only a time-out would save
// is a failure.
#include "fork/broadcast.hpp"
#include "fork/event.hpp"
#include "model/suites/pool_support.hpp"

namespace {

using namespace veda::model;
using veda::rt::entered;
using veda::rt::registry;
using veda::rt::scope;
using veda::rt::worker;

// -- start, submit, stop --------------------------------------------------------------------------

SCENARIO(pool, start_and_stop, .preemptions = 3, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    pool.reset();
}

SCENARIO(pool, two_workers_stop, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(2);
    pool.reset();
}

// A job that only a sleeping worker can run: every lost wake-up is a deadlock.
SCENARIO(pool, detached_from_outside, .preemptions = 2, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto* job = new test_job;
    pool->inject_detached(job);
    drain_and_stop(pool, {job});
}

SCENARIO(pool, two_submitters, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto *first = new test_job, *second = new test_job;
    thread other([&] { pool->inject_detached(second); });
    pool->inject_detached(first);
    other.join();
    drain_and_stop(pool, {first, second});
}

// The submitter waits for its job alone, not for the drain.
SCENARIO(pool, submitter_waits, .preemptions = 2, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    veda_event_t done{};
    auto* job = new test_job;
    job->context = &done;
    job->then = [](test_job& j) { veda::rt::set_event(*static_cast<veda_event_t*>(j.context)); };
    pool->inject_detached(job);
    veda::rt::wait_for_event(done);
    job->expect_ran();
    drain_and_stop(pool);
}

SCENARIO(pool, two_workers_two_jobs, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(2);
    auto *first = new test_job, *second = new test_job;
    pool->inject_detached(first);
    pool->inject_detached(second);
    drain_and_stop(pool, {first, second});
}

// Two jobs, each of which waits for the other, and holds its place meanwhile, like a lock.
std::pair<test_job*, test_job*> two_that_meet() {
    struct pair {
        atomic<int> here{0};
        veda_event_t both{};
    };
    auto* p = new pair;
    const auto meet = [](test_job& j) {
        auto* p = static_cast<pair*>(j.context);
        if (p->here.fetch_add(1, order::acq_rel) == 1) veda::rt::set_event(p->both);
        while (!veda::rt::event_is_set(p->both)) yield();
    };
    auto *first = new test_job, *second = new test_job;
    for (test_job* j : {first, second}) {
        j->then = meet;
        j->context = p;
    }
    return {first, second};
}

// Both workers must come. The last searcher that found work looks whether more is in sight.
SCENARIO(pool, both_workers_must_come, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(2);
    const auto [first, second] = two_that_meet();
    pool->inject_detached(first);
    pool->inject_detached(second);
    drain_and_stop(pool, {first, second});
}

// -- places come and go ---------------------------------------------------------------------------

// A guest holds the only place and waits, like for a lock, for a task that is published while another place
// is added. Who publishes finds no free place, or whoever adds one finds the task.
SCENARIO(pool, places_are_added, .preemptions = 0, .stale_reads = 3, .spins = 2) {
    auto pool = start_runtime(2);
    pool->set_places(1);
    auto* done = new veda_event_t{};
    auto* job = new test_job;
    job->context = done;
    job->then = [](test_job& j) { veda::rt::set_event(*static_cast<veda_event_t*>(j.context)); };
    thread publisher([&] { pool->inject_detached(job); });
    {
        entered in(*pool);
        while (pool->people.load().active > 1) yield();  // until both workers sleep
        pool->set_places(2);
        while (!veda::rt::event_is_set(*done)) yield();
    }
    publisher.join();
    drain_and_stop(pool, {job});
}

// A place is taken away while two workers are active: one of them gives way, and what there is to do is done
// by the other one.
SCENARIO(pool, places_are_taken, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(2);
    auto *first = new test_job, *second = new test_job, *third = new test_job;
    pool->inject_detached(first);
    pool->inject_detached(second);
    pool->set_places(1);
    pool->inject_detached(third);
    drain_and_stop(pool, {first, second, third});
}

// The thread for a place is started when the place is first wanted.
SCENARIO(pool, places_need_threads, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(1, 0, 2);
    const auto [first, second] = two_that_meet();
    pool->inject_detached(first);
    pool->inject_detached(second);
    pool->set_places(2);
    drain_and_stop(pool, {first, second});
}

// -- guests ---------------------------------------------------------------------------------------

SCENARIO(pool, guest_forks, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(2);
    auto* job = new test_job;
    {
        entered in(*pool);
        worker& self = *in.get();
        veda_job_t** slot = veda::rt::fork(self, job);
        if (veda::rt::join(self, job, slot) == VEDA_JOIN_TAKE) job->run_here();
        job->expect_ran();
        delete job;  // the frame is left
    }
    drain_and_stop(pool);
}

// What a guest leaves behind goes to whoever is there.
SCENARIO(pool, guest_leaves_a_task, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto* job = new test_job;
    {
        entered in(*pool);
        veda::rt::spawn_detached(*pool, job);
    }
    drain_and_stop(pool, {job});
}

SCENARIO(pool, guests_share_a_slot, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    const auto visit = [&](veda_job_t* job) {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        veda::rt::spawn_detached(*pool, job);
    };
    auto *first = new test_job, *second = new test_job;
    thread other([&] { visit(first); });
    visit(second);
    other.join();
    drain_and_stop(pool, {first, second});
}

// A drain that ends while a guest leaves, and the runtime is gone.
SCENARIO(pool, guest_against_drain, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto& inside = *new atomic<int>(0);
    thread guest([&] {
        entered in(*pool);
        inside.store(1, order::release);
    });
    while (inside.load(order::acquire) == 0) yield();
    drain_and_stop(pool);
    guest.join();
}

// -- deeper, by dice ----

void fork_and_join(registry& pool) {
    entered in(pool);
    worker& self = *in.get();
    auto *older = new test_job, *younger = new test_job;
    veda_job_t** first = veda::rt::fork(self, older);
    veda_job_t** second = veda::rt::fork(self, younger);
    if (veda::rt::join(self, younger, second) == VEDA_JOIN_TAKE) younger->run_here();
    younger->expect_ran();
    delete younger;
    if (veda::rt::join(self, older, first) == VEDA_JOIN_TAKE) older->run_here();
    older->expect_ran();
    delete older;
}
SCENARIO(pool, two_guests_fork, .how = search::pct, .max_executions = 3000, .spins = 2) {
    auto pool = start_runtime(2, 1);
    thread other([&] { fork_and_join(*pool); });
    fork_and_join(*pool);
    other.join();
    drain_and_stop(pool);
}
SCENARIO(pool, two_guests_fork_randomly, .how = search::random, .max_executions = 3000,
         .spins = 2) {
    auto pool = start_runtime(2, 1);
    thread other([&] { fork_and_join(*pool); });
    fork_and_join(*pool);
    other.join();
    drain_and_stop(pool);
}

// -- scopes ---------------------------------------------------------------------------------------

void scope_of(std::uint32_t workers, int tasks) {
    auto pool = start_runtime(workers);
    auto* jobs = new test_job[2];
    auto* memory = new veda_scope_t{};
    auto& s = *reinterpret_cast<scope*>(memory);
    check(begin_scope(s, *pool) == VEDA_OK, "no scope");
    for (int i = 0; i < tasks; ++i) veda::rt::spawn_in(s, &jobs[i]);
    check(end_scope(s) == VEDA_OK, "the scope failed");
    for (int i = 0; i < tasks; ++i) jobs[i].expect_ran();
    delete[] jobs;
    delete memory;
    drain_and_stop(pool);
}
SCENARIO(pool, scope_of_two, .preemptions = 1, .stale_reads = 1, .spins = 2) { scope_of(2, 2); }
SCENARIO(pool, scope_of_one, .preemptions = 1, .stale_reads = 1, .spins = 2) { scope_of(2, 1); }

// A task fails: the scope's end tells it, with the message.
SCENARIO(pool, scope_fails, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(2);
    auto* memory = new veda_scope_t{};
    auto& s = *reinterpret_cast<scope*>(memory);
    check(begin_scope(s, *pool) == VEDA_OK, "no scope");
    auto* jobs = new test_job[2];
    for (int i = 0; i < 2; ++i) {
        jobs[i].context = &s;
        jobs[i].then = [](test_job& j) {
            veda::rt::fail_scope(*static_cast<scope*>(j.context), VEDA_E_CANCELLED, nullptr);
        };
        veda::rt::spawn_in(s, &jobs[i]);
    }
    check(end_scope(s) == VEDA_E_CANCELLED, "the failure is lost");
    drain_and_stop(pool);
}

// -- waiting lends the place ----------------------------------------------------------------------

// One place: a task waits for an event that only the task behind it sets. A spare takes the place.
SCENARIO(pool, waiting_task_lends_its_place, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(1, 1);
    auto* event = new veda_event_t{};
    auto *waits = new test_job, *sets = new test_job;
    waits->context = sets->context = event;
    waits->then = [](test_job& j) {
        veda::rt::wait_for_event(*static_cast<veda_event_t*>(j.context));
    };
    sets->then = [](test_job& j) { veda::rt::set_event(*static_cast<veda_event_t*>(j.context)); };
    pool->inject_detached(waits);
    pool->inject_detached(sets);
    drain_and_stop(pool, {waits, sets});
}

// The same with a thread outside that sets.
SCENARIO(pool, event_from_outside, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto* event = new veda_event_t{};
    auto* job = new test_job;
    job->context = event;
    job->then = [](test_job& j) {
        veda::rt::wait_for_event(*static_cast<veda_event_t*>(j.context));
        delete static_cast<veda_event_t*>(j.context);  // the waiter's own, gone after the wait
    };
    pool->inject_detached(job);
    veda::rt::set_event(*event);
    drain_and_stop(pool, {job});
}

SCENARIO(pool, event_wait_outside, .spins = 2) {
    auto* event = new veda_event_t{};
    auto& written = *new cell<int>(0);
    thread setter([&, event] {
        written.set(1);
        veda::rt::set_event(*event);
    });
    veda::rt::wait_for_event(*event);
    check(written.get() == 1, "what the setter wrote is not there");
    delete event;
    setter.join();
}

// Set in the moment in which the time is over: then it counts as set, with what the setter wrote.
SCENARIO(pool, event_in_the_last_moment, .spins = 2) {
    auto* event = new veda_event_t{};
    auto& written = *new cell<int>(0);
    thread setter([&, event] {
        written.set(1);
        veda::rt::set_event(*event);
    });
    if (veda::rt::wait_for_event(*event, 1) == VEDA_OK)
        check(written.get() == 1, "what the setter wrote is not there");
    setter.join();
    delete event;
}

SCENARIO(pool, event_is_set_hands_over, .spins = 2) {
    auto* event = new veda_event_t{};
    auto& written = *new cell<int>(0);
    thread setter([&, event] {
        written.set(1);
        veda::rt::set_event(*event);
    });
    while (!veda::rt::event_is_set(*event)) yield();
    check(written.get() == 1, "what the setter wrote is not there");
    setter.join();
}

// The setter knows the runtime through the event only.
SCENARIO(pool, setter_learns_of_the_waiter, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto* event = new veda_event_t{};
    thread setter([=] { veda::rt::set_event(*event); });
    auto pool = start_runtime(1);
    {
        entered in(*pool);
        veda::rt::wait_for_event(*event);
    }
    drain_and_stop(pool);
    setter.join();
}

// A guest waits, and the runtime may end right after: the setter outside must not touch it any
// more.
SCENARIO(pool, guest_waits_for_event, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto* event = new veda_event_t{};
    thread setter([=] { veda::rt::set_event(*event); });
    {
        entered in(*pool);
        veda::rt::wait_for_event(*event);
    }
    delete event;
    drain_and_stop(pool);
    setter.join();
}

void wait_or_set(veda_event_t& event) {
    if (veda::rt::wait_for_event(event) == VEDA_E_STATE) veda::rt::set_event(event);
}

// An event bears one waiter. The one who comes second is told so, and leaves no trace: he sets it, and the
// first one must wake up.
SCENARIO(pool, second_waiter_is_refused, .preemptions = 2, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto* event = new veda_event_t{};
    auto* job = new test_job;
    job->context = event;
    job->then = [](test_job& j) { wait_or_set(*static_cast<veda_event_t*>(j.context)); };
    pool->inject_detached(job);
    {
        entered in(*pool);
        wait_or_set(*event);
    }
    drain_and_stop(pool, {job});
    delete event;
}

SCENARIO(pool, blocking_lends_the_place, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(1, 1);
    auto* turn = new atomic<int>(0);
    auto *blocks = new test_job, *frees = new test_job;
    blocks->context = frees->context = turn;
    blocks->then = [](test_job& j) {
        worker& self = *worker::current();
        self.begin_blocking();
        while (static_cast<atomic<int>*>(j.context)->load(order::acquire) == 0) yield();
        self.end_blocking();
    };
    frees->then = [](test_job& j) {
        static_cast<atomic<int>*>(j.context)->store(1, order::release);
    };
    pool->inject_detached(blocks);
    pool->inject_detached(frees);
    drain_and_stop(pool, {blocks, frees});
}

// The system grants no spare thread: whoever waits digs for what it waits for.
SCENARIO(pool, no_spare_to_be_had, .preemptions = 1, .stale_reads = 0, .timeouts = true,
         .spins = 2) {
    the().threads_left = 1;
    auto pool = start_runtime(1, 1);
    auto* jobs = new test_job[2];
    jobs[0].then = [](test_job& j) {
        auto* memory = new veda_scope_t{};
        auto& s = *reinterpret_cast<scope*>(memory);
        check(begin_scope(s, worker::current()->pool) == VEDA_OK, "no scope");
        veda::rt::spawn_in(s, &j + 1);
        check(end_scope(s) == VEDA_OK, "the scope failed");
    };
    pool->inject_detached(&jobs[0]);
    drain_and_stop(pool, {&jobs[0], &jobs[1]});
}

// -- forks among workers --------------------------------------------------------------------------

// A task that forks, on one worker; another steals.
void fork_inside(test_job& j) {
    auto* child = static_cast<test_job*>(j.context);
    worker& self = *worker::current();
    veda_job_t** slot = veda::rt::fork(self, child);
    if (veda::rt::join(self, child, slot) == VEDA_JOIN_TAKE) child->run_here();
    child->expect_ran();
    delete child;
}
void task_forks() {
    auto pool = start_runtime(2);
    auto *job = new test_job, *child = new test_job;
    job->context = child;
    job->then = fork_inside;
    pool->inject_detached(job);
    drain_and_stop(pool, {job});
}
SCENARIO(pool, task_forks, .preemptions = 1, .stale_reads = 0, .spins = 2) { task_forks(); }

// The stolen child forks again, and the waiting parent steals back from its thief.
void nested(std::uint32_t workers) {
    auto pool = start_runtime(workers);
    auto *outer = new test_job, *child = new test_job, *grandchild = new test_job;
    outer->context = child;
    outer->then = fork_inside;
    child->context = grandchild;
    child->then = fork_inside;
    pool->inject_detached(outer);
    drain_and_stop(pool, {outer});
}
SCENARIO(pool, leapfrog, .preemptions = 1, .stale_reads = 0, .tick_step = 6'000, .spins = 2) {
    nested(2);
}

// -- broadcasts -----------------------------------------------------------------------------------

SCENARIO(pool, broadcast, .preemptions = 2, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(1);
    auto& calls = *new cell<int>(0);
    const auto call = [](void* context, veda_worker_t*) {
        auto& calls = *static_cast<cell<int>*>(context);
        calls.set(calls.get() + 1);
    };
    check(veda::rt::broadcast(*pool, call, &calls) == VEDA_OK, "no broadcast");
    check(calls.get() == 1, "a call is lost");
    drain_and_stop(pool);
}

SCENARIO(pool, mail_for_a_sleeper, .preemptions = 2, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1);
    auto& done = *new veda_event_t{};
    auto* job = new test_job;
    job->context = &done;
    job->then = [](test_job& j) { veda::rt::set_event(*static_cast<veda_event_t*>(j.context)); };
    pool->at(0)->post(job);
    veda::rt::wait_for_event(done);
    job->expect_ran();
    drain_and_stop(pool);
}

SCENARIO(pool, two_broadcasts_to_two, .how = search::pct, .max_executions = 3000, .spins = 2) {
    auto pool = start_runtime(2);
    auto& calls = *new atomic<int>(0);
    const auto call = [](void* context, veda_worker_t*) {
        static_cast<atomic<int>*>(context)->fetch_add(1, order::relaxed);
    };
    thread other(
        [&] { check(veda::rt::broadcast(*pool, call, &calls) == VEDA_OK, "no broadcast"); });
    check(veda::rt::broadcast(*pool, call, &calls) == VEDA_OK, "no broadcast");
    other.join();
    check(calls.load(order::relaxed) == 4, "a call is lost");
    drain_and_stop(pool);
}

}  // namespace
