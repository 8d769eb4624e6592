// topology_hwloc.cpp: the topology as hwloc sees it, and an empty answer where hwloc is not built
// in. The only file that knows hwloc.
#include "os/topology_source.hpp"

#ifdef VEDA_HAVE_HWLOC

#include <hwloc.h>

#include <algorithm>
#include <memory>

#include "os/uncancelled.hpp"

namespace veda::rt::os {

namespace {

struct destroy_topology {
    void operator()(hwloc_topology_t machine) const { hwloc_topology_destroy(machine); }
};
using machine_ptr = std::unique_ptr<hwloc_topology, destroy_topology>;

// Only what cpu_place asks for: the search for devices would take longer than all the rest.
bool keep_what_matters(hwloc_topology_t machine) {
    bool ok = hwloc_topology_set_all_types_filter(machine, HWLOC_TYPE_FILTER_KEEP_NONE) == 0;
    for (auto type : {HWLOC_OBJ_PACKAGE, HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE,
                      HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE})
        ok = ok && hwloc_topology_set_type_filter(machine, type, HWLOC_TYPE_FILTER_KEEP_ALL) == 0;
    // A node that matches no package and no cache hangs on a group.
    return ok && hwloc_topology_set_type_filter(machine, HWLOC_OBJ_GROUP,
                                                HWLOC_TYPE_FILTER_KEEP_STRUCTURE) == 0;
}

machine_ptr load(const char* synthetic) {
    const uncancelled shield;  // it reads files
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0) return nullptr;
    machine_ptr machine(raw);
    if (!keep_what_matters(raw)) return nullptr;
    if (synthetic != nullptr && hwloc_topology_set_synthetic(raw, synthetic) != 0) return nullptr;
    if (hwloc_topology_load(raw) != 0) return nullptr;
    return machine;
}

cpu_place place_of(hwloc_obj_t unit) {
    hwloc_obj_t package = nullptr;
    hwloc_obj_t cache = nullptr;
    for (hwloc_obj_t above = unit->parent; above != nullptr; above = above->parent) {
        if (above->type == HWLOC_OBJ_PACKAGE) package = above;
        if (hwloc_obj_type_is_dcache(above->type)) cache = above;  // the last one is the outermost
    }
    cpu_place place{.cpu = static_cast<int>(unit->os_index)};
    if (unit->nodeset != nullptr)
        place.node = static_cast<std::uint32_t>(std::max(0, hwloc_bitmap_first(unit->nodeset)));
    if (package != nullptr) place.package = package->logical_index;
    // The type is part of the number, for logical indices count within one type only.
    place.cache = cache != nullptr
                      ? static_cast<std::uint32_t>(cache->type) << 24 | cache->logical_index
                      : cache_stand_in(place);
    return place;
}

}  // namespace

std::vector<cpu_place> places_from_hwloc(const char* synthetic) {
    const machine_ptr machine = load(synthetic);
    std::vector<cpu_place> places;
    if (!machine) return places;
    for (hwloc_obj_t unit = nullptr;
         (unit = hwloc_get_next_obj_by_type(machine.get(), HWLOC_OBJ_PU, unit)) != nullptr;)
        places.push_back(place_of(unit));
    return places;
}

}  // namespace veda::rt::os

#else

namespace veda::rt::os {

std::vector<cpu_place> places_from_hwloc(const char*) { return {}; }

}  // namespace veda::rt::os

#endif
