// branch_forks.hpp: how a worker forks many branches that may be long: a join_n, a short loop.
//
// A fork stays private as long as the way is open, at the price of any fork. It is refused when somebody
// asks for work, or when nothing of this worker is public; then it is shown, and all that follow as well
// while places are hungry: the next body may be long, and its worker does not look up before it is over.
// So eight long bodies on eight workers all begin at once, and a million small joins show next to nothing.
// It must not call the library as long as forks are private.
#ifndef VEDA_DETAIL_BRANCH_FORKS_HPP
#define VEDA_DETAIL_BRANCH_FORKS_HPP

#include <veda/job.h>
#include <veda/detail/stack_job.hpp>

namespace veda::detail {

// Of one worker, and of one join or loop on it.
class branch_forks {
  public:
    explicit branch_forks(worker_ptr worker) noexcept : worker_(worker) {}

    worker_ptr worker() const noexcept { return worker_; }

    [[gnu::always_inline]] fork_slot fork(veda_job_t* job) {
        fork_slot slot;
        if (!shown_ && try_fork(worker_, job, slot)) [[likely]] {
            return slot;
        }
        return fork_and_look(job);
    }

  private:
    [[gnu::cold, gnu::noinline]] fork_slot fork_and_look(veda_job_t* job) {
        const fork_slot slot = fork_shown(worker_, job);
        shown_ = veda_hungry_places() != 0;
        return slot;
    }

    worker_ptr const worker_;
    bool shown_ = false;
};

}  // namespace veda::detail

#endif
