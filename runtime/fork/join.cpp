#include "fork/join.hpp"

#include "base/status.hpp"
#include "job/callback.hpp"
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

// It was too early to make room, and what asked for it has been withdrawn with the other requests.
void look_again(worker& self) noexcept {
    if (self.is_room_wanted() && self.pool.somebody_waits(self)) [[unlikely]] self.forks.request();
}

}  // namespace

veda_job_t** fork_slow(worker& self, veda_job_t* job) noexcept {
    self.returned();
    self.look_for_room();
    const fork_deque::pushed pushed = self.forks.push_slow(job, share_all(self));
    if (pushed.shared) tell_shared(self);
    look_again(self);
    return pushed.slot;
}

std::int32_t join_slow(worker& self, veda_job_t* job, veda_job_t** slot) noexcept {
    self.returned();
    const fork_deque::pop_result popped = self.forks.pop_slow(slot, share_all(self));
    if (popped == fork_deque::pop_result::stolen) {
        self.wait_for(job);
        self.forks.forget_stolen(slot);
        return VEDA_JOIN_DONE;
    }
    if (popped == fork_deque::pop_result::taken_and_shared) tell_shared(self);
    look_again(self);
    return VEDA_JOIN_TAKE;
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

// -- many branches --------------------------------------------------------------------------------

std::uint32_t hungry_places(const worker& self) noexcept {
    const head_count now = self.pool.people.load();
    const std::uint32_t working = now.active - now.searching;
    const std::uint32_t places = self.pool.limit();
    return working < places ? places - working : 0;
}

veda_job_t** branch_forks::fork_shown(veda_job_t* job) noexcept {
    veda_job_t** slot = fork_slow(self_, job);
    shown_ = all_shown_ || hungry_places(self_) != 0;
    return slot;
}

namespace {

struct branches {
    veda_branch_fn call;
    void* ctx;
};

void run_branch(worker& self, const branches& all, std::uint64_t index) noexcept {
    guarded("a branch of veda_join_n", [&] { all.call(all.ctx, index, self.handle()); });
    self.returned();
}

// The branches from begin up to end, at least one.
void run_branches(worker& self, const branches& all, std::uint64_t begin, std::uint64_t end) noexcept;

struct later_branches : veda_job_t {
    const branches* all;
    std::uint64_t begin, end;

    later_branches(const branches& whole, std::uint64_t b, std::uint64_t e) noexcept
        : all(&whole), begin(b), end(e) {
        run = &run_it;
    }
    static void run_it(veda_job_t* job, veda_worker_t* w) {
        const auto* later = static_cast<later_branches*>(job);
        run_branches(*reinterpret_cast<worker*>(w), *later->all, later->begin, later->end);
    }
};

// Forks the later half, runs the earlier one.
void fork_halves(worker& self, branch_forks& forks, const branches& all, std::uint64_t begin,
                 std::uint64_t end) noexcept {
    if (end - begin == 1) return run_branch(self, all, begin);
    const std::uint64_t middle = begin + (end - begin) / 2;
    later_branches later(all, middle, end);
    veda_job_t** slot = forks.fork(&later);
    fork_halves(self, forks, all, begin, middle);
    if (join(self, &later, slot) == VEDA_JOIN_TAKE) fork_halves(self, forks, all, middle, end);
}

// While nobody asks one fork holds all that is left, and gives one branch after the other to its owner.
void run_branches(worker& self, const branches& all, std::uint64_t begin, std::uint64_t end) noexcept {
    branch_forks forks(self);
    if (forks.all_shown() || end - begin == 1) return fork_halves(self, forks, all, begin, end);
    later_branches rest(all, begin, end);
    veda_job_t** slot = forks.fork(&rest);
    while (is_private(self, slot) && end - rest.begin > 1) run_branch(self, all, rest.begin++);
    if (join(self, &rest, slot) == VEDA_JOIN_TAKE) fork_halves(self, forks, all, rest.begin, end);
}

}  // namespace

void join_n(worker& self, std::uint64_t count, veda_branch_fn branch, void* ctx) noexcept {
    if (count == 0) return;
    const branches all{branch, ctx};
    run_branches(self, all, 0, count);
}

}  // namespace veda::rt
