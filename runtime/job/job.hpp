// job.hpp: the job, seen from inside: who may touch which word of a veda_job_t, and when.
//
// A job is either a fork (it lives on its owner's stack, the owner will join it) or a task (spawned,
// it belongs to a scope or is detached). The struct is public C, so its words are reached through
// atomic views. Nothing here knows workers, deques or sleep.
//
//   run       written by the user before the job is offered; read by whoever runs it
//   state     fork only: the protocol below
//   thief     fork only: 1 + slot of the worker that took it, 0 while unknown, all ones while the job sits in
//             the injector; after base
//   base      fork only: the height of the thief's fork deque when it began this job
//   owner     fork only: the worker to wake; written by the thief, for a job that changes hands again
//   next,prev,tag   while the job sits in the injector, which alone touches them
//   state,thief     task only: while it sits in the injector, the hint below
//   the last three words are the spawner's own in a task
#pragma once

#include <veda/job.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/atomic.hpp"

namespace veda::rt {

// What a job's completion must tell: a scope's address, or one of these two.
using job_tag = std::uintptr_t;
inline constexpr job_tag detached_tag = 1;
inline constexpr job_tag fork_tag = 2;
inline bool is_scope(job_tag tag) noexcept { return tag > fork_tag; }
// Set in the tag of the running task once it has reported a failure; a scope's address has the bit free.
inline constexpr job_tag failed_bit = 4;

// The names of veda_job_t.reserved; owner and base are used in forks only.
enum job_word : unsigned { word_next, word_prev, word_tag, word_owner, word_base, word_user };
static_assert(word_owner == VEDA_TASK_ROOM_WORD && VEDA_TASK_ROOM == 3 * sizeof(std::uint64_t));

// A task that waits in a long queue names one that comes soon after it. Only to be prefetched: it may be
// gone by then. Lies in state and thief, which tasks do not use.
inline void set_hint(veda_job_t* task, const veda_job_t* later) noexcept {
    std::memcpy(&task->state, &later, sizeof later);
}
inline const void* hint(const veda_job_t* task) noexcept {
    const void* later;
    std::memcpy(&later, &task->state, sizeof later);
    return later;
}
static_assert(offsetof(veda_job_t, thief) == offsetof(veda_job_t, state) + sizeof(std::uint32_t));

// The states of a fork.
//
//   pending ──thief finishes──► done
//   pending ──owner parks────► waited ──thief finishes──► done, and the owner is woken
//
// The thief's exchange to done is its last touch: the owner's stack frame may vanish right after.
enum class fork_state : std::uint32_t { pending = 0, waited = 1, done = 2 };

class fork_latch {
  public:
    explicit fork_latch(veda_job_t* job) noexcept : job_(job) {}

    // Pairs with the release in complete(): everything the thief wrote is visible.
    bool is_done() const noexcept {
        return atomic_view(job_->state).load(acquire) == std::uint32_t(fork_state::done);
    }

    // Owner, about to park. False: the job is done meanwhile, do not park. acquire, if it is done: as in
    // is_done. relaxed, if it is not: the thief learns no more than that somebody waits, and wakes a parker
    // that lives as long as the runtime.
    [[nodiscard]] bool announce_wait() noexcept {
        std::uint32_t expected = std::uint32_t(fork_state::pending);
        return atomic_view(job_->state)
                   .compare_exchange_strong(expected, std::uint32_t(fork_state::waited), relaxed,
                                            acquire) ||
               expected == std::uint32_t(fork_state::waited);
    }

    // Thief, exactly once. True: the owner is parked and must be woken; do not touch the job again.
    // release: what the job wrote; pairs with is_done.
    [[nodiscard]] bool complete() noexcept {
        return atomic_view(job_->state).exchange(std::uint32_t(fork_state::done), release) ==
               std::uint32_t(fork_state::waited);
    }

    // Thief: tells the owner who runs the job, so that it can steal back from there. base is written
    // first; the release pairs with the acquire in thief().
    void set_thief(std::uint32_t slot, std::uint32_t base) noexcept {
        atomic_view(job_->reserved[word_base]).store(base, relaxed);
        atomic_view(job_->thief).store(slot + 1, release);
    }
    void clear_thief() noexcept { atomic_view(job_->thief).store(0, relaxed); }

    // Injector, under its lock: the job lies there, where no thief has it. relaxed: the lock orders it, and a
    // waiter that reads the word meanwhile learns only that no thief is known.
    void set_queued(bool queued) noexcept {
        atomic_view(job_->thief).store(queued ? in_injector : 0, relaxed);
    }
    bool is_queued() const noexcept { return atomic_view(job_->thief).load(relaxed) == in_injector; }

    struct thief_info {
        bool known;
        std::uint32_t slot, base;
    };
    thief_info thief() const noexcept {
        const std::uint32_t slot = atomic_view(job_->thief).load(acquire);
        if (slot == 0 || slot == in_injector) return {false, 0, 0};
        // relaxed: ordered after the acquire above.
        const auto base = atomic_view(job_->reserved[word_base]).load(relaxed);
        return {true, slot - 1, static_cast<std::uint32_t>(base)};
    }

  private:
    static constexpr std::uint32_t in_injector = UINT32_MAX;

    veda_job_t* job_;
};

}  // namespace veda::rt
