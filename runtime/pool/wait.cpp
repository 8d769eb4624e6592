// wait.cpp: how a worker waits for particular work. Here lives veda's first promise: on top of a
// waiting frame run only jobs that the wait is for. Everything else is left to others, and the place
// is lent to another worker when there is nothing of its own to run. See README.md in this folder.
#include <algorithm>

#include "job/scope.hpp"
#include "os/clock.hpp"
#include "pool/lend.hpp"
#include "pool/registry.hpp"
#include "pool/worker.hpp"

namespace veda::rt {

namespace {

constexpr std::uint64_t brief_wait_ns = 400;

}  // namespace

// -- a stolen fork --------------------------------------------------------------------------------

// Steals back from the thief of the job, which runs parts of it: whatever the thief forked since it began
// the job lies at base or above. Whether the thief was still at it is certain only after the steal: if
// the job is not done by then, and nothing foreign lies on the thief's stack, what we took was forked
// below the job. If not, it may be foreign, and is given away.
tagged_job worker::leapfrog(veda_job_t* job) noexcept {
    const fork_latch latch(job);
    const fork_latch::thief_info thief = latch.thief();
    if (!thief.known) return {};
    worker* victim = pool.at(thief.slot);
    if (!victim || victim == this || victim->foreign.load(acquire) != 0) return {};
    counts.add(counter::steal_attempts);
    veda_job_t* stolen = victim->forks.steal(thief.base);
    if (!stolen) return {};
    stolen->reserved[word_owner] = reinterpret_cast<std::uint64_t>(victim);
    const tagged_job task{stolen, fork_tag};
    if (latch.is_done() || victim->foreign.load(acquire) != 0) {
        give_back(task);
        return {};
    }
    counts.add(counter::stolen);
    counts.add(counter::leapfrogged);
    return task;
}

void worker::wait_for(veda_job_t* job) noexcept {
    settle();
    fork_latch latch(job);
    std::uint64_t start = os::ticks();
    // A short job is over soon, and looking into its thief's deque would only slow the thief down.
    const std::uint64_t brief = brief_wait_ns * os::ticks_per_us() / 1000;
    while (!latch.is_done() && os::ticks() - start < brief) cpu_relax();
    while (!latch.is_done() && os::ticks() - start < pool.wait_ticks()) {
        if (tagged_job task = leapfrog(job); task.job) {
            show_before();
            run(task);
            start = os::ticks();
        } else {
            cpu_relax();
        }
    }
    if (latch.is_done()) return;
    share_everything();
    if (!latch.announce_wait()) return;
    lend_until([&] { return latch.is_done(); },
               [&] {
                   // A thief gave the job back, and nobody is free to take it: run it here.
                   pool.move_tasks_outside();
                   return pool.outside.remove(job) ? tagged_job{job, fork_tag} : tagged_job{};
               });
}

// -- a scope --------------------------------------------------------------------------------------

// A task of the scope from the injector or from the front of another worker's queue.
tagged_job worker::steal_of_scope(scope& s) noexcept {
    const auto tag = reinterpret_cast<job_tag>(&s);
    if (tagged_job task = from_injector(tag); task.job) return task;
    tagged_job found;
    (void)pool.any_worker([&](worker& victim) {
        if (&victim == this) return false;
        const tagged_job task = victim.spawns.steal_tagged(tag);
        if (!task.job) return false;
        if (task.tag != tag) return give_back(task), false;
        counts.add(counter::stolen);
        counts.add(counter::leapfrogged);
        found = task;
        return true;
    });
    return found;
}

void worker::wait_for(scope& s) noexcept {
    std::uint64_t start = os::ticks();
    for (;;) {
        run_own_of(s);
        settle();
        if (s.latch.is_done()) return;
        if (tagged_job task = steal_of_scope(s); task.job) {
            show_before();
            run(task);
            start = os::ticks();
        } else if (os::ticks() - start > pool.wait_ticks()) {
            break;
        } else {
            cpu_relax();
        }
    }
    share_everything();
    s.latch.announce_wait();
    lend_until([&] { return s.latch.is_done(); },
               [&] {
                   // Nobody is free: dig for tasks of this scope wherever they lie.
                   pool.move_tasks_outside();
                   return steal_of_scope(s);
               });
}

// -- blocking in the user's own code --------------------------------------------------------------

void worker::begin_blocking() noexcept {
    if (blocking_depth++ > 0) return;
    share_everything();
    lend_places();
}

void worker::end_blocking() noexcept {
    if (blocking_depth == 0 || --blocking_depth > 0) return;
    take_places();
}

void worker::put_blocking_right(std::uint32_t depth) noexcept {
    const bool blocks = blocking_depth > 0;
    blocking_depth = depth;
    if (depth == 0) return take_places();
    if (blocks) return;
    share_everything();
    lend_places();
}

// -- mail in a wait -------------------------------------------------------------------------------

// Each runtime's calls run as its own worker: on top of whatever the thread has entered since.
bool worker::run_mail_in_wait() noexcept {
    bool any = false;
    for (worker* w = this; w; w = outer_of(w)) {
        if (!w->has_mail()) continue;
        any = true;
        veda_worker_head_t* inner = std::exchange(veda_worker_self, w->forks.head());
        w->run_in_wait([w] { w->run_mailbox(); });
        veda_worker_self = inner;
    }
    return any;
}

// -- places ---------------------------------------------------------------------------------------

// A thread that entered a second runtime from a task of the first holds a place in both, and when it
// waits, it waits in both.
void worker::lend_places() noexcept {
    for (worker* w = this; w; w = outer_of(w)) {
        if (!w->holds_place.load(relaxed)) continue;  // relaxed: the thread's own
        if (w != this) w->share_everything();
        w->counts.add(counter::lends);
        w->pool.leave_place(*w);
    }
}

// Of a thread that entered a runtime a second time, the inner worker has its place.
bool worker::is_covered_by(const worker* innermost) const noexcept {
    for (const worker* w = innermost; w != this; w = outer_of(const_cast<worker*>(w)))
        if (&w->pool == &pool) return true;
    return false;
}

// In the order of the runtimes' beginnings, so that two threads that wait for places of two runtimes do not
// wait for each other.
void worker::take_places() noexcept {
    for (;;) {
        worker* next = nullptr;
        for (worker* w = this; w; w = outer_of(w)) {
            if (w->holds_place.load(relaxed) || w->is_covered_by(this)) continue;
            if (!next || w->pool.id() < next->pool.id()) next = w;
        }
        if (!next) return;
        next->pool.take_place(*next);
    }
}

// The place of this one is given up once more, where others are missing that come before it in the order.
void worker::take_places_again() noexcept {
    for (const worker* w = outer_of(this); w; w = outer_of(const_cast<worker*>(w)))
        if (!w->holds_place.load(relaxed) && !w->is_covered_by(this) && w->pool.id() < pool.id())
            return lend_places(), take_places();
    take_places();
}

}  // namespace veda::rt
