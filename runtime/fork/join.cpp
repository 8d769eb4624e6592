#include "fork/join.hpp"

#include "base/status.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {
void tell_shared(worker& self) noexcept {
    self.counts.add(counter::shared);
    self.pool.notify(self.slot);
}

// With two places there is one thief at most, for whom half is enough.
bool share_all(const worker& self) noexcept {
    return self.pool.limit() > 2 && self.pool.many_hungry();
}

}  // namespace

veda_job_t** fork_slow(worker& self, veda_job_t* job) noexcept {
    self.returned();
    const fork_deque::pushed pushed = self.forks.push_slow(job, share_all(self));
    if (pushed.shared) tell_shared(self);
    return pushed.slot;
}

std::int32_t join_slow(worker& self, veda_job_t* job, veda_job_t** slot) noexcept {
    self.returned();
    switch (self.forks.pop_slow(slot, share_all(self))) {
        case fork_deque::pop_result::taken_and_shared: tell_shared(self); return VEDA_JOIN_TAKE;
        case fork_deque::pop_result::taken: return VEDA_JOIN_TAKE;
        case fork_deque::pop_result::stolen: break;
    }
    self.wait_for(job);
    self.forks.forget_stolen(slot);
    return VEDA_JOIN_DONE;
}

namespace {

[[gnu::noinline, gnu::cold]] std::int32_t refuse_order(worker& self, veda_job_t* job) noexcept {
    return fail(VEDA_E_ORDER,
                "job %p is not the last fork of worker %u that is not joined; joins must come in the "
                "opposite order of forks",
                static_cast<void*>(job), self.slot);
}

}  // namespace

std::int32_t join_last(worker& self, veda_job_t* job) noexcept {
    veda_job_t** slot;
    if (!self.forks.is_last(job, slot)) return refuse_order(self, job);
    return join(self, job, slot);
}

std::int32_t join_slow_checked(worker& self, veda_job_t* job, veda_job_t** slot) noexcept {
    veda_job_t** last;
    if (!self.forks.is_last(job, last) || last != slot) [[unlikely]]
        return refuse_order(self, job);
    return join_slow(self, job, slot);
}

}  // namespace veda::rt
