// Places: how many bodies run at a time, who gets a place that becomes free, and what is asked for when there
// is one.
#include <span>

#include "fork/broadcast.hpp"
#include "fork/event.hpp"
#include "model/suites/pool_support.hpp"

namespace {

using namespace veda::model;
using veda::rt::entered;
using veda::rt::registry;
using veda::rt::worker;

struct shared_state {
    explicit shared_state(int most, bool slow = true) : all(most, slow) {}
    bodies all;
    veda_event_t event{};
    registry *first = nullptr, *second = nullptr;
};

shared_state& state_of(test_job& job) { return *static_cast<shared_state*>(job.context); }

void run_body(test_job& j) { state_of(j).all.run(); }
void set_in_body(test_job& j) {
    state_of(j).all.begin();
    veda::rt::set_event(state_of(j).event);
    state_of(j).all.end();
    state_of(j).all.run();
}
void wait_between_bodies(test_job& j) {
    state_of(j).all.run();
    veda::rt::wait_for_event(state_of(j).event);
    state_of(j).all.run();
}

// -- a count that was given is a limit ----------------------------------------------------------------

// The task whose wait is over may not go on before the one that ended it has made room.
SCENARIO(places, waiter_comes_back, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new shared_state(1);
    auto pool = start_runtime(1, 1);
    auto *waits = job_of(state, wait_between_bodies), *sets = job_of(state, set_in_body);
    pool->inject_detached(waits);
    pool->inject_detached(sets);
    drain_and_stop(pool, {waits, sets});
}

// Two guests and one place, and a worker that would like it, too.
SCENARIO(places, guests_take_turns, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new shared_state(1);
    auto pool = start_runtime(1);
    const auto visit = [&] {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        state.all.run();
    };
    thread other(visit);
    visit();
    other.join();
    drain_and_stop(pool);
}
SCENARIO(places, guest_against_worker, .preemptions = 2, .stale_reads = 0, .spins = 2) {
    auto& state = *new shared_state(1);
    auto pool = start_runtime(1);
    auto* job = job_of(state, run_body);
    pool->inject_detached(job);
    {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        state.all.run();
    }
    drain_and_stop(pool, {job});
}

// A worker that has more to do makes room for the guest after each task.
SCENARIO(places, guest_against_full_queue, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new shared_state(1);
    auto pool = start_runtime(1);
    auto *first = job_of(state, run_body), *second = job_of(state, run_body);
    pool->inject_detached(first);
    pool->inject_detached(second);
    {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        state.all.run();
    }
    drain_and_stop(pool, {first, second});
}

// Several at once, with two places, by dice.
void crowd() {
    auto& state = *new shared_state(2, false);
    auto pool = start_runtime(2, 1);
    auto *waits = job_of(state, wait_between_bodies), *sets = job_of(state, set_in_body),
         *more = job_of(state, run_body);
    thread guest([&] {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        state.all.run();
    });
    pool->inject_detached(waits);
    pool->inject_detached(more);
    pool->inject_detached(sets);
    guest.join();
    drain_and_stop(pool, {waits, sets, more});
}
SCENARIO(places, crowd, .how = search::pct, .max_steps = 50'000, .max_executions = 2000, .spins = 2) {
    crowd();
}
SCENARIO(places, crowd_randomly, .how = search::random, .max_executions = 3000, .spins = 2) { crowd(); }

// Both places become free at once, and both threads that wake somebody wake the first in the line. The last
// two guests meet in their bodies, so that one alone does not get on.
void four_guests() {
    auto& state = *new shared_state(2, false);
    auto& here = *new atomic<int>(0);
    auto pool = start_runtime(2);
    const auto visit = [&] {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        state.all.run();
    };
    const auto meet = [&] {
        entered in(*pool);
        here.fetch_add(1, order::relaxed);
        while (here.load(order::relaxed) < 2) yield();
    };
    thread second(visit), third(meet), fourth(meet);
    visit();
    second.join();
    third.join();
    fourth.join();
    drain_and_stop(pool);
}
SCENARIO(places, four_guests, .how = search::pct, .max_steps = 50'000, .max_executions = 3000, .spins = 2) {
    four_guests();
}
SCENARIO(places, four_guests_randomly, .how = search::random, .max_executions = 3000, .spins = 2) {
    four_guests();
}

// A broadcast's call has a place like any other body, except for those that wait for it.
SCENARIO(places, broadcast_beside_a_task, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new shared_state(1);
    auto pool = start_runtime(1);
    auto* job = job_of(state, run_body);
    pool->inject_detached(job);
    const auto call = [](void* all, veda_worker_t*) { static_cast<bodies*>(all)->run(); };
    check(veda::rt::broadcast(*pool, call, &state.all) == VEDA_OK, "no broadcast");
    drain_and_stop(pool, {job});
}

// -- a place that becomes free is used ----------------------------------------------------------------

// One of two places is lent while another task keeps what it spawns to itself, because whoever asked before
// has been served. Somebody must ask again: the spawner waits for its task as for a lock.
struct beside_a_lent_place {
    veda_event_t lent{};
    test_job *spawned = new test_job, *own = new test_job;
    atomic<int> settled{0}, ran{0};
};
void spawn_beside(test_job& j) {
    auto& state = *static_cast<beside_a_lent_place*>(j.context);
    worker& self = *worker::current();
    // Shown because it is the first one, and taken back: the request is withdrawn, and nothing is public.
    auto* memory = new veda_scope_t{};
    auto& s = *reinterpret_cast<veda::rt::scope*>(memory);
    check(begin_scope(s, self.pool) == VEDA_OK, "no scope");
    veda::rt::spawn_in(s, state.own);
    check(end_scope(s) == VEDA_OK, "the scope failed");
    state.settled.store(1, order::release);
    while (self.pool.people.load().active > 1) yield();
    veda::rt::spawn_detached(self.pool, state.spawned);
    while (state.ran.load(order::relaxed) == 0) {
        self.offer();
        yield();
    }
    veda::rt::set_event(state.lent);
}
void private_task_beside_a_lent_place() {
    auto& state = *new beside_a_lent_place;
    auto pool = start_runtime(2, 1);
    auto *waits = new test_job, *spawns = new test_job;
    for (test_job* j : {waits, spawns, state.spawned}) j->context = &state;
    waits->then = [](test_job& j) {
        auto& state = *static_cast<beside_a_lent_place*>(j.context);
        while (state.settled.load(order::acquire) == 0) yield();
        veda::rt::wait_for_event(state.lent);
    };
    state.spawned->then = [](test_job& j) {
        static_cast<beside_a_lent_place*>(j.context)->ran.store(1, order::relaxed);
    };
    spawns->then = spawn_beside;
    pool->inject_detached(waits);
    pool->inject_detached(spawns);
    drain_and_stop(pool, {waits, spawns, state.spawned, state.own});
}
SCENARIO(places, private_task_beside_a_lent_place, .preemptions = 0, .stale_reads = 0, .spins = 2) {
    private_task_beside_a_lent_place();
}
SCENARIO(places, private_task_beside_a_lent_place_randomly, .how = search::random, .max_executions = 1000,
         .spins = 2) {
    private_task_beside_a_lent_place();
}

// -- several runtimes -----------------------------------------------------------------------------------

// A worker of each enters the other one. Each runtime has one place.
void cross(test_job& j) {
    shared_state& state = state_of(j);
    registry& other = &worker::current()->pool == state.first ? *state.second : *state.first;
    entered in(other);
    check(in.get() != nullptr, "no guest place");
    yield();
}
SCENARIO(places, two_runtimes_enter_each_other, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new shared_state(2);
    auto first = start_runtime(1), second = start_runtime(1);
    state.first = first.get();
    state.second = second.get();
    auto *to_second = job_of(state, cross), *to_first = job_of(state, cross);
    first->inject_detached(to_second);
    second->inject_detached(to_first);
    check(first->drain(UINT64_MAX) && second->drain(UINT64_MAX), "drain gave up");
    to_second->expect_ran();
    to_first->expect_ran();
    first.reset();
    second.reset();
}

// A worker that is inside a second runtime broadcasts to its own: it is one of those that are called.
SCENARIO(places, broadcast_from_inside_another, .preemptions = 1, .stale_reads = 0, .timeouts = true,
         .spins = 2) {
    auto& state = *new shared_state(1);
    auto first = start_runtime(1), second = start_runtime(1);
    state.first = first.get();
    state.second = second.get();
    auto* job = job_of(state, [](test_job& j) {
        entered in(*state_of(j).second);
        const auto call = [](void* all, veda_worker_t*) { static_cast<bodies*>(all)->run(); };
        check(veda::rt::broadcast(*state_of(j).first, call, &state_of(j).all) == VEDA_OK, "no broadcast");
    });
    first->inject_detached(job);
    drain_and_stop(first, {job});
    drain_and_stop(second);
}

// A thread that enters a runtime, another one, and the first one again has one place in each.
[[gnu::noinline]] void enter_in_turn(std::span<registry* const> pools) {
    if (pools.empty()) return yield();
    entered in(*pools[0]);
    check(pools[0]->people.load().running() == 1, "not one place");
    enter_in_turn(pools.subspan(1));
    check(pools[0]->people.load().running() == 1, "not one place");
}
SCENARIO(places, entered_twice, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto first = start_runtime(1), second = start_runtime(1);
    registry* const pools[] = {first.get(), second.get(), first.get()};
    enter_in_turn(pools);
    drain_and_stop(first);
    drain_and_stop(second);
}

// -- careless callbacks ---------------------------------------------------------------------------------

SCENARIO(places, broadcast_forgets_blocking_end, .preemptions = 0, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(1);
    int nothing = 0;
    const auto call = [](void*, veda_worker_t*) { worker::current()->begin_blocking(); };
    check(veda::rt::broadcast(*pool, call, &nothing) == VEDA_OK, "no broadcast");
    auto* job = new test_job;
    pool->inject_detached(job);
    drain_and_stop(pool, {job});
}

SCENARIO(places, task_ends_blocking_too_often, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto pool = start_runtime(1, 1);
    auto* job = new test_job;
    job->then = [](test_job&) {
        worker& self = *worker::current();
        self.begin_blocking();
        self.end_blocking();
        self.end_blocking();
        self.begin_blocking();
    };
    pool->inject_detached(job);
    drain_and_stop(pool, {job});
}

// A broadcast counts the workers while a place, and with it a worker, is added.
SCENARIO(places, broadcast_against_a_new_place, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto pool = start_runtime(1, 0, 2);
    auto& calls = *new atomic<int>(0);
    const auto call = [](void* context, veda_worker_t*) {
        static_cast<atomic<int>*>(context)->fetch_add(1, order::relaxed);
    };
    thread adder([&] { pool->set_places(2); });
    check(veda::rt::broadcast(*pool, call, &calls) == VEDA_OK, "no broadcast");
    adder.join();
    const int count = calls.load(order::relaxed);
    check(count == 1 || count == 2, "a call too many, or lost");
    drain_and_stop(pool);
}

}  // namespace
