// parker.hpp: one thread sleeps, any thread wakes it; a wake that comes first is remembered. Only its
// owner parks. Wakes may be spurious: whoever parks re-checks what it waits for.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "os/clock.hpp"
#include "os/futex.hpp"

namespace veda::rt {

class parker {
  public:
    // False only if the timeout passed.
    bool park(std::uint64_t timeout_ns = os::forever) noexcept {
        std::uint32_t expected = empty;
        // relaxed: going to sleep hands nothing over.
        if (!word_.compare_exchange_strong(expected, parked, relaxed)) {
            word_.exchange(empty, acquire);  // acquire: what the waker wrote before unpark is visible
            return true;
        }
        const bool woken = timeout_ns == os::forever ? wait_for_ever() : wait_until(timeout_ns);
        word_.exchange(empty, acquire);
        return woken;
    }

    // True if the thread was really asleep. An exchange, not a compare-exchange: even if a token is
    // there already, this waker's writes must be released to the parker.
    bool unpark() noexcept {
        if (word_.exchange(token, release) != parked) return false;
        os::futex_wake(&word_, 1);
        return true;
    }

  private:
    bool wait_for_ever() noexcept {
        while (word_.load(relaxed) == parked) os::futex_wait(word_, parked);
        return true;
    }
    // The end is fixed at the beginning: a storm of signals interrupts the wait again and again, and must
    // not make it longer.
    bool wait_until(std::uint64_t timeout_ns) noexcept {
        const std::uint64_t start = os::now_ns();
        std::uint64_t passed = 0;
        while (word_.load(relaxed) == parked) {  // relaxed: the exchange in park acquires
            if (passed >= timeout_ns) return false;
            if (!os::futex_wait(word_, parked, timeout_ns - passed)) return false;
            passed = os::now_ns() - start;
        }
        return true;
    }

    enum : std::uint32_t { empty, token, parked };
    atomic<std::uint32_t> word_{empty};
};

}  // namespace veda::rt
