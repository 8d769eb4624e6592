// topology_sysfs.cpp: the topology from /sys, for builds without hwloc. For topology.cpp only. A
// CPU about which /sys is silent gets zeros: it is then everybody's neighbour, which costs a worse
// order of victims and nothing else.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "os/cpu_list.hpp"
#include "os/text_file.hpp"
#include "os/topology_source.hpp"

namespace veda::rt::os {

namespace {

std::uint32_t read_number(const std::string& path) {
    const auto text = read_text_file(path).value_or("");
    std::uint32_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string cpu_name(int cpu) { return "/cpu/cpu" + std::to_string(cpu); }

// The first CPU that shares the outermost data cache: a name for that cache.
std::optional<std::uint32_t> cache_name(const std::string& cpu_directory) {
    std::uint32_t outermost = 0;
    std::optional<std::uint32_t> name;
    for (int index = 0; index < 16; ++index) {
        const auto cache = cpu_directory + "/cache/index" + std::to_string(index);
        const auto type = read_text_file(cache + "/type");
        if (!type) break;
        const auto level = read_number(cache + "/level");
        if (type->rfind("Instruction", 0) == 0 || level <= outermost) continue;
        const auto sharers =
            parse_cpu_list(read_text_file(cache + "/shared_cpu_list").value_or(""));
        if (!sharers) continue;
        outermost = level;
        name = static_cast<std::uint32_t>(*std::min_element(sharers->begin(), sharers->end()));
    }
    return name;
}

// Sets the node of every place that the node's list names. Node numbers may have gaps.
void read_nodes(const std::string& directory, std::vector<cpu_place>& places) {
    const auto online = parse_cpu_list(read_text_file(directory + "/online").value_or(""));
    if (!online) return;
    for (int node : *online) {
        const auto path = directory + "/node" + std::to_string(node) + "/cpulist";
        const auto members = parse_cpu_list(read_text_file(path).value_or(""));
        if (!members) continue;  // a node with memory only
        for (auto& place : places)
            if (std::find(members->begin(), members->end(), place.cpu) != members->end())
                place.node = static_cast<std::uint32_t>(node);
    }
}

}  // namespace

std::vector<cpu_place> places_from_sysfs(const std::vector<int>& cpus, const char* root) {
    const std::string system = std::string(root) + "/sys/devices/system";
    std::vector<cpu_place> places;
    for (int cpu : cpus) {
        const auto package = system + cpu_name(cpu) + "/topology/physical_package_id";
        places.push_back({.cpu = cpu, .package = read_number(package)});
    }
    read_nodes(system + "/node", places);
    for (auto& place : places)
        place.cache = cache_name(system + cpu_name(place.cpu)).value_or(cache_stand_in(place));
    return places;
}

}  // namespace veda::rt::os
