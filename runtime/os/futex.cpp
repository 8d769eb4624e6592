// futex.cpp: the Linux futex, private to this process. Called by parkers, latches and events only;
// keeps errno as it was, for waits happen inside the user's calls.
#include "os/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace veda::rt::os {

namespace {

static_assert(sizeof(atomic<std::uint32_t>) == sizeof(std::uint32_t) &&
                  atomic<std::uint32_t>::is_always_lock_free,
              "the kernel reads the atomic as a plain 32-bit word");

constexpr std::uint64_t ns_per_s = 1'000'000'000;

}  // namespace

bool futex_wait(atomic<std::uint32_t>& word, std::uint32_t expected,
                std::uint64_t timeout_ns) noexcept {
    const int saved_errno = errno;
    timespec relative{};
    relative.tv_sec = static_cast<std::time_t>(timeout_ns / ns_per_s);
    relative.tv_nsec = static_cast<long>(timeout_ns % ns_per_s);
    const timespec* limit = timeout_ns == forever ? nullptr : &relative;

    const long answer = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, limit, nullptr, 0);
    // EAGAIN (the word had changed) and EINTR are early returns, which the caller re-checks.
    const bool timed_out = answer == -1 && errno == ETIMEDOUT;
    errno = saved_errno;
    return !timed_out;
}

void futex_wake(atomic<std::uint32_t>* word, int count) noexcept {
    const int saved_errno = errno;
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
    errno = saved_errno;
}

}  // namespace veda::rt::os
