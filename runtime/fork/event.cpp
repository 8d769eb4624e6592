#include "fork/event.hpp"

#include <algorithm>
#include <cstring>

#include "base/status.hpp"
#include "os/clock.hpp"
#include "os/futex.hpp"
#include "pool/lend.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

// word[0]. A worker that waits for ever waits in its parker, for which word[2..3] hold its address, written
// between its two steps, so that nobody who comes second writes over it. A thread from outside waits on the
// word itself; so does a worker that waits for a time, for it may be gone, and its runtime with it, when the
// setter looks at its address.
//
//   unset ──set──► set
//   unset ──wait──► claimed ──► worker_waits ──set──► set, and the waiter is woken
//                   claimed ──set──► set, and the waiter sees it
//         ──wait──► thread_waits ──set──► set, and the waiter is woken
//                   thread_waits ──time over──► unset
enum event_state : std::uint32_t { unset, set, claimed, worker_waits, thread_waits };

auto state_of(veda_event_t& event) noexcept {
    return atomic_view(event.word[0]);
}

veda_status one_waiter_only(const veda_event_t& event, const char* function) noexcept {
    return fail(VEDA_E_STATE, "%s: somebody waits for event %p already; it bears one waiter", function,
                static_cast<const void*>(&event));
}

veda_status not_in_time(const veda_event_t& event, std::uint64_t ns, const char* function) noexcept {
    return fail(VEDA_E_BUSY, "%s: event %p is not set after %llu ns", function,
                static_cast<const void*>(&event), static_cast<unsigned long long>(ns));
}

// From unset to thread_waits. VEDA_OK also if it was set meanwhile: whoever waits looks first, with
// acquire, so relaxed suffices here.
veda_status announce(veda_event_t& event, const char* function) noexcept {
    std::uint32_t seen = unset;
    if (state_of(event).compare_exchange_strong(seen, thread_waits, relaxed, relaxed) || seen == set)
        return VEDA_OK;
    return one_waiter_only(event, function);
}

veda_status wait_as_worker(veda_event_t& event, worker& self, const char* function) noexcept {
    self.share_everything();
    std::uint32_t seen = unset;
    // relaxed: the wait looks, with acquire, before it does anything.
    if (state_of(event).compare_exchange_strong(seen, claimed, relaxed, relaxed)) {
        worker* address = &self;
        std::memcpy(&event.word[2], &address, sizeof address);
        seen = claimed;
        // release: the address; pairs with set_event. It fails if the event was set meanwhile.
        (void)state_of(event).compare_exchange_strong(seen, worker_waits, release, relaxed);
    } else if (seen != set) {
        return one_waiter_only(event, function);
    }
    // Who will set the event is not known: when nobody else is left to run anything, it may be any task.
    self.lend_until([&] { return event_is_set(event); },
                    [&] { return self.pool.exhausted() ? self.find_any() : tagged_job{}; });
    return VEDA_OK;
}

// A sleep on the word, never past the end; false if that long passed in vain.
class word_sleep {
  public:
    word_sleep(veda_event_t& event, std::uint64_t timeout_ns) noexcept
        : event_(event), timeout_ns_(timeout_ns), start_ns_(os::now_ns()) {}
    std::uint64_t left_ns() const noexcept {
        if (timeout_ns_ == os::forever) return os::forever;
        const std::uint64_t passed = os::now_ns() - start_ns_;
        return passed < timeout_ns_ ? timeout_ns_ - passed : 0;
    }
    bool is_over() const noexcept { return event_is_set(event_) || left_ns() == 0; }
    bool operator()(std::uint64_t longest_ns) const noexcept {
        auto& word = reinterpret_cast<atomic<std::uint32_t>&>(event_.word[0]);
        return os::futex_wait(word, thread_waits, std::min(longest_ns, left_ns()));
    }

  private:
    veda_event_t& event_;
    std::uint64_t timeout_ns_, start_ns_;
};

veda_status wait_on_word(veda_event_t& event, std::uint64_t timeout_ns, const char* function) noexcept {
    if (const veda_status status = announce(event, function)) return status;
    const word_sleep sleep(event, timeout_ns);
    if (worker* self = worker::current()) {
        self->settle();
        self->share_everything();
        // No task is run on top: it might not end in time.
        self->lend_until([&] { return sleep.is_over(); }, [] { return tagged_job{}; }, sleep);
    }
    while (!sleep.is_over()) sleep(os::forever);
    std::uint32_t seen = thread_waits;
    // relaxed: what the waiter did hands nothing over; acquire, if it is set: what the setter wrote.
    if (!state_of(event).compare_exchange_strong(seen, unset, relaxed, acquire)) return VEDA_OK;
    return not_in_time(event, timeout_ns, function);
}

}  // namespace

bool event_is_set(const veda_event_t& event) noexcept {
    return state_of(const_cast<veda_event_t&>(event)).load(acquire) == set;
}

veda_status wait_for_event(veda_event_t& event, std::uint64_t timeout_ns,
                           const char* function) noexcept {
    const std::uint32_t seen = state_of(event).load(acquire);
    if (seen == set) return VEDA_OK;
    if (seen != unset) return one_waiter_only(event, function);
    if (timeout_ns == 0) return not_in_time(event, 0, function);
    worker* self = worker::current();
    if (self && timeout_ns == os::forever) return wait_as_worker(event, *self, function);
    return wait_on_word(event, timeout_ns, function);
}

// Before the exchange a worker that waits for ever cannot leave: then its address is read, and its runtime
// pinned, for after the exchange both the event and the runtime may be gone.
void set_event(veda_event_t& event) noexcept {
    auto* word = reinterpret_cast<atomic<std::uint32_t>*>(&event.word[0]);
    std::uint32_t seen = state_of(event).load(acquire);
    for (;;) {
        worker* waiter = nullptr;
        if (seen == worker_waits) {
            std::memcpy(&waiter, &event.word[2], sizeof waiter);
            waiter->pool.pin();
        }
        // release: what the setter wrote. acquire on failure: the address, which is read in the next round.
        const bool done = state_of(event).compare_exchange_strong(seen, set, release, acquire);
        if (done && seen == thread_waits) os::futex_wake(word, 1);
        if (done && waiter) waiter->sleeper.unpark();
        if (waiter) waiter->pool.unpin();
        if (done) return;
    }
}

}  // namespace veda::rt
