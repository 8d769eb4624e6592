// join.hpp: the slow halves of fork and join. The fast halves are inlined in <veda/job.h>'s users and in
// capi/src/job.cpp.
#pragma once

#include "pool/worker.hpp"

namespace veda::rt {

// Where the job was put; see fork_deque::push_slow.
veda_job_t** fork_slow(worker& self, veda_job_t* job) noexcept;

// VEDA_JOIN_TAKE or VEDA_JOIN_DONE.
std::int32_t join_slow(worker& self, veda_job_t* job, veda_job_t** slot) noexcept;

// The fast halves, for the runtime's own loops.
inline veda_job_t** fork(worker& self, veda_job_t* job) noexcept {
    veda_worker_head_t* head = self.forks.head();
    veda_job_t** slot = head->head;
    if (slot >= atomic_view(head->limit).load(relaxed)) return fork_slow(self, job);
    job->state = 0;
    job->thief = 0;
    atomic_view(*slot).store(job, relaxed);  // relaxed: publish releases it
    atomic_view(head->head).store(slot + 1, relaxed);
    return slot;
}
inline std::int32_t join(worker& self, veda_job_t* job, veda_job_t** slot) noexcept {
    veda_worker_head_t* head = self.forks.head();
    if (slot < atomic_view(head->split).load(relaxed)) return join_slow(self, job, slot);
    atomic_view(head->head).store(slot, relaxed);
    return VEDA_JOIN_TAKE;
}

// join for a caller that remembers no slot; VEDA_E_ORDER if job is not the last fork.
std::int32_t join_last(worker& self, veda_job_t* job) noexcept;
// join_slow for a caller that may be wrong about the slot: VEDA_E_ORDER if it is not the last fork's.
std::int32_t join_slow_checked(worker& self, veda_job_t* job, veda_job_t** slot) noexcept;

}  // namespace veda::rt
