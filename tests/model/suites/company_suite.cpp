// What reaches into a pool from elsewhere: another runtime, the user's hooks, threads outside that
// fill a scope, broadcasts and the follower against places that come and go, waits that look up at
// odd moments.
#include "adapt/follower.hpp"
#include "fork/broadcast.hpp"
#include "fork/event.hpp"
#include "model/suites/pool_support.hpp"

namespace {

using namespace veda::model;
using veda::rt::entered;
using veda::rt::registry;
using veda::rt::scope;
using veda::rt::worker;

void wait_here(test_job& j) { veda::rt::wait_for_event(*static_cast<veda_event_t*>(j.context)); }
void set_here(test_job& j) { veda::rt::set_event(*static_cast<veda_event_t*>(j.context)); }

test_job* job_that(void (*what)(test_job&), void* context) {
    auto* made = new test_job;
    made->then = what;
    made->context = context;
    return made;
}

// -- two runtimes ---------------------------------------------------------------------------------

// A task of one runtime waits for what a task of the other one does; both runtimes end right after.
SCENARIO(runtimes, one_waits_for_the_other, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto first = start_runtime(1), second = start_runtime(1);
    auto* event = new veda_event_t{};
    test_job *waits = job_that(wait_here, event), *sets = job_that(set_here, event);
    first->inject_detached(waits);
    second->inject_detached(sets);
    drain_and_stop(second, {sets});
    drain_and_stop(first, {waits});
}

// A worker of one runtime is a guest of the other one, and waits there for a task of its own
// runtime: it holds a place in both, and lends both.
SCENARIO(runtimes, guest_of_the_other_waits, .preemptions = 0, .stale_reads = 1, .spins = 2) {
    struct both {
        registry *mine, *other;
        veda_event_t event{};
        test_job* sets;
    };
    auto first = start_runtime(1, 1), second = start_runtime(1);
    auto* b = new both{first.get(), second.get(), {}, nullptr};
    b->sets = job_that(set_here, &b->event);
    test_job* visits = job_that(
        [](test_job& j) {
            auto* b = static_cast<both*>(j.context);
            entered in(*b->other);
            check(in.get() != nullptr, "no guest place");
            b->mine->inject_detached(b->sets);
            veda::rt::wait_for_event(b->event);
        },
        b);
    first->inject_detached(visits);
    drain_and_stop(first, {visits, b->sets});
    drain_and_stop(second);
}

// -- hooks ----------------------------------------------------------------------------------------

std::unique_ptr<registry> start_with_hooks(void* context, void (*on_start)(void*, std::uint32_t),
                                           void (*on_stop)(void*, std::uint32_t)) {
    veda::rt::settings how;
    how.worker_count = 1;
    how.spare_workers = 0;
    how.name_prefix = "m";
    how.hook_ctx = context;
    how.on_worker_start = on_start;
    how.on_worker_stop = on_stop;
    registry* made = nullptr;
    check(registry::create(how, &made) == VEDA_OK, "the runtime does not start");
    return std::unique_ptr<registry>(made);
}

// What a worker's own start hook submits runs, however soon the runtime ends, and what its stop hook writes
// is seen after the end.
SCENARIO(hooks, start_submits_and_stop_writes, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    struct hooked {
        test_job job;
        cell<int> stopped{0};
    };
    auto* h = new hooked;
    auto pool = start_with_hooks(
        h,
        [](void* context, std::uint32_t) {
            worker::current()->pool.inject_detached(&static_cast<hooked*>(context)->job);
        },
        [](void* context, std::uint32_t) { static_cast<hooked*>(context)->stopped.set(1); });
    drain_and_stop(pool, {&h->job});
    check(h->stopped.get() == 1, "no stop hook");
}

// -- scopes ---------------------------------------------------------------------------------------

// A thread outside adds a task to an open scope, as the owner does.
SCENARIO(company, scope_filled_from_outside, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(1);
    auto* memory = new veda_scope_t{};
    auto& s = *reinterpret_cast<scope*>(memory);
    check(begin_scope(s, *pool) == VEDA_OK, "no scope");
    auto *own = new test_job, *others = new test_job;
    thread outside([=] { veda::rt::spawn_in(*reinterpret_cast<scope*>(memory), others); });
    veda::rt::spawn_in(s, own);
    outside.join();
    check(end_scope(s) == VEDA_OK, "the scope failed");
    own->expect_ran();
    others->expect_ran();
    delete memory;
    drain_and_stop(pool);
}

// -- places against broadcasts --------------------------------------------------------------------

void broadcast_against(void (*change)(registry&), std::uint32_t workers, std::uint32_t most) {
    auto pool = start_runtime(workers, 0, most);
    auto& calls = *new atomic<int>(0);
    const auto call = [](void* context, veda_worker_t*) {
        static_cast<atomic<int>*>(context)->fetch_add(1, order::relaxed);
    };
    thread mover([&, change] { change(*pool); });
    check(veda::rt::broadcast(*pool, call, &calls) == VEDA_OK, "no broadcast");
    mover.join();
    const int called = calls.load(order::relaxed);
    check(called == 1 || called == 2, "a worker was called twice, or none");
    drain_and_stop(pool);
}

// The worker of a new place is called, or it came too late; its thread is there if it is counted.
SCENARIO(company, broadcast_against_a_new_place, .preemptions = 0, .stale_reads = 1, .spins = 2) {
    broadcast_against([](registry& pool) { pool.set_places(2); }, 1, 2);
}
// A worker whose place is taken away still hears its mail.
SCENARIO(company, broadcast_against_a_lost_place, .preemptions = 0, .stale_reads = 1, .spins = 2) {
    broadcast_against([](registry& pool) { pool.set_places(1); }, 2, 2);
}

// The follower moves the places while work comes, at whatever moment its pause ends, and then the
// runtime ends.
SCENARIO(company, follower, .how = search::random, .timeouts = true, .early_timeouts = 2,
         .max_executions = 2000, .spins = 2) {
    auto pool = start_runtime(1, 0, 2);
    auto* looks = new atomic<int>(0);
    auto made = std::make_unique<veda::rt::follower>(*pool, [looks] {
        veda::rt::os::cpu_limits limits;
        limits.affinity = looks->fetch_add(1, order::relaxed) % 2 ? 1 : 2;
        return limits;
    });
    check(made->start() == 0, "no thread");
    pool->attach(std::move(made));
    auto *first = new test_job, *second = new test_job;
    pool->inject_detached(first);
    pool->inject_detached(second);
    drain_and_stop(pool, {first, second});
}

// -- time and spurious returns --------------------------------------------------------------------

void task_from_outside() {
    auto pool = start_runtime(1);
    auto* job = new test_job;
    pool->inject_detached(job);
    drain_and_stop(pool, {job});
}
SCENARIO(odd_moments, worker_returns_for_nothing, .preemptions = 1, .stale_reads = 1,
         .spurious_wakes = 2, .spins = 2) {
    task_from_outside();
}

struct timed_event {
    veda_event_t event{};
    cell<int> written{0};
};
// Whoever is told that the time is over may wait again.
void wait_twice(timed_event& e) {
    constexpr std::uint64_t longest_ns = 1'000'000'000;
    if (veda::rt::wait_for_event(e.event, longest_ns) != VEDA_OK) veda::rt::wait_for_event(e.event);
    check(e.written.get() == 1, "what the setter wrote is not there");
}
void set_written(timed_event& e) {
    e.written.set(1);
    veda::rt::set_event(e.event);
}

// A wait whose time is over in any moment, against the setting.
SCENARIO(odd_moments, event_outside, .stale_reads = 1, .timeouts = true, .early_timeouts = 1,
         .spins = 2) {
    auto* e = new timed_event;
    thread setter([e] { set_written(*e); });
    wait_twice(*e);
    setter.join();
}
SCENARIO(odd_moments, event_in_a_task, .preemptions = 1, .stale_reads = 1, .timeouts = true,
         .early_timeouts = 1, .spins = 2) {
    auto* e = new timed_event;
    auto pool = start_runtime(1);
    test_job* waits =
        job_that([](test_job& j) { wait_twice(*static_cast<timed_event*>(j.context)); }, e);
    pool->inject_detached(waits);
    set_written(*e);
    drain_and_stop(pool, {waits});
}
// A waiter looks up, or is woken for nothing, while others are about to do what it waits for.
SCENARIO(odd_moments, waiter_looks_up, .how = search::random, .early_timeouts = 2,
         .max_executions = 2000, .spins = 2) {
    auto pool = start_runtime(1, 1);
    auto* event = new veda_event_t{};
    test_job *waits = job_that(wait_here, event), *sets = job_that(set_here, event);
    pool->inject_detached(waits);
    pool->inject_detached(sets);
    drain_and_stop(pool, {waits, sets});
}
SCENARIO(odd_moments, waiter_returns_for_nothing, .preemptions = 0, .stale_reads = 1,
         .spurious_wakes = 2, .spins = 2) {
    auto pool = start_runtime(1, 1);
    auto* event = new veda_event_t{};
    test_job *waits = job_that(wait_here, event), *sets = job_that(set_here, event);
    pool->inject_detached(waits);
    pool->inject_detached(sets);
    drain_and_stop(pool, {waits, sets});
}

// Mail, and workers that give way, over weak compare-exchanges that fail.
SCENARIO(odd_moments, mail_by_weak_exchanges, .how = search::random, .weak_failures = 2,
         .max_executions = 2000, .spins = 2) {
    broadcast_against([](registry& pool) { pool.set_places(1); }, 2, 2);
}

// -- foreign work in a leapfrog -------------------------------------------------------------------

// The thief of child yields, and runs a task that forks. While the outer job waits for child, its
// thread runs nothing of that task.
struct foreign_work {
    atomic<int> waiter{-1};
    test_job *child, *forked_by_task, *forked_by_child;
};

void fork_here(veda_job_t* job) {
    worker& self = *worker::current();
    veda_job_t** slot = veda::rt::fork(self, job);
    if (veda::rt::join(self, job, slot) == VEDA_JOIN_TAKE) static_cast<test_job*>(job)->run_here();
}

void leapfrog_beside_foreign_work() {
    auto pool = start_runtime(3);
    auto* w = new foreign_work;
    w->forked_by_child = new test_job;
    w->forked_by_task = job_that(
        [](test_job& j) {
            const int waiter = static_cast<foreign_work*>(j.context)->waiter.load(order::relaxed);
            check(waiter != the().threads.self(), "foreign work on top of a wait");
        },
        w);
    w->child = job_that(
        [](test_job& j) {
            (void)veda::rt::yield();
            fork_here(static_cast<foreign_work*>(j.context)->forked_by_child);
        },
        w);
    test_job* task = job_that(
        [](test_job& j) { fork_here(static_cast<foreign_work*>(j.context)->forked_by_task); }, w);
    test_job* outer = job_that(
        [](test_job& j) {
            auto* w = static_cast<foreign_work*>(j.context);
            worker& self = *worker::current();
            veda_job_t** slot = veda::rt::fork(self, w->child);
            for (int i = 0; i < 8 && !self.forks.is_stolen(slot); ++i) yield();
            w->waiter.store(the().threads.self(), order::relaxed);
            const bool taken = veda::rt::join(self, w->child, slot) == VEDA_JOIN_TAKE;
            w->waiter.store(-1, order::relaxed);
            if (taken) w->child->run_here();
            w->child->expect_ran();
        },
        w);
    pool->inject_detached(outer);
    pool->inject_detached(task);
    drain_and_stop(pool, {outer, task});
}
SCENARIO(company, leapfrog_beside_foreign_work, .how = search::random, .max_steps = 200'000,
         .tick_step = 3'000, .max_executions = 3'000, .spins = 2) {
    leapfrog_beside_foreign_work();
}

}  // namespace
