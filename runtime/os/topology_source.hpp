// topology_source.hpp: where a topology can come from. For topology.cpp only; each source answers
// an empty list if it knows nothing, and never throws for what it reads.
#pragma once

#include <vector>

#include "os/topology.hpp"

namespace veda::rt::os {

// All CPUs that hwloc sees, or those of a synthetic description. Always empty without hwloc.
std::vector<cpu_place> places_from_hwloc(const char* synthetic);

// The given CPUs as /sys describes them, below root as in cpu_limit.hpp.
std::vector<cpu_place> places_from_sysfs(const std::vector<int>& cpus, const char* root = "");

}  // namespace veda::rt::os
