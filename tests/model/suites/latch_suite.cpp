// Latches and the parker: what was written is seen, nobody misses a wake-up, and the waiter may
// free everything the moment it is done.
#include <array>

#include "job/job.hpp"
#include "job/scope_latch.hpp"
#include "model/suites/scenario.hpp"
#include "sleep/idle_set.hpp"
#include "sleep/lookout.hpp"
#include "sleep/parker.hpp"

namespace {

using namespace veda::model;
using veda::rt::fork_latch;
using veda::rt::parker;
using veda::rt::scope_latch;

struct stolen : veda_job_t {
    cell<int> result{0};
};

// The owner waits as worker::wait_for does; the thief tells its slot first.
void fork_waits() {
    auto& sleeper = *new parker;  // the owner's, which outlives its jobs
    auto* job = new stolen;
    job->state = 0;
    job->thief = 0;
    thread thief([&sleeper, job] {
        fork_latch latch(job);
        latch.set_thief(3, 5);
        job->result.set(1);
        if (latch.complete()) sleeper.unpark();
    });
    fork_latch latch(job);
    const auto who = latch.thief();
    check(!who.known || (who.slot == 3 && who.base == 5), "half of the thief's name");
    if (!latch.is_done() && latch.announce_wait())
        while (!latch.is_done()) sleeper.park();
    check(job->result.get() == 1, "the result is lost");
    delete job;
    thief.join();
}
SCENARIO(latch, fork_waits) { fork_waits(); }
SCENARIO(latch, fork_waits_spuriously, .spurious_wakes = 2) { fork_waits(); }

struct scope_frame {
    scope_latch latch;
    parker* owner = nullptr;
    cell<int> first{0}, second{0};
};

// Two tasks end on two threads; the one that completes the scope wakes its owner. The owner's
// parker is read before the completion, for the scope may be gone after it.
void complete(scope_frame* s) {
    parker* owner = s->owner;
    if (s->latch.complete(1)) owner->unpark();
}

void scope_waits(int tasks) {
    auto& sleeper = *new parker;
    auto* s = new scope_frame;
    s->owner = &sleeper;
    s->latch.add(static_cast<std::uint64_t>(tasks));
    thread a([s] {
        s->first.set(1);
        complete(s);
    });
    thread b;
    if (tasks == 2)
        b = thread([s] {
            s->second.set(1);
            complete(s);
        });
    if (!s->latch.is_done()) {
        s->latch.announce_wait();
        while (!s->latch.is_done()) sleeper.park();
    }
    check(s->first.get() + s->second.get() == tasks, "a result is lost");
    delete s;
    a.join();
    if (tasks == 2) b.join();
}
SCENARIO(latch, scope_waits_for_one) { scope_waits(1); }
SCENARIO(latch, scope_waits_for_two) { scope_waits(2); }
SCENARIO(latch, scope_waits_spuriously, .spurious_wakes = 1) { scope_waits(1); }

// A task that spawns another before it ends.
SCENARIO(latch, scope_grows) {
    auto& sleeper = *new parker;
    auto* s = new scope_frame;
    s->owner = &sleeper;
    s->latch.add(1);
    thread a([s] {
        s->latch.add(1);
        thread b([s] {
            s->second.set(1);
            complete(s);
        });
        s->first.set(1);
        complete(s);
        b.join();
    });
    if (!s->latch.is_done()) {
        s->latch.announce_wait();
        while (!s->latch.is_done()) sleeper.park();
    }
    check(s->first.get() + s->second.get() == 2, "a result is lost");
    delete s;
    a.join();
}

// A wake that comes first is remembered, and two wakes are one.
SCENARIO(parker, remembers_a_wake) {
    auto& p = *new parker;
    auto& written = *new cell<int>(0);
    thread waker([&] {
        written.set(1);
        p.unpark();
    });
    p.park();
    check(written.get() == 1, "what the waker wrote is not there");
    waker.join();
}

SCENARIO(parker, two_wakers) {
    auto& p = *new parker;
    auto& left = *new cell<int>(0);
    auto& flags = *new std::array<atomic<int>, 2>{};
    const auto wake = [&](int i) {
        flags[i].store(1, order::relaxed);  // seen through the parker alone
        p.unpark();
    };
    thread a([&] { wake(0); }), b([&] { wake(1); });
    while (flags[0].load(order::relaxed) + flags[1].load(order::relaxed) < 2) p.park();
    left.set(1);
    a.join();
    b.join();
}

// Both wakers' writes are there after the last park, even if one found the other's token.
SCENARIO(parker, both_wakers_are_heard) {
    auto& p = *new parker;
    auto& first = *new cell<int>(0);
    auto& second = *new atomic<int>(0);
    thread a([&] {
        first.set(1);
        p.unpark();
        second.store(1, order::relaxed);
        p.unpark();
    });
    p.park();
    check(first.get() == 1, "what the waker wrote is not there");
    if (second.load(order::relaxed) == 0) p.park();
    check(second.load(order::relaxed) == 1, "the second wake is lost");
    a.join();
}

}  // namespace

// -- the idle set ---------------------------------------------------------------------------------

namespace {

using veda::rt::idle_set;

// A member announces itself and finds no work: then whoever made work public before looking finds the member.
void idle_member(bool (*is_found)(idle_set&)) {
    auto& idle = *new idle_set;
    auto& work = *new atomic<int>(0);
    bool stays_down = false;
    thread member([&] {
        idle.insert(1);
        stays_down = work.load(order::seq_cst) == 0;
    });
    work.store(1, order::seq_cst);
    const bool found = is_found(idle);
    member.join();
    check(found || !stays_down, "a member is left alone");
}
SCENARIO(idle_set, claim_against_insert) {
    idle_member([](idle_set& idle) { return idle.claim(0, 64) == 1; });
}
SCENARIO(idle_set, empty_against_insert) {
    idle_member([](idle_set& idle) { return !idle.empty(64); });
}

// Two who claim, and the member who takes itself out: one of them has it.
SCENARIO(idle_set, one_claims) {
    auto& idle = *new idle_set;
    auto& got = *new std::array<atomic<int>, 2>{};
    idle.insert(1);
    thread other([&] { got[0].store(idle.claim(0, 64) == 1, order::relaxed); });
    thread member([&] { got[1].store(idle.remove(1), order::relaxed); });
    const int mine = idle.claim(0, 64) == 1;
    other.join();
    member.join();
    check(mine + got[0].load(order::relaxed) + got[1].load(order::relaxed) == 1, "not one of them");
}

}  // namespace

// -- the lookout ----------------------------------------------------------------------------------

namespace {

using veda::rt::lookout;

// Work that begins while the lookout falls asleep wakes it; what came before is seen.
SCENARIO(lookout, work_against_sleep) {
    auto& l = *new lookout;
    auto& work = *new atomic<int>(0);
    thread publisher([&] {
        work.store(1, order::seq_cst);
        l.work_begins();
    });
    check(l.sleep_unless([&] { return work.load(order::seq_cst) != 0; }), "it ended");
    publisher.join();
}

SCENARIO(lookout, end_against_sleep) {
    auto& l = *new lookout;
    auto& written = *new cell<int>(0);
    thread other([&] {
        written.set(1);
        l.end();
    });
    check(!l.sleep_unless([] { return false; }), "it did not end");
    check(written.get() == 1, "what came before the end is not there");
    other.join();
}

}  // namespace
