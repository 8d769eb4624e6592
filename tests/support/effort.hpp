// effort.hpp: how much work a test does, and with which random numbers.
//
// VEDA_STRESS_SCALE=n   divides the amount of work by n; 1 by default, more under a sanitizer
// VEDA_TEST_FULL=1      the large counts (tools/run-tests --full)
// VEDA_STRESS_SEED=n    repeats a run; the seed is printed by every test that uses one
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace veda::test {

#if defined(__SANITIZE_THREAD__)
inline constexpr std::uint64_t usual_scale = 10;
#elif defined(__SANITIZE_ADDRESS__)
inline constexpr std::uint64_t usual_scale = 4;
#else
inline constexpr std::uint64_t usual_scale = 1;
#endif

inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

// amount, divided by the scale, but never less than 1.
inline std::uint64_t scaled(std::uint64_t amount) {
    const std::uint64_t scale = number_from("VEDA_STRESS_SCALE", usual_scale);
    return std::max<std::uint64_t>(amount / std::max<std::uint64_t>(scale, 1), 1);
}

// The same where the release of a version asks for more than each commit does.
inline bool full() { return number_from("VEDA_TEST_FULL", 0) != 0; }
inline std::uint64_t scaled(std::uint64_t amount, std::uint64_t in_full) {
    return scaled(full() ? in_full : amount);
}

// The seed of this test. Printed before anything can hang.
inline std::uint64_t seed() {
    const std::uint64_t chosen = number_from("VEDA_STRESS_SEED", std::random_device{}());
    std::printf("VEDA_STRESS_SEED=%llu\n", static_cast<unsigned long long>(chosen));
    std::fflush(stdout);
    return chosen;
}

}  // namespace veda::test
