// affinity.cpp: the CPUs in this thread's affinity mask, on machines of any size. Part of
// cpu_limit.hpp; the topology asks it too. Reads, never sets.
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "os/cpu_limit.hpp"

namespace veda::rt::os {

namespace {

struct free_set {
    void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};

// The kernel refuses (EINVAL) a set smaller than its own, and does not say how large that is.
std::vector<int> read_mask() {
    for (int capacity = CPU_SETSIZE; capacity <= 1 << 18; capacity *= 2) {
        const std::unique_ptr<cpu_set_t, free_set> set(CPU_ALLOC(capacity));
        const std::size_t bytes = CPU_ALLOC_SIZE(capacity);
        if (!set) break;
        if (sched_getaffinity(0, bytes, set.get()) != 0) {
            if (errno == EINVAL) continue;
            break;
        }
        std::vector<int> cpus;
        for (int cpu = 0; cpu < capacity; ++cpu)
            if (CPU_ISSET_S(cpu, bytes, set.get())) cpus.push_back(cpu);
        return cpus;
    }
    return {};
}

}  // namespace

std::vector<int> allowed_cpus() {
    const int saved_errno = errno;
    auto cpus = read_mask();
    if (cpus.empty()) {
        // A sandbox may forbid the call; the number of CPUs is then the next best answer.
        const long online = std::max(1L, sysconf(_SC_NPROCESSORS_ONLN));
        for (int cpu = 0; cpu < online; ++cpu) cpus.push_back(cpu);
    }
    errno = saved_errno;
    return cpus;
}

std::uint32_t configured_cpus() {
    return static_cast<std::uint32_t>(std::max(1L, sysconf(_SC_NPROCESSORS_CONF)));
}

}  // namespace veda::rt::os
