// guests.cpp: threads from outside that are workers for a while. See README.md in this folder.
#include <algorithm>

#include "base/mutex.hpp"
#include "os/thread.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

// The guest slot a thread had last, to get the same one again while it is warm.
struct guest_memory {
    std::uint64_t pool_id;
    std::uint32_t slot;
};
thread_local guest_memory last_guest{0, 0};

// Slots of guests that everybody goes on looking at: so many cost less than to join and leave each time.
constexpr std::uint32_t guests_kept = 8;

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
    guests_inside_.fetch_add(1, relaxed);  // relaxed: what a drain must see comes with its end
    if (!roster_.contains(guest->slot)) roster_.join(guest->slot);
    guest->spawns.request_for_sleep();  // who fell asleep before did not ask this worker
    guest->watch.thread_id.store(os::thread_id(), relaxed);
    guest->outer = veda_worker_self;
    guest->blocking_depth = 0;
    guest->next_room_ticks = 0;
    veda_worker_self = guest->forks.head();
    guest->arrive();
    watch.work_begins();
    return guest;
}

worker* worker::same_pool_outside() noexcept {
    for (worker* w = outer_of(this); w; w = outer_of(w))
        if (&w->pool == &pool) return w;
    return nullptr;
}

// A guest's first place. A thread that was inside already brings the place it has. One that must wait for a
// place lends those that it holds in other runtimes meanwhile, which may depend on them.
void worker::arrive() noexcept {
    if (worker* before = same_pool_outside(); before && before->holds_place.load(relaxed)) {
        before->holds_place.store(false, relaxed);
        return holds_place.store(true, relaxed);
    }
    if (pool.try_take_place()) return holds_place.store(true, relaxed);
    worker* outer = outer_of(this);
    if (!outer || !outer->holds_place.load(relaxed)) return pool.take_place(*this);
    outer->lend_places();
    take_places();
}

// The guest's place goes back to where it came from. After a veda_blocking_begin that had no end there is
// none.
void worker::depart() noexcept {
    restore_blocking(0);
    holds_place.store(false, relaxed);
    if (worker* before = same_pool_outside()) return before->holds_place.store(true, relaxed);
    pool.people.leave_place();
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
    guest.depart();
    veda_worker_self = guest.outer;
    guest.watch.thread_id.store(0, relaxed);
    if (guest.slot >= first_guest_ + guests_kept) roster_.leave(guest.slot);
    guest.guest_taken.store(0, release);  // pairs with take_guest_slot
    place_is_free(guest.slot);
    guests_inside_.fetch_sub(1, release);  // the last touch: a drain may end the runtime now
}

}  // namespace veda::rt
