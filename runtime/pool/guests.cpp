// guests.cpp: threads from outside that are workers for a while. See README.md in this folder.
#include <algorithm>

#include "base/mutex.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

// The guest slot a thread had last, to get the same one again while it is warm.
struct guest_memory {
    std::uint64_t pool_id;
    std::uint32_t slot;
};
thread_local guest_memory last_guest{0, 0};

}  // namespace

worker* registry::take_guest_slot(std::uint32_t slot) noexcept {
    worker* guest = at(slot);
    if (!guest) {
        lock_guard guard(start_lock_);
        guest = at(slot);
        if (!guest) {
            guest = make_worker(slot, worker_kind::guest);
            if (!guest) return nullptr;
            slots_[slot].store(guest, release);  // release: pairs with at()
            high_slot_.store(std::max(high_slot_.load(relaxed), slot + 1), relaxed);
        }
    }
    std::uint32_t free = 0;
    // acquire: what the last guest left behind in the worker; pairs with leave.
    return guest->guest_taken.compare_exchange_strong(free, 1, acquire, relaxed) ? guest : nullptr;
}

worker* registry::enter() noexcept {
    worker* guest = nullptr;
    if (last_guest.pool_id == id_) guest = take_guest_slot(last_guest.slot);
    for (std::uint32_t slot = first_guest_; !guest && slot < slot_count_; ++slot)
        guest = take_guest_slot(slot);
    if (!guest) return nullptr;
    last_guest = {id_, guest->slot};
    guests_inside_.fetch_add(1, seq_cst);
    guest->outer = veda_worker_self;
    guest->has_place = true;
    guest->blocking_depth = 0;
    veda_worker_self = guest->forks.head();
    people.take_place();
    watch.work_begins();
    return guest;
}

bool registry::has_free_guest_slot() const noexcept {
    for (std::uint32_t slot = first_guest_; slot < slot_count_; ++slot)
        if (!at(slot)) return true;
    return false;
}

void registry::leave(worker& guest) noexcept {
    guest.returned();
    guest.settle();
    // What the guest queued and nobody took yet goes where anybody may take it.
    while (!guest.spawns.empty()) guest.spill();
    veda_worker_self = guest.outer;
    if (guest.has_place) people.leave_place();  // not after a veda_blocking_begin that had no end
    guest.guest_taken.store(0, release);  // pairs with take_guest_slot
    notify_if_work(guest.slot);
    guests_inside_.fetch_sub(1, seq_cst);  // the last touch: a drain may end the runtime now
}

}  // namespace veda::rt
