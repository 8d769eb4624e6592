#include "fork/event.hpp"

#include <cstring>

#include "os/futex.hpp"
#include "pool/lend.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

// word[0]. A worker waits in its parker, for which word[2..3] hold its address, written before the
// state; a thread from outside waits on the word itself.
//
//   unset ──set──► set
//   unset ──wait──► worker_waits or thread_waits ──set──► set, and the waiter is woken
enum event_state : std::uint32_t { unset, set, worker_waits, thread_waits };

auto state_of(veda_event_t& event) noexcept {
    return atomic_view(event.word[0]);
}

void wait_as_worker(veda_event_t& event, worker& self) noexcept {
    self.settle();
    self.share_everything();
    worker* address = &self;
    std::memcpy(&event.word[2], &address, sizeof address);
    std::uint32_t expected = unset;
    // release: the address; acquire: what the setter wrote, if it was first.
    if (!state_of(event).compare_exchange_strong(expected, worker_waits, acq_rel, acquire)) return;
    // Who will set the event is not known: when nobody else is left to run anything, it may be any task.
    self.lend_until([&] { return state_of(event).load(acquire) == set; },
                    [&] { return self.pool.exhausted() ? self.find_any() : tagged_job{}; });
}

void wait_as_thread(veda_event_t& event) noexcept {
    std::uint32_t expected = unset;
    if (!state_of(event).compare_exchange_strong(expected, thread_waits, acq_rel, acquire)) return;
    auto& word = reinterpret_cast<atomic<std::uint32_t>&>(event.word[0]);
    while (state_of(event).load(acquire) != set) os::futex_wait(word, thread_waits);
}

}  // namespace

bool event_is_set(const veda_event_t& event) noexcept {
    return state_of(const_cast<veda_event_t&>(event)).load(acquire) == set;
}

void wait_for_event(veda_event_t& event) noexcept {
    if (event_is_set(event)) return;
    if (worker* self = worker::current())
        wait_as_worker(event, *self);
    else
        wait_as_thread(event);
}

// Before the exchange the waiter cannot leave: then its address is read, and its runtime pinned, for
// after the exchange both the event and the runtime may be gone.
void set_event(veda_event_t& event) noexcept {
    auto* word = reinterpret_cast<atomic<std::uint32_t>*>(&event.word[0]);
    std::uint32_t seen = state_of(event).load(acquire);
    for (;;) {
        worker* waiter = nullptr;
        if (seen == worker_waits) {
            std::memcpy(&waiter, &event.word[2], sizeof waiter);
            waiter->pool.pin();
        }
        // release: what the setter wrote; acquire: the address, on failure too.
        const bool done = state_of(event).compare_exchange_strong(seen, set, acq_rel, acquire);
        if (done && seen == thread_waits) os::futex_wake(word, 1);
        if (done && waiter) waiter->sleeper.unpark();
        if (waiter) waiter->pool.unpin();
        if (done) return;
    }
}

}  // namespace veda::rt
