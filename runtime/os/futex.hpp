// futex.hpp: sleep and wake on one word. The bottom of every wait in veda; only parker, latches and
// events call it.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace veda::rt::os {

inline constexpr std::uint64_t forever = UINT64_MAX;

// Sleeps while word == expected, at most timeout_ns. May return early for no reason: the caller
// re-checks. False only if the timeout passed.
bool futex_wait(atomic<std::uint32_t>& word, std::uint32_t expected,
                std::uint64_t timeout_ns = forever) noexcept;

// Wakes at most count sleepers. The word may already be gone: waking a reused address is only a
// spurious wake-up for somebody else.
void futex_wake(atomic<std::uint32_t>* word, int count) noexcept;

// 0, or the errno with which a sandbox refuses the call. Without it no thread could sleep, and
// glibc's own locks end the program, so a runtime is not even started. If it is taken away later,
// the next wait or wake ends the program with a message: a wake-up that cannot be sent is a hang.
int futex_refusal() noexcept;

}  // namespace veda::rt::os
