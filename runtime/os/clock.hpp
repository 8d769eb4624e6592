// clock.hpp: monotonic time, and the CPU's own tick counter for measuring short pieces of work.
#pragma once

#include <cstdint>

namespace veda::rt::os {

// Nanoseconds of CLOCK_MONOTONIC.
std::uint64_t now_ns() noexcept;

// Ticks per microsecond of ticks(), measured once against now_ns(). At least 1.
std::uint64_t ticks_per_us() noexcept;

// About 10 ns; not comparable between CPUs to better than a microsecond.
#ifdef VEDA_MODEL  // the interleaving tests have a clock of their own
std::uint64_t ticks() noexcept;
#else
inline std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    std::uint64_t value;
    asm volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
#else
    return now_ns();
#endif
}
#endif

}  // namespace veda::rt::os
