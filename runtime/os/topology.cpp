// topology.cpp: chooses among the sources. The pool asks once a runtime, when it decides who is
// whose neighbour.
#include "os/topology.hpp"

#include <algorithm>

#include "os/cpu_limit.hpp"
#include "os/log.hpp"
#include "os/topology_source.hpp"

namespace veda::rt::os {

namespace {

// A source that misses one of our CPUs is not trusted with the others: hwloc may have been pointed
// at another machine's description.
std::vector<cpu_place> keep_allowed(std::vector<cpu_place> places, const std::vector<int>& cpus) {
    std::erase_if(places, [&](const cpu_place& place) {
        return !std::binary_search(cpus.begin(), cpus.end(), place.cpu);
    });
    if (places.size() != cpus.size()) places.clear();
    return places;
}

}  // namespace

topology topology::detect(const char* synthetic) {
    topology found;
    if (synthetic != nullptr) {
        found.cpus_ = places_from_hwloc(synthetic);
        if (!found.cpus_.empty()) return found;
        log(log_level::warn,
            "the synthetic topology \"%.80s\" is invalid, or hwloc is not built in; "
            "using this machine's",
            synthetic);
    }
    const auto cpus = allowed_cpus();
    found.cpus_ = keep_allowed(places_from_hwloc(nullptr), cpus);
    // A /sys that says nothing still answers one place for each CPU.
    if (found.cpus_.empty()) found.cpus_ = places_from_sysfs(cpus);
    return found;
}

std::uint32_t topology::distance(const cpu_place& a, const cpu_place& b) noexcept {
    if (a.cpu == b.cpu) return 0;
    if (a.cache == b.cache) return 1;
    if (a.node == b.node) return 2;
    if (a.package == b.package) return 3;
    return 4;
}

}  // namespace veda::rt::os
