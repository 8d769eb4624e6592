// injector.hpp: the queue for work that no worker's deque holds: from threads outside, overflow, and
// the rare job that a thief took by mistake and gives back. First in, first out.
//
// A list under a lock: it is off the hot path, a lock is 20 ns when nobody else wants it, and jobs must
// be removable from the middle (a waiter takes its own back). Nobody blocks while holding it.
#pragma once

#include <veda/job.h>

#include "base/cache_line.hpp"
#include "base/mutex.hpp"
#include "deque/spawn_deque.hpp"
#include "job/job.hpp"

namespace veda::rt {

class injector {
  public:
    void push(const tagged_job* tasks, std::uint32_t count) noexcept;

    void push_one(tagged_job task) noexcept { push(&task, 1); }

    static constexpr job_tag any_tag = 0;
    // The oldest tasks with this tag, at most count of them; how many.
    std::uint32_t pop(job_tag tag, tagged_job* out, std::uint32_t count) noexcept;
    // Takes this very job out. False if it is not here.
    bool remove(veda_job_t* job) noexcept;

    std::uint32_t size() const noexcept { return count_.load(relaxed); }
    // Without the lock. relaxed: a hint for searchers, who come again.
    bool empty() const noexcept { return count_.load(relaxed) == 0; }
    // seq_cst: the last look before sleep; pairs with the store in push.
    bool empty_for_sleep() const noexcept { return count_.load(seq_cst) == 0; }

  private:
    tagged_job unlink(veda_job_t* job) noexcept;
    std::uint32_t pop_front(job_tag tag, tagged_job* out, std::uint32_t count) noexcept;

    mutex lock_;
    veda_job_t* first_ = nullptr;
    veda_job_t* last_ = nullptr;
    alignas(cache_line) atomic<std::uint32_t> count_{0};  // written under the lock
};

}  // namespace veda::rt
