// Who is whose neighbour: on machines drawn by hwloc, on machines drawn in a fake /sys, and here.
#include "os/topology.hpp"

#include <gtest/gtest.h>

#include "os/cpu_limit.hpp"
#include "os/topology_source.hpp"
#include "support/temporary_folder.hpp"

namespace {

using veda::rt::os::cpu_place;
using veda::rt::os::topology;

TEST(Topology, ThisMachineHasExactlyTheAllowedCpus) {
    std::vector<int> cpus;
    const auto machine = topology::detect();
    for (const cpu_place& place : machine.cpus()) cpus.push_back(place.cpu);
    std::sort(cpus.begin(), cpus.end());
    EXPECT_EQ(cpus, veda::rt::os::allowed_cpus());
}

TEST(Topology, DistanceIsTheSmallestThingShared) {
    const cpu_place here{.cpu = 0, .cache = 1, .node = 2, .package = 3};
    EXPECT_EQ(topology::distance(here, here), 0u);
    EXPECT_EQ(topology::distance(here, {.cpu = 1, .cache = 1, .node = 2, .package = 3}), 1u);
    EXPECT_EQ(topology::distance(here, {.cpu = 1, .cache = 9, .node = 2, .package = 3}), 2u);
    EXPECT_EQ(topology::distance(here, {.cpu = 1, .cache = 9, .node = 9, .package = 3}), 3u);
    EXPECT_EQ(topology::distance(here, {.cpu = 1, .cache = 9, .node = 9, .package = 9}), 4u);
}

#ifdef VEDA_HAVE_HWLOC

struct machine {
    const char* description;
    std::vector<std::uint32_t> from_first;  // distance of each CPU from the first
};

std::ostream& operator<<(std::ostream& out, const machine& value) {
    return out << value.description;
}

class SyntheticTopology : public testing::TestWithParam<machine> {};

TEST_P(SyntheticTopology, DistancesFromTheFirstCpu) {
    const auto drawn = topology::detect(GetParam().description);
    std::vector<std::uint32_t> distances;
    for (const cpu_place& place : drawn.cpus())
        distances.push_back(topology::distance(drawn.cpus().front(), place));
    EXPECT_EQ(distances, GetParam().from_first);
}

INSTANTIATE_TEST_SUITE_P(
    Machines, SyntheticTopology,
    testing::Values(machine{"pu:1", {0}},  //
                    machine{"core:2 pu:2", {0, 1, 1, 1}},
                    machine{"pack:2 l3:1 core:2 pu:1", {0, 1, 2, 2}},
                    machine{"numa:2 pack:1 l3:2 core:1 pu:2", {0, 1, 2, 2, 4, 4, 4, 4}},
                    machine{"pack:1 numa:2 l3:1 core:2 pu:1", {0, 1, 3, 3}},
                    machine{"pack:1 numa:2 core:2 pu:1", {0, 1, 3, 3}},
                    machine{"pack:2 numa:2 l3:1 core:1 pu:2", {0, 1, 3, 3, 4, 4, 4, 4}},
                    machine{"pack:1 l3:1 l2:2 core:2 pu:1", {0, 1, 1, 1}}));

TEST(Topology, AnInvalidDrawingGivesThisMachineAndAWarning) {
    testing::internal::CaptureStderr();
    const auto machine = topology::detect("no such thing:7");
    EXPECT_NE(testing::internal::GetCapturedStderr().find("no such thing:7"), std::string::npos);
    EXPECT_EQ(machine.cpus().size(), veda::rt::os::allowed_cpus().size());
}

#endif

// Four CPUs, two packages with a node and a shared L3 each.
void draw_two_packages(const veda::test::temporary_folder& root) {
    for (int cpu = 0; cpu < 4; ++cpu) {
        const auto directory = "sys/devices/system/cpu/cpu" + std::to_string(cpu);
        const std::string package = cpu < 2 ? "0" : "1";
        const std::string sharers = cpu < 2 ? "0-1" : "2-3";
        root.write(directory + "/topology/physical_package_id", package + "\n");
        root.write(directory + "/cache/index0/type", "Data\n");
        root.write(directory + "/cache/index0/level", "1\n");
        root.write(directory + "/cache/index0/shared_cpu_list", std::to_string(cpu) + "\n");
        root.write(directory + "/cache/index1/type", "Unified\n");
        root.write(directory + "/cache/index1/level", "3\n");
        root.write(directory + "/cache/index1/shared_cpu_list", sharers + "\n");
        root.write(directory + "/cache/index2/type", "Instruction\n");
        root.write(directory + "/cache/index2/level", "4\n");
        root.write(directory + "/cache/index2/shared_cpu_list", "0-3\n");
    }
    root.write("sys/devices/system/node/online", "0,2\n");
    root.write("sys/devices/system/node/node0/cpulist", "0-1\n");
    root.write("sys/devices/system/node/node2/cpulist", "2-3\n");
}

TEST(SysfsTopology, FindsCachesNodesAndPackages) {
    const veda::test::temporary_folder root;
    draw_two_packages(root);
    const auto places = veda::rt::os::places_from_sysfs({0, 1, 3}, root.path().c_str());
    ASSERT_EQ(places.size(), 3u);
    EXPECT_EQ(places[2].cpu, 3);
    EXPECT_EQ(places[2].node, 2u);
    EXPECT_EQ(places[2].package, 1u);
    EXPECT_EQ(topology::distance(places[0], places[1]), 1u);
    EXPECT_EQ(topology::distance(places[0], places[2]), 4u);
}

TEST(SysfsTopology, SilentSysMakesEverybodyANeighbour) {
    const veda::test::temporary_folder root;
    const auto places = veda::rt::os::places_from_sysfs({0, 5}, root.path().c_str());
    ASSERT_EQ(places.size(), 2u);
    EXPECT_EQ(topology::distance(places[0], places[1]), 1u);
}

TEST(SysfsTopology, SurvivesGarbage) {
    const veda::test::temporary_folder root;
    draw_two_packages(root);
    root.write("sys/devices/system/cpu/cpu0/cache/index1/shared_cpu_list", "x-y\n");
    root.write("sys/devices/system/cpu/cpu0/topology/physical_package_id", "-1\n");
    root.write("sys/devices/system/node/node0/cpulist", "\n");
    const auto places = veda::rt::os::places_from_sysfs({0, 1}, root.path().c_str());
    ASSERT_EQ(places.size(), 2u);
    EXPECT_EQ(places[0].package, 0u);
    EXPECT_EQ(places[0].node, 0u);
}

}  // namespace
