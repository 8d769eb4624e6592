// ticks.hpp: the cheapest clock there is, in ticks of the CPU's own time counter.
//
// Only differences on one thread mean anything, and only roughly: never use it for what a user
// sees.
#ifndef VEDA_DETAIL_TICKS_HPP
#define VEDA_DETAIL_TICKS_HPP

#include <cstdint>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <chrono>
#endif

namespace veda::detail {

inline std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    std::uint64_t now;
    asm volatile("mrs %0, cntvct_el0" : "=r"(now));
    return now;
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

}  // namespace veda::detail

#endif
