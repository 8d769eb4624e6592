// stopwatch.hpp: how long something has lasted in all, also while it lasts. One thread starts and stops it,
// any thread reads.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "os/clock.hpp"

namespace veda::rt {

// All in one word, so that a reader never sees half of a change. Bit 0: it runs. The rest, modulo 2^63: the
// time that has passed in all, minus the moment of the start if it runs.
class stopwatch {
  public:
    // relaxed, here and below: one writer, and readers want a recent number, not an order.
    void start(std::uint64_t now_ns) noexcept { set(total() - now_ns, true); }
    void stop(std::uint64_t now_ns) noexcept { set(total() + now_ns, false); }

    // The clock is read after the word: a start in between is not seen yet.
    std::uint64_t read() const noexcept {
        const std::uint64_t word = word_.load(relaxed);
        const std::uint64_t sum = word >> 1;
        return (word & 1 ? sum + os::now_ns() : sum) & (UINT64_MAX >> 1);
    }

  private:
    std::uint64_t total() const noexcept { return word_.load(relaxed) >> 1; }
    void set(std::uint64_t total, bool runs) noexcept { word_.store(total << 1 | runs, relaxed); }

    atomic<std::uint64_t> word_{0};
};

}  // namespace veda::rt
