// futex.cpp: the Linux futex, private to this process. Called by parkers, latches and events only;
// keeps errno as it was, for waits happen inside the user's calls.
#include "os/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "os/clock.hpp"
#include "os/log.hpp"

namespace veda::rt::os {

namespace {

static_assert(sizeof(atomic<std::uint32_t>) == sizeof(std::uint32_t) &&
                  atomic<std::uint32_t>::is_always_lock_free,
              "the kernel reads the atomic as a plain 32-bit word");

constexpr std::uint64_t ns_per_s = 1'000'000'000;

[[noreturn, gnu::cold]] void refused(int error) noexcept {
    log(log_level::error,
        "the futex system call is refused (%s), but threads wait by it already; "
        "sandboxes must allow futex",
        std::strerror(error));
    std::abort();
}

}  // namespace

bool futex_wait(atomic<std::uint32_t>& word, std::uint32_t expected,
                std::uint64_t timeout_ns) noexcept {
    const int saved_errno = errno;
    const std::uint64_t now = timeout_ns == forever ? 0 : now_ns();
    const std::uint64_t deadline = timeout_ns < forever - now ? now + timeout_ns : forever;
    timespec absolute{};
    absolute.tv_sec = static_cast<std::time_t>(deadline / ns_per_s);
    absolute.tv_nsec = static_cast<long>(deadline % ns_per_s);
    const timespec* limit = deadline == forever ? nullptr : &absolute;

    // A signal is no reason to return: in a storm of them the time would begin anew each time.
    long answer;
    do {
        answer = syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, limit, nullptr,
                         FUTEX_BITSET_MATCH_ANY);
    } while (answer == -1 && errno == EINTR);
    // EAGAIN, the word had changed, is an early return, which the caller re-checks.
    const bool timed_out = answer == -1 && errno == ETIMEDOUT;
    if (answer == -1 && !timed_out && errno != EAGAIN) refused(errno);
    errno = saved_errno;
    return !timed_out;
}

void futex_wake(atomic<std::uint32_t>* word, int count) noexcept {
    const int saved_errno = errno;
    const long answer = syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
    // EFAULT, EINVAL: the word is gone.
    if (answer == -1 && errno != EFAULT && errno != EINVAL) refused(errno);
    errno = saved_errno;
}

int futex_refusal() noexcept {
    const int saved_errno = errno;
    std::uint32_t nobody = 0;
    const long answer = syscall(SYS_futex, &nobody, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    const int error = answer == -1 ? errno : 0;
    errno = saved_errno;
    return error;
}

}  // namespace veda::rt::os
