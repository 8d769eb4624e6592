// stress.hpp: what the stress tests share: their size, their seed, a watchdog, and a view of the
// process's memory.
//
// VEDA_STRESS_SCALE=n   divides the amount of work by n; 1 by default, 20 under a sanitizer
// VEDA_STRESS_SEED=n    repeats a run; the seed is printed by every test that uses one
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <veda/veda.hpp>

#include "support/own_runtime.hpp"

namespace stress {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

// amount, divided by the scale, but never less than least.
inline std::uint64_t scaled(std::uint64_t amount, std::uint64_t least = 1) {
    static const std::uint64_t scale =
        std::max<std::uint64_t>(number_from("VEDA_STRESS_SCALE", sanitized ? 20 : 1), 1);
    return std::max(amount / scale, least);
}

// A generator for this test; prints the seed that repeats it.
inline std::mt19937_64 seeded() {
    const std::uint64_t seed = number_from("VEDA_STRESS_SEED", std::random_device{}());
    std::printf("VEDA_STRESS_SEED=%llu\n", static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    return std::mt19937_64(seed);
}

// While one lives, a hang ends the process with a message instead of the test runner's patience.
class watchdog {
  public:
    explicit watchdog(const char* what, unsigned seconds = 120) {
        std::snprintf(text, sizeof text, "watchdog: %s is not over after %u s\n", what, seconds);
        signal(SIGALRM, bark);
        alarm(seconds);
    }
    ~watchdog() { alarm(0); }
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

  private:
    static void bark(int) {
        const auto ignored = write(2, text, std::strlen(text));
        (void)ignored;
        std::abort();
    }
    static inline char text[200];
};

// A runtime that must end with a balanced ledger.
class runtime : public veda::runtime {
  public:
    using veda::runtime::runtime;
    ~runtime() { veda::test::expect_balanced(raw()); }
};

inline std::uint64_t resident_bytes() {
    unsigned long long size = 0, resident = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    if (file == nullptr) return 0;
    const int found = std::fscanf(file, "%llu %llu", &size, &resident);
    std::fclose(file);
    return found == 2 ? resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

// Work of so many steps, a nanosecond or so each, that the compiler cannot remove.
inline void busy(std::uint64_t steps) {
    for (std::uint64_t i = 0; i < steps; ++i) asm volatile("" : : "r"(i) : "memory");
}

inline std::uint64_t fib(unsigned n) {
    if (n < 2) return n;
    const auto [a, b] = veda::join([n] { return fib(n - 1); }, [n] { return fib(n - 2); });
    return a + b;
}

}  // namespace stress
