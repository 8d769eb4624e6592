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

// worker::waits_on: 0, or whom the worker waits for.
//
//      63          48 47          32 31             0
//     +--------------+--------------+----------------+
//     |   sequence   |   slot + 1   |      base      |
//     +--------------+--------------+----------------+
std::uint64_t pack_wait(std::uint32_t sequence, fork_latch::thief_info thief) noexcept {
    return std::uint64_t{sequence & 0xffff} << 48 | std::uint64_t{thief.slot + 1} << 32 | thief.base;
}
fork_latch::thief_info unpack_wait(std::uint64_t word) noexcept {
    if (word == 0) return {false, 0, 0};
    return {true, static_cast<std::uint32_t>(word >> 32 & 0xffff) - 1,
            static_cast<std::uint32_t>(word)};
}

constexpr int longest_chain = 4;
constexpr std::uint64_t brief_wait_ns = 400;

}  // namespace

// -- a stolen fork --------------------------------------------------------------------------------

// Steals back from the thief of the job, or from the thief's thief: those run parts of the job, and so
// does whatever they forked since. base says where that begins in the thief's deque. The links of the
// chain may change while we look, so they are checked again after the steal: if each still holds,
// what we took was forked below the job. If not, it may be foreign, and is given away.
tagged_job worker::leapfrog(veda_job_t* job) noexcept {
    const fork_latch latch(job);
    fork_latch::thief_info thief = latch.thief();
    if (!thief.known) return {};
    waits_on.store(pack_wait(wait_sequence_, thief), release);
    struct link {
        worker* victim;
        std::uint64_t seen;
    } chain[longest_chain];
    int length = 0;
    while (thief.known && length < longest_chain) {
        worker* victim = pool.at(thief.slot);
        if (!victim || victim == this) return {};
        counts.add(counter::steal_attempts);
        if (veda_job_t* stolen = victim->forks.steal(thief.base)) {
            stolen->reserved[word_owner] = reinterpret_cast<std::uint64_t>(victim);
            bool ours = !latch.is_done();
            for (int i = 0; i < length; ++i)
                ours = ours && chain[i].victim->waits_on.load(acquire) == chain[i].seen;
            if (ours) {
                counts.add(counter::stolen);
                counts.add(counter::leapfrogged);
                return {stolen, fork_tag};
            }
            give_back({stolen, fork_tag});
            return {};
        }
        const std::uint64_t seen = victim->waits_on.load(acquire);
        chain[length++] = {victim, seen};
        thief = unpack_wait(seen);
    }
    return {};
}

void worker::wait_for(veda_job_t* job) noexcept {
    flush_done();
    fork_latch latch(job);
    ++wait_sequence_;
    std::uint64_t start = os::ticks();
    // A short job is over soon, and looking into its thief's deque would only slow the thief down.
    const std::uint64_t brief = brief_wait_ns * os::ticks_per_us() / 1000;
    while (!latch.is_done() && os::ticks() - start < brief) cpu_relax();
    while (!latch.is_done() && os::ticks() - start < pool.wait_ticks()) {
        if (tagged_job task = leapfrog(job); task.job) {
            run(task);
            ++wait_sequence_;
            start = os::ticks();
        } else {
            cpu_relax();
        }
    }
    waits_on.store(0, release);
    if (latch.is_done()) return;
    share_everything();
    if (!latch.announce_wait()) return;
    bool rescued = false;
    lend_until([&] { return rescued || latch.is_done(); },
               [&] {
                   // A thief gave the job back, and nobody is free to take it: run it here.
                   if (!pool.outside.remove(job)) return false;
                   run({job, fork_tag});
                   return rescued = true;
               });
}

// -- a scope --------------------------------------------------------------------------------------

// What this worker itself queued since the scope began. Tasks of other scopes that lie in between are
// foreign to this wait and go where anybody may take them.
void worker::run_own_of(scope& s) noexcept {
    const auto tag = reinterpret_cast<job_tag>(&s);
    for (;;) {
        offer();
        const tagged_job task = spawns.pop(s.floor);
        if (!task.job) return;
        if (task.tag == tag)
            run(task);
        else
            give_back(task);
    }
}

// A task of the scope from the injector or from the front of another worker's queue.
tagged_job worker::steal_of_scope(scope& s) noexcept {
    const auto tag = reinterpret_cast<job_tag>(&s);
    if (tagged_job task = from_injector(tag); task.job) return task;
    const std::uint32_t count = pool.high_slot();
    for (std::uint32_t i = 0; i < count; ++i) {
        worker* victim = pool.at(i);
        if (!victim || victim == this) continue;
        const tagged_job task = victim->spawns.steal_tagged(tag);
        if (!task.job) continue;
        if (task.tag == tag) {
            counts.add(counter::stolen);
            counts.add(counter::leapfrogged);
            return task;
        }
        give_back(task);
    }
    return {};
}

void worker::wait_for(scope& s) noexcept {
    std::uint64_t start = os::ticks();
    for (;;) {
        run_own_of(s);
        flush_done();
        if (s.latch.is_done()) return;
        if (tagged_job task = steal_of_scope(s); task.job) {
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
                   pool.move_public_tasks_outside(*this);
                   const tagged_job task = steal_of_scope(s);
                   if (!task.job) return false;
                   run(task);
                   run_own_of(s);
                   flush_done();
                   return true;
               });
}

// -- blocking in the user's own code --------------------------------------------------------------

void worker::begin_blocking() noexcept {
    if (blocking_depth++ > 0) return;
    flush_done();
    share_everything();
    lend_place();
}

void worker::end_blocking() noexcept {
    if (blocking_depth == 0 || --blocking_depth > 0) return;
    pool.people.take_place();
}

void worker::lend_place() noexcept {
    counts.add(counter::lends);
    pool.people.leave_place();
    pool.notify_if_work(slot);
}

}  // namespace veda::rt
