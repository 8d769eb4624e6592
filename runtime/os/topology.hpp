// topology.hpp: which CPUs share what, from hwloc where it is built in, else from sysfs, else flat.
#pragma once

#include <cstdint>
#include <vector>

namespace veda::rt::os {

struct cpu_place {
    int cpu = 0;
    std::uint32_t cache = 0;    // CPUs with the same number share a last-level cache
    std::uint32_t node = 0;     // NUMA node
    std::uint32_t package = 0;
};

class topology {
  public:
    // The CPUs this process may use. Never empty. synthetic is an hwloc synthetic description for
    // tests, nullptr for this machine.
    static topology detect(const char* synthetic = nullptr);

    const std::vector<cpu_place>& cpus() const noexcept { return cpus_; }

    // 0 same CPU, 1 shared cache, 2 same node, 3 same package, 4 elsewhere.
    static std::uint32_t distance(const cpu_place& a, const cpu_place& b) noexcept;

  private:
    std::vector<cpu_place> cpus_;
};

}  // namespace veda::rt::os
