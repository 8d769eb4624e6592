// join.hpp: fork and join for the runtime's own loops, their slow halves for everybody, and joins of many
// branches. The fast halves are also inlined in <veda/job.h>'s users and in capi/src/job.cpp.
#pragma once

#include "pool/worker.hpp"

namespace veda::rt {

// Where the job was put; see fork_deque::push_slow.
veda_job_t** fork_slow(worker& self, veda_job_t* job) noexcept;

// VEDA_JOIN_TAKE or VEDA_JOIN_DONE.
std::int32_t join_slow(worker& self, veda_job_t* job, veda_job_t** slot) noexcept;

// The fast half of a fork: where the job was put, or nullptr if somebody asks for work.
inline veda_job_t** try_fork(worker& self, veda_job_t* job) noexcept {
    veda_worker_head_t* head = self.forks.head();
    veda_job_t** slot = head->head;
    if (slot >= atomic_view(head->limit).load(relaxed)) return nullptr;
    job->state = 0;
    job->thief = 0;
    atomic_view(*slot).store(job, relaxed);  // relaxed: publish releases it
    atomic_view(head->head).store(slot + 1, relaxed);
    return slot;
}
inline veda_job_t** fork(worker& self, veda_job_t* job) noexcept {
    veda_job_t** slot = try_fork(self, job);
    return slot ? slot : fork_slow(self, job);
}
inline std::int32_t join(worker& self, veda_job_t* job, veda_job_t** slot) noexcept {
    veda_worker_head_t* head = self.forks.head();
    if (slot < atomic_view(head->split).load(relaxed)) return join_slow(self, job, slot);
    atomic_view(head->head).store(slot, relaxed);
    return VEDA_JOIN_TAKE;
}

// Nobody else sees the fork in this slot, and nobody has asked for work. As long as that is so, its owner may
// change what it will do: a thief reads that after the owner has published it.
inline bool is_private(worker& self, veda_job_t** slot) noexcept {
    return slot >= atomic_view(self.forks.head()->split).load(relaxed);
}

// See veda_hungry_places.
std::uint32_t hungry_places(const worker& self) noexcept;

// Forks many branches that may be long; the rule is told in README.md.
class branch_forks {
  public:
    explicit branch_forks(worker& self) noexcept
        : self_(self), all_shown_(is_asked(self)), shown_(all_shown_) {}

    bool all_shown() const noexcept { return all_shown_; }
    veda_job_t** fork(veda_job_t* job) noexcept {
        if (!shown_) [[likely]] {
            if (veda_job_t** slot = try_fork(self_, job)) [[likely]] return slot;
        }
        return fork_shown(job);
    }

  private:
    // The next fork would be shown anyway: somebody asks, or nothing of this worker is public.
    static bool is_asked(worker& self) noexcept {
        veda_worker_head_t* head = self.forks.head();
        return head->head >= atomic_view(head->limit).load(relaxed);  // relaxed: a hint
    }
    veda_job_t** fork_shown(veda_job_t* job) noexcept;

    worker& self_;
    const bool all_shown_;
    bool shown_;
};

// See veda_join_n.
void join_n(worker& self, std::uint64_t count, veda_branch_fn branch, void* ctx) noexcept;

// join for a caller that remembers no slot; VEDA_E_ORDER if job is not the last fork.
std::int32_t join_last(worker& self, veda_job_t* job) noexcept;
// join_slow for a caller that may be wrong about the slot: VEDA_E_ORDER if it is not the last fork's.
std::int32_t join_slow_checked(worker& self, veda_job_t* job, veda_job_t** slot) noexcept;

}  // namespace veda::rt
