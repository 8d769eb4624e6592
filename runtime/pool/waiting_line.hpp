// waiting_line.hpp: threads that have something to go on with and wait for a place, first come, first served.
// Off every fast path: a lock, held for a few instructions.
#pragma once

#include "base/mutex.hpp"
#include "pool/worker.hpp"

namespace veda::rt {

class waiting_line {
  public:
    void join(worker& w) noexcept {
        lock_guard guard(lock_);
        w.behind = nullptr;
        (last_ ? last_->behind : first_) = &w;
        last_ = &w;
    }

    void leave(worker& w) noexcept {
        lock_guard guard(lock_);
        worker* before = nullptr;
        for (worker* at = first_; at != &w; at = at->behind) before = at;
        (before ? before->behind : first_) = w.behind;
        if (last_ == &w) last_ = before;
    }

    // The first one looks whether a place is free. Under the lock: once it has left the line, its runtime may
    // be gone.
    void wake_first() noexcept {
        lock_guard guard(lock_);
        if (first_) first_->sleeper.unpark();
    }

  private:
    mutex lock_;
    worker* first_ = nullptr;
    worker* last_ = nullptr;
};

}  // namespace veda::rt
