// looks.hpp: how long threads that wait sleep between two looks around.
#pragma once

#include <cstdint>

namespace veda::rt {

// A waiter sleeps until it is woken; but whoever should run what it waits for may be blocked in the user's
// own code, perhaps on a lock that the waiter holds, which nothing tells the runtime. So a waiter looks
// up after a while, and more and more rarely.
inline constexpr std::uint64_t first_look_ns = 2'000'000;
inline constexpr std::uint64_t last_look_ns = 64'000'000;
// A thread that works for several runtimes parks in the innermost one, and hears of a broadcast to the others
// at its next look.
inline constexpr std::uint64_t longest_look_in_two_runtimes_ns = 4'000'000;
// Between looks while nobody is left to take the place.
inline constexpr std::uint64_t exhausted_look_ns = 1'000'000;

}  // namespace veda::rt
