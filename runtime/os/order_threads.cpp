// order_threads.cpp: membarrier, private and expedited: an interrupt to each processor that runs a thread
// of this process, about a microsecond. Keeps errno as it was.
#include "os/order_threads.hpp"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/atomic.hpp"

namespace veda::rt::os {

namespace {

bool call(int command) noexcept {
    const int saved_errno = errno;
    const bool done = syscall(SYS_membarrier, command, 0, 0) == 0;
    errno = saved_errno;
    return done;
}

atomic<bool>& granted() noexcept {
    static atomic<bool> answer{call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)};
    return answer;
}

}  // namespace

// relaxed: only a sandbox that comes later changes it, and owners that see it late are asked again.
bool can_order_threads() noexcept { return granted().load(relaxed); }

bool order_threads() noexcept {
    if (!can_order_threads()) return false;
    if (call(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) return true;
    granted().store(false, relaxed);
    return false;
}

}  // namespace veda::rt::os
