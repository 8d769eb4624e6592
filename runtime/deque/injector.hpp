// injector.hpp: the queue for work that no worker's deque holds: from threads outside, overflow, and
// the rare job that a thief took by mistake and gives back. First in, first out for each scope, and for all
// that belongs to none; these lists take turns.
//
// Lists under a lock: it is off the hot path, a lock is 20 ns when nobody else wants it, and jobs must
// be removable from the middle (a waiter takes its own back). Nobody blocks while holding it, and nothing
// that is done under it grows with what is queued.
#pragma once

#include <veda/job.h>

#include "base/cache_line.hpp"
#include "base/mutex.hpp"
#include "deque/spawn_deque.hpp"
#include "job/job.hpp"
#include "job/task_list.hpp"

namespace veda::rt {

class injector {
  public:
    void push(const tagged_job* tasks, std::uint32_t count) noexcept;

    void push_one(tagged_job task) noexcept { push(&task, 1); }

    // The oldest tasks of the lists whose turn it is, at most count of them; how many.
    std::uint32_t pop(tagged_job* out, std::uint32_t count) noexcept;
    // The oldest tasks of this scope, whose end is not reached meanwhile.
    std::uint32_t pop_of(job_tag scope_tag, tagged_job* out, std::uint32_t count) noexcept;
    // Takes this very fork out. False if it is not here.
    bool remove(veda_job_t* fork) noexcept;

    std::uint32_t size() const noexcept { return count_.load(relaxed); }
    // Without the lock. relaxed: a hint for searchers, who come again.
    bool empty() const noexcept { return count_.load(relaxed) == 0; }
    // seq_cst: the last look before sleep; pairs with the store in push.
    bool empty_for_sleep() const noexcept { return count_.load(seq_cst) == 0; }

  private:
    task_list& list_of(job_tag tag) noexcept;
    void push_run(const tagged_job* tasks, std::uint32_t count) noexcept;
    void append(task_list& list, veda_job_t* first, veda_job_t* last, std::uint32_t count) noexcept;
    std::uint32_t take(task_list& list, tagged_job* out, std::uint32_t count) noexcept;
    void note_taken(task_list& list, std::uint32_t count) noexcept;

    mutex lock_;
    task_list common_;             // forks and detached tasks
    task_list* turn_ = nullptr;    // the list that is next, in the ring of those that hold something
    alignas(cache_line) atomic<std::uint32_t> count_{0};  // written under the lock
};

}  // namespace veda::rt
