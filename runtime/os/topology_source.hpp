// topology_source.hpp: where a topology can come from. For topology.cpp only; each source answers
// an empty list if it knows nothing, and never throws for what it reads.
#pragma once

#include <cstdint>
#include <vector>

#include "os/topology.hpp"

namespace veda::rt::os {

// The cache number where no cache is known: CPUs of one node in one package are taken for
// neighbours. No real cache has such a number.
inline std::uint32_t cache_stand_in(const cpu_place& place) {
    return 1u << 31 | (place.package & 0x7FFF) << 16 | (place.node & 0xFFFF);
}

// All CPUs that hwloc sees, or those of a synthetic description. Always empty without hwloc.
std::vector<cpu_place> places_from_hwloc(const char* synthetic);

// The given CPUs as /sys describes them, below root as in cpu_limit.hpp.
std::vector<cpu_place> places_from_sysfs(const std::vector<int>& cpus, const char* root = "");

}  // namespace veda::rt::os
