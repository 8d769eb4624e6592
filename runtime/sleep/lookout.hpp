// lookout.hpp: one thread that looks at the machine now and then while a runtime works, and sleeps
// while it idles. Publishers pay one load. A runtime that nobody looks out for has one that is
// never asleep.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "base/cache_line.hpp"
#include "sleep/parker.hpp"

namespace veda::rt {

class lookout {
  public:
    // Any thread, after it made work public or took a place.
    void work_begins() noexcept {
        // seq_cst: work, then this look; the lookout: asleep, then its look for work. One sees the
        // other.
        if (asleep_.load(seq_cst)) [[unlikely]]
            wake();
    }

    // The lookout: sleeps unless there is work, until some begins. False: it is to end.
    template <class Busy>
    bool sleep_unless(Busy busy) noexcept {
        asleep_.store(true, seq_cst);
        if (!busy())
            while (asleep_.load(relaxed) && !ended()) sleeper_.park();  // relaxed: see wake
        asleep_.store(false, relaxed);  // relaxed: a waker that sees it late wakes in vain
        return !ended();
    }
    // The lookout: the time between two looks. False: it is to end.
    bool pause(std::uint64_t pause_ns) noexcept {
        while (!ended() && sleeper_.park(pause_ns)) {
        }
        return !ended();
    }

    // Any thread: tells the lookout to end.
    void end() noexcept {
        ended_.store(true, release);
        sleeper_.unpark();
    }

  private:
    // relaxed: unpark hands over to park, so that the lookout sees the word cleared after it.
    void wake() noexcept {
        if (asleep_.exchange(false, relaxed)) sleeper_.unpark();
    }
    bool ended() const noexcept { return ended_.load(acquire); }

    alignas(cache_line) atomic<bool> asleep_{false};  // hardly ever written, often read
    atomic<bool> ended_{false};
    parker sleeper_;
};

}  // namespace veda::rt
