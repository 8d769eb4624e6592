// enter.hpp: makes the calling thread a worker of a runtime for the length of a block, unless it is one
// already.
#pragma once

#include "job/callback.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

class entered {
  public:
    explicit entered(registry& pool) noexcept : worker_(worker::current()) {
        const void* here = __builtin_frame_address(0);
        if (worker_ && worker_->was_jumped_out_of(here)) [[unlikely]]
            callback_jumped("a callback of this thread");
        if (worker_ && &worker_->pool == &pool) return;
        worker_ = guest_ = pool.enter();
        if (guest_) guest_->entry_frame = here;
    }
    ~entered() {
        if (!guest_) return;
        guest_->returned();
        if (guest_->forks.height() != 0) [[unlikely]]
            callback_jumped("the callback of veda_run");
        guest_->entry_frame = nullptr;
        guest_->pool.leave(*guest_);
    }
    entered(const entered&) = delete;

    // nullptr if every guest place is taken.
    worker* get() const noexcept { return worker_; }

  private:
    worker* worker_;
    worker* guest_ = nullptr;
};

// True if the calling thread is inside this runtime, also further down its stack. The address may be that
// of anything: it is only compared.
inline bool is_inside(const registry* pool) noexcept {
    for (worker* w = worker::current(); w; w = worker::outer_of(w))
        if (&w->pool == pool) return true;
    return false;
}
inline bool is_inside(const registry& pool) noexcept { return is_inside(&pool); }

}  // namespace veda::rt
