// pinning.hpp: which CPU each worker is pinned to.
#pragma once

#include <vector>

#include "pool/config.hpp"

namespace veda::rt {

// The CPUs that workers are pinned to, of those that this process may use: worker i on the i-th, and around
// again. Empty: the system places them.
std::vector<int> pinned_cpus(const settings& effective, std::vector<int> allowed);

}  // namespace veda::rt
