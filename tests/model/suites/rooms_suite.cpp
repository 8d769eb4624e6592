// Rooms: a loop leaves its place to what comes from outside, and gets it back.
#include "fork/event.hpp"
#include "model/suites/pool_support.hpp"

namespace {

using namespace veda::model;
using veda::rt::entered;
using veda::rt::registry;
using veda::rt::worker;

// Loops with looks between their pieces. At most so many are in a piece, or in a task, at the same time.
struct beside_loops {
    explicit beside_loops(int places) : all(places) {}

    void body() { all.run(); }
    // Until the task has run; by dice, nobody is sure to come as far, and the loop ends at some time.
    void loop() {
        int left = pieces;
        do {
            body();
            worker::current()->look_for_room();
        } while (ran.load(order::relaxed) < wanted && --left != 0);
        end();
    }
    void tick() {
        body();
        ran.fetch_add(1, order::relaxed);
        end();
    }
    // The last one that ends tells the thread outside, which does not poll until then: a thread that polls
    // and a loop could keep a third one from its turn for ever.
    void end() {
        if (open.fetch_sub(1, order::relaxed) == 1) veda::rt::set_event(all_ended);
    }

    bodies all;
    int wanted = 1, pieces = -1;
    atomic<int> ran{0}, open{0};
    veda_event_t all_ended{};
};

beside_loops& state_of(test_job& job) { return *static_cast<beside_loops*>(job.context); }
void loop(test_job& j) { state_of(j).loop(); }
void tick(test_job& j) { state_of(j).tick(); }

// The loop does not end before the task has run. It has the only place.
SCENARIO(rooms, task_beside_a_loop, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new beside_loops(1);
    auto pool = start_runtime(1, 1);
    auto *looping = job_of(state, loop), *ticking = job_of(state, tick);
    pool->inject_detached(looping);
    pool->inject_detached(ticking);
    drain_and_stop(pool, {looping, ticking});
}

// The request, its withdrawal and the looks after both, with old values. The loop ends by itself.
SCENARIO(rooms, asked_while_withdrawing, .preemptions = 1, .stale_reads = 1, .spins = 2) {
    auto& state = *new beside_loops(1);
    auto pool = start_runtime(1, 1);
    auto* ticking = job_of(state, tick);
    {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        in.get()->note_room_request();
        thread submitter([&] { pool->inject_detached(ticking); });
        state.loop();
        submitter.join();
    }
    drain_and_stop(pool, {ticking});
}

// Whoever should run the task may be late: then the loop goes on, and tries again.
SCENARIO(rooms, helper_is_late, .preemptions = 1, .stale_reads = 0, .timeouts = true,
         .early_timeouts = 1, .spins = 2) {
    auto& state = *new beside_loops(1);
    state.pieces = 6;
    state.open.store(2, order::relaxed);
    auto pool = start_runtime(1, 1);
    auto *looping = job_of(state, loop), *ticking = job_of(state, tick);
    pool->inject_detached(looping);
    pool->inject_detached(ticking);
    veda::rt::wait_for_event(state.all_ended);
    drain_and_stop(pool, {looping, ticking});
}

// A guest waits for the place.
SCENARIO(rooms, guest_beside_a_loop, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new beside_loops(1);
    auto pool = start_runtime(1, 1);
    auto* looping = job_of(state, loop);
    pool->inject_detached(looping);
    {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        state.tick();
    }
    drain_and_stop(pool, {looping});
}

// A guest loops; what the task that was let in spawns is let in, too.
SCENARIO(rooms, child_of_the_task, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new beside_loops(1);
    auto pool = start_runtime(1, 1);
    auto* spawning = job_of(state, [](test_job& j) {
        auto* child = job_of(state_of(j), tick);
        state_of(j).body();
        veda::rt::spawn_detached(worker::current()->pool, child);
    });
    {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        pool->inject_detached(spawning);
        state.loop();
    }
    drain_and_stop(pool, {spawning});
}

// Two threads enter each other's runtime, and loop in the inner one. Neither keeps the place in its outer
// one, for which the other may wait, while it waits for its inner one.
[[gnu::noinline]] void loop_in(registry& pool, beside_loops& state) {
    entered in(pool);
    check(in.get() != nullptr, "no guest place");
    state.loop();
}
void two_runtimes() {
    auto& state = *new beside_loops(2);
    state.wanted = 2;
    state.pieces = 16;
    state.open.store(2, order::relaxed);
    auto one = start_runtime(1, 1), other = start_runtime(1, 1);
    const auto visit = [&](registry& outer, registry& inner) {
        entered in(outer);
        loop_in(inner, state);
    };
    thread guest([&] { visit(*one, *other); });
    visit(*other, *one);
    guest.join();
    drain_and_stop(one);
    drain_and_stop(other);
}
SCENARIO(rooms, two_runtimes, .how = search::pct, .max_steps = 50'000, .max_executions = 5'000, .spins = 2) {
    two_runtimes();
}
SCENARIO(rooms, two_runtimes_randomly, .how = search::random, .max_executions = 5'000, .spins = 2) {
    two_runtimes();
}

// Two loops, two places, two tasks and a guest, by dice.
void crowd() {
    auto& state = *new beside_loops(2);
    state.wanted = 3;
    state.pieces = 12;
    state.open.store(5, order::relaxed);
    auto pool = start_runtime(2, 2);
    auto *first = job_of(state, loop), *second = job_of(state, loop), *third = job_of(state, tick),
         *fourth = job_of(state, tick);
    for (test_job* j : {first, second, third}) pool->inject_detached(j);
    thread guest([&] {
        entered in(*pool);
        check(in.get() != nullptr, "no guest place");
        state.tick();
    });
    pool->inject_detached(fourth);
    guest.join();
    veda::rt::wait_for_event(state.all_ended);
    drain_and_stop(pool, {first, second, third, fourth});
}
SCENARIO(rooms, crowd, .how = search::pct, .max_steps = 50'000, .max_executions = 10'000, .spins = 2) {
    crowd();
}
SCENARIO(rooms, crowd_randomly, .how = search::random, .max_executions = 20'000, .spins = 2) { crowd(); }

// No thread is left that could run the task: it waits for the loop's end.
SCENARIO(rooms, nobody_to_let_in, .preemptions = 1, .stale_reads = 0, .spins = 2) {
    auto& state = *new beside_loops(1);
    auto pool = start_runtime(1);
    auto *looping = job_of(state,
                           [](test_job& j) {
                               state_of(j).body();
                               worker::current()->look_for_room();
                               state_of(j).body();
                           }),
         *ticking = job_of(state, tick);
    pool->inject_detached(looping);
    pool->inject_detached(ticking);
    drain_and_stop(pool, {looping, ticking});
}

}  // namespace
