// pinning.cpp: the CPUs by the pinning that was asked for.
#include "pool/pinning.hpp"

#include <cstddef>

namespace veda::rt {

std::vector<int> pinned_cpus(const settings& effective, std::vector<int> allowed) {
    if (!effective.cpu_list.empty() || effective.pinning == VEDA_PIN_NONE) return effective.cpu_list;
    const std::size_t workers = effective.worker_count;
    if (effective.pinning == VEDA_PIN_CLOSE || workers >= allowed.size()) return allowed;
    std::vector<int> spread;
    for (std::size_t i = 0; i < workers; ++i) spread.push_back(allowed[i * allowed.size() / workers]);
    return spread;
}

}  // namespace veda::rt
