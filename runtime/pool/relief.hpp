// relief.hpp: places for threads that hold one and are blocked in the user's own code, which nothing tells
// the runtime. Waiters, and threads that were let in before, look now and then. Only what a thread's own CPU
// clock and the kernel's word for its state show counts as blocked. In the place of at most `spare_workers`
// such threads something new is begun; a thread that waits to go on is let in for any of them, because it may
// hold what they are blocked for.
//
// It only counts: who is let in for such a place is decided in places.cpp.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "base/cache_line.hpp"
#include "base/mutex.hpp"

namespace veda::rt {

class registry;

class relief {
  public:
    // How many threads may run beyond the limit now. relaxed: a publisher that sees it late wakes nobody,
    // which the waiter's next look makes good.
    std::uint32_t places() const noexcept { return places_.load(relaxed); }
    // The same for threads that wait to go on.
    std::uint32_t places_to_go_on() const noexcept { return places_to_go_on_.load(relaxed); }

    // How many were ever added. relaxed: for people.
    std::uint64_t added() const noexcept { return added_.load(relaxed); }

    // Looks at all threads that hold a place, if the last look is long enough ago. True if there are more
    // places since: the caller looks around for somebody to use them.
    bool look(registry& pool) noexcept;

  private:
    std::uint32_t count_blocked(registry& pool) noexcept;

    alignas(cache_line) atomic<std::uint32_t> places_{0};
    atomic<std::uint32_t> places_to_go_on_{0};
    atomic<std::uint64_t> added_{0};
    // What follows belongs to the thread that is looking.
    mutex looking_;
    std::uint64_t last_look_ns_ = 0;
    bool was_free_ = false;  // at the last look a place was free that a waiting thread did not take
};

// What the looks keep of one worker. The worker writes who it is, the looking thread the rest.
struct clock_watch {
    atomic<std::uint32_t> thread_id{0};  // 0: no thread
    struct sample {
        std::uint32_t asleep = 0;  // a thread that held its place and slept; 0: none
        std::uint64_t cpu_ns = 0;
    } last;
};

}  // namespace veda::rt
