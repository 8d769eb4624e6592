// branch_forks.hpp: how a worker forks many branches that may be long: a join_n, a short loop.
//
// Branches that begin while somebody asks for work, or while nothing of this worker is public, are all shown:
// eight long bodies on eight workers then all begin at once. Otherwise they stay private, at the price of any
// fork, so that a million small loops inside each other show next to nothing. If somebody asks later, the
// forks that follow are shown while places are hungry, because the next body may be long, and its worker does
// not look up before it is over.
// It must not call the library as long as forks are private.
#ifndef VEDA_DETAIL_BRANCH_FORKS_HPP
#define VEDA_DETAIL_BRANCH_FORKS_HPP

#include <veda/job.h>
#include <veda/detail/stack_job.hpp>

namespace veda::detail {

#ifndef VEDA_NO_INLINE_TIER
// The next fork of this worker would be shown anyway.
inline bool is_asked(worker_ptr worker) noexcept {
    return not_below(__atomic_load_n(&worker->head, __ATOMIC_RELAXED), &worker->limit);
}
inline fork_slot show_fork(worker_ptr worker, veda_job_t* job) { return veda_fork_slow(worker, job); }
#else
inline bool is_asked(worker_ptr) noexcept { return veda_hungry_places() != 0; }
inline fork_slot show_fork(worker_ptr worker, veda_job_t* job) {
    (void)veda_fork_slow(reinterpret_cast<veda_worker_head_t*>(worker), job);
    return {};
}
#endif

// Of one worker, and of one join or loop on it.
class branch_forks {
  public:
    explicit branch_forks(worker_ptr worker) noexcept
        : worker_(worker), all_shown_(is_asked(worker)), shown_(all_shown_) {}

    worker_ptr worker() const noexcept { return worker_; }
    bool all_shown() const noexcept { return all_shown_; }

    [[gnu::__always_inline__]] fork_slot fork(veda_job_t* job) {
        fork_slot slot;
        if (!shown_ && try_fork(worker_, job, slot)) [[likely]] {
            return slot;
        }
        return fork_and_look(job);
    }

  private:
    [[gnu::__cold__, gnu::__noinline__]] fork_slot fork_and_look(veda_job_t* job) {
        const fork_slot slot = show_fork(worker_, job);
        shown_ = all_shown_ || veda_hungry_places() != 0;
        return slot;
    }

    worker_ptr const worker_;
    const bool all_shown_;
    bool shown_;
};

}  // namespace veda::detail

#endif
