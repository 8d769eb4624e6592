// rooms.hpp: places that loops have left to tasks from outside. A room holds one task; the worker that takes
// it runs the task in the place that was left, and the loop waits until the place is free again. See "Loops
// make room" in README.md.
//
// Off every fast path: a lock, held for a few instructions.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "base/mutex.hpp"
#include "deque/spawn_deque.hpp"

namespace veda::rt {

// Lies on the stack of whoever made it, who may return once it is closed.
struct room {
    explicit room(tagged_job what) noexcept : task(what) {}

    // Nobody touches a closed room any more. seq_cst, as the store: whoever closes it looks for a free place
    // afterwards, and a maker that was woken for one that became free later must not find its room open.
    bool is_closed() const noexcept { return closed.load(seq_cst); }

    const tagged_job task;
    room* behind = nullptr;  // guarded by the lock of the list, as all that follows
    atomic<bool> closed{false};
};

class rooms {
  public:
    void open(room& r) noexcept {
        lock_guard guard(lock_);
        room** last = &first_;
        while (*last) last = &(*last)->behind;
        *last = &r;
        // seq_cst: the maker looks for searchers afterwards, and a searcher looks here before it sleeps.
        count_.store(count_.load(relaxed) + 1, seq_cst);
    }

    // Nobody has come for it. False if somebody has.
    [[nodiscard]] bool withdraw(room& r) noexcept {
        lock_guard guard(lock_);
        for (room** at = &first_; *at; at = &(*at)->behind)
            if (*at == &r) return remove(at), true;
        return false;
    }

    // The oldest room's task, or none. begin() takes the place for it before the room is closed, because
    // after that its maker takes it back.
    template <class Begin>
    [[nodiscard]] tagged_job take(Begin begin) noexcept {
        lock_guard guard(lock_);
        if (!first_) return {};
        begin();
        const tagged_job task = first_->task;
        remove(&first_);
        return task;
    }

    // seq_cst: see open.
    bool empty() const noexcept { return count_.load(seq_cst) == 0; }

  private:
    void remove(room** at) noexcept {
        room* r = *at;
        *at = r->behind;
        count_.store(count_.load(relaxed) - 1, relaxed);
        r->closed.store(true, seq_cst);  // the last touch
    }

    mutex lock_;
    room* first_ = nullptr;
    atomic<std::uint32_t> count_{0};  // written under the lock
};

}  // namespace veda::rt
