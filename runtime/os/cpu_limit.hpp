// cpu_limit.hpp: how many CPUs this process may really use: affinity mask, cgroup v1 and v2 CPU quota
// walked up to the root, and the room that pids limits leave. Parses files below a root directory,
// so that tests can bring their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace veda::rt::os {

struct cpu_limits {
    std::uint32_t affinity = 1;    // CPUs in the affinity mask
    std::uint32_t quota = 0;       // floor(quota / period), at least 1; 0: unlimited
    std::uint32_t pids_margin = 0; // threads that may still be started; 0: unlimited
    std::string quota_file;        // where the tightest limits were found, "" if none
    std::string pids_file;
};

// root is "/" or a test's directory that holds proc/ and sys/.
cpu_limits read_cpu_limits(const std::string& root = "/");

// The CPUs in the affinity mask, in order.
std::vector<int> allowed_cpus();

}  // namespace veda::rt::os
