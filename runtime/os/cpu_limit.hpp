// cpu_limit.hpp: how many CPUs this process may really use: affinity mask, cgroup v1 and v2 CPU quota
// walked up to the root, and the room that pids limits leave. Parses files below a root directory,
// so that tests can bring their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "os/cgroup.hpp"

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

// For whoever reads them again and again: the table of mounts, which is long, is searched only when the
// process has moved to another group.
class cpu_limit_reader {
  public:
    explicit cpu_limit_reader(const std::string& root = "/");
    cpu_limits read();

  private:
    std::string root_;
    std::string groups_;  // what /proc/self/cgroup said at the last look
    cgroup_directories cpu_, pids_;
};

// CPUs that the machine has, allowed or not; at least 1.
std::uint32_t configured_cpus();

// The CPUs in the affinity mask, in order.
std::vector<int> allowed_cpus();

}  // namespace veda::rt::os
