// The limits of control groups, in the shapes that machines and containers really have, and in shapes
// that no machine should have. Each shape is a folder that plays the part of the root.
#include "os/cpu_limit.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include "support/temporary_folder.hpp"

namespace {

using veda::rt::os::read_cpu_limits;

struct file {
    const char* name;
    std::string content;
};

struct shape {
    const char* name;
    std::string mountinfo;
    std::string cgroup;
    std::vector<file> files;
    std::uint32_t quota;
    const char* quota_file;
    std::uint32_t pids = 0;
    const char* pids_file = "";
};

std::ostream& operator<<(std::ostream& out, const shape& value) { return out << value.name; }

// Lines of mountinfo.
const std::string v2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string v1_cpu =
    "33 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:12 - cgroup cgroup rw,cpu,cpuacct\n";
const std::string v1_pids = "34 25 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n";
const std::string v1_cpuset = "35 25 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n";
const std::string other = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                          "23 22 0:21 / /sys rw - sysfs sysfs rw\n";
const std::string v2_hybrid =
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

std::string v2_mounted_at(const std::string& root, const std::string& point) {
    return "30 23 0:26 " + root + " " + point + " rw - cgroup2 cgroup2 rw\n";
}

std::string v1_cpu_mounted_at(const std::string& root, const std::string& point) {
    return "33 25 0:29 " + root + " " + point + " rw - cgroup cgroup rw,cpu\n";
}

#define V2 "sys/fs/cgroup/"
#define V1 "sys/fs/cgroup/cpu,cpuacct/"
#define PIDS "sys/fs/cgroup/pids/"

// Version 2.
const shape v2_shapes[] = {
    {"no_limit_file", v2, "0::/\n", {}, 0, ""},
    {"max", v2, "0::/a\n", {{V2 "a/cpu.max", "max 100000\n"}}, 0, ""},
    {"two_cpus", v2, "0::/a\n", {{V2 "a/cpu.max", "200000 100000\n"}}, 2, V2 "a/cpu.max"},
    {"floor_of_two_and_a_half", v2, "0::/a\n", {{V2 "a/cpu.max", "250000 100000\n"}}, 2,
     V2 "a/cpu.max"},
    {"floor_of_almost_two", v2, "0::/a\n", {{V2 "a/cpu.max", "199999 100000\n"}}, 1,
     V2 "a/cpu.max"},
    {"half_a_cpu_is_one", v2, "0::/a\n", {{V2 "a/cpu.max", "50000 100000\n"}}, 1, V2 "a/cpu.max"},
    {"other_period", v2, "0::/a\n", {{V2 "a/cpu.max", "30000 10000\n"}}, 3, V2 "a/cpu.max"},
    {"period_left_out", v2, "0::/a\n", {{V2 "a/cpu.max", "400000\n"}}, 4, V2 "a/cpu.max"},
    {"no_newline", v2, "0::/a", {{V2 "a/cpu.max", "300000 100000"}}, 3, V2 "a/cpu.max"},
    {"parent_is_tighter", v2, "0::/a/b\n",
     {{V2 "a/b/cpu.max", "800000 100000\n"}, {V2 "a/cpu.max", "300000 100000\n"}}, 3,
     V2 "a/cpu.max"},
    {"child_is_tighter", v2, "0::/a/b\n",
     {{V2 "a/b/cpu.max", "200000 100000\n"}, {V2 "a/cpu.max", "300000 100000\n"}}, 2,
     V2 "a/b/cpu.max"},
    {"grandparent_over_unlimited", v2, "0::/a/b/c\n",
     {{V2 "a/b/c/cpu.max", "max 100000\n"}, {V2 "a/b/cpu.max", "max 100000\n"},
      {V2 "a/cpu.max", "500000 100000\n"}}, 5, V2 "a/cpu.max"},
    {"limit_at_the_mount_point", v2, "0::/\n", {{V2 "cpu.max", "600000 100000\n"}}, 6,
     V2 "cpu.max"},
    {"sibling_does_not_count", v2, "0::/a\n", {{V2 "b/cpu.max", "100000 100000\n"}}, 0, ""},
    {"prefix_named_sibling_does_not_count", v2, "0::/abc\n",
     {{V2 "ab/cpu.max", "100000 100000\n"}}, 0, ""},
    {"child_group_does_not_count", v2, "0::/a\n", {{V2 "a/b/cpu.max", "100000 100000\n"}}, 0, ""},
    {"colon_in_the_path", v2, "0::/a:b\n", {{V2 "a:b/cpu.max", "200000 100000\n"}}, 2,
     V2 "a:b/cpu.max"},
    {"trailing_slash_in_the_path", v2, "0::/a/\n", {{V2 "a/cpu.max", "200000 100000\n"}}, 2,
     V2 "a/cpu.max"},
    {"unusual_mount_point", v2_mounted_at("/", "/mnt/groups"), "0::/a\n",
     {{"mnt/groups/a/cpu.max", "700000 100000\n"}}, 7, "mnt/groups/a/cpu.max"},
    {"space_in_the_mount_point", v2_mounted_at("/", "/mnt/my\\040groups"), "0::/a\n",
     {{"mnt/my groups/a/cpu.max", "700000 100000\n"}}, 7, "mnt/my groups/a/cpu.max"},
    {"container_mount_shows_lower_part", v2_mounted_at("/docker/x", "/sys/fs/cgroup"),
     "0::/docker/x\n", {{V2 "cpu.max", "200000 100000\n"}}, 2, V2 "cpu.max"},
    {"group_below_the_container_mount", v2_mounted_at("/docker/x", "/sys/fs/cgroup"),
     "0::/docker/x/job\n", {{V2 "job/cpu.max", "300000 100000\n"}}, 3, V2 "job/cpu.max"},
    {"path_outside_the_mount", v2_mounted_at("/docker/x", "/sys/fs/cgroup"), "0::/docker/xy\n",
     {{V2 "cpu.max", "300000 100000\n"}}, 3, V2 "cpu.max"},
    {"path_climbs_out_of_the_namespace", v2, "0::/../other\n",
     {{V2 "cpu.max", "300000 100000\n"}}, 3, V2 "cpu.max"},
    {"second_mount_reaches_further_up",
     v2_mounted_at("/a/b", "/low") + v2_mounted_at("/", "/high"), "0::/a/b\n",
     {{"low/cpu.max", "800000 100000\n"}, {"high/a/b/cpu.max", "800000 100000\n"},
      {"high/a/cpu.max", "200000 100000\n"}}, 2, "high/a/cpu.max"},
    {"foreign_mount_is_passed_over",
     v2_mounted_at("/docker/y", "/foreign") + v2_mounted_at("/docker/x", "/sys/fs/cgroup"),
     "0::/docker/x\n",
     {{"foreign/cpu.max", "100000 100000\n"}, {V2 "cpu.max", "400000 100000\n"}}, 4, V2 "cpu.max"},
    {"path_climbs_far_out_of_the_namespace", v2, "0::/../../../elsewhere/a\n",
     {{V2 "cpu.max", "300000 100000\n"}, {V2 "elsewhere/a/cpu.max", "100000 100000\n"}}, 3,
     V2 "cpu.max"},
    {"namespace_root_is_a_slice", v2_mounted_at("/../../kubepods", "/sys/fs/cgroup"), "0::/\n",
     {{V2 "cpu.max", "250000 100000\n"}}, 2, V2 "cpu.max"},
    {"windows_line_end", v2, "0::/a\n", {{V2 "a/cpu.max", "200000 100000\r\n"}}, 2, V2 "a/cpu.max"},
    {"tabs_and_spaces", v2, "0::/a\n", {{V2 "a/cpu.max", " \t200000\t 100000 \n\n"}}, 2,
     V2 "a/cpu.max"},
    {"leading_zeros", v2, "0::/a\n", {{V2 "a/cpu.max", "0200000 0100000\n"}}, 2, V2 "a/cpu.max"},
    {"ten_levels", v2, "0::/1/2/3/4/5/6/7/8/9/10\n",
     {{V2 "1/2/3/4/5/6/7/8/9/10/cpu.max", "max 100000\n"}, {V2 "1/cpu.max", "200000 100000\n"}}, 2,
     V2 "1/cpu.max"},
    {"unreadable_level_hides_no_other", v2, "0::/a/b\n",
     {{V2 "a/b/cpu.max/is_a_folder", ""}, {V2 "a/cpu.max", "200000 100000\n"}}, 2, V2 "a/cpu.max"},
    {"group_was_removed", v2, "0::/a/gone (deleted)\n", {{V2 "a/cpu.max", "200000 100000\n"}}, 2,
     V2 "a/cpu.max"},
};

// Version 1, and both at once.
const shape v1_shapes[] = {
    {"unlimited", v1_cpu, "4:cpu,cpuacct:/a\n",
     {{V1 "a/cpu.cfs_quota_us", "-1\n"}, {V1 "a/cpu.cfs_period_us", "100000\n"}}, 0, ""},
    {"three_cpus", v1_cpu, "4:cpu,cpuacct:/a\n",
     {{V1 "a/cpu.cfs_quota_us", "350000\n"}, {V1 "a/cpu.cfs_period_us", "100000\n"}}, 3,
     V1 "a/cpu.cfs_quota_us"},
    {"controllers_in_other_order", v1_cpu, "4:cpuacct,cpu:/a\n",
     {{V1 "a/cpu.cfs_quota_us", "200000\n"}, {V1 "a/cpu.cfs_period_us", "100000\n"}}, 2,
     V1 "a/cpu.cfs_quota_us"},
    {"cpuset_is_not_cpu", v1_cpuset + v1_cpu, "3:cpuset:/wrong\n4:cpu,cpuacct:/a\n",
     {{V1 "wrong/cpu.cfs_quota_us", "100000\n"}, {V1 "wrong/cpu.cfs_period_us", "100000\n"},
      {V1 "a/cpu.cfs_quota_us", "200000\n"}, {V1 "a/cpu.cfs_period_us", "100000\n"}}, 2,
     V1 "a/cpu.cfs_quota_us"},
    {"parent_is_tighter", v1_cpu, "4:cpu,cpuacct:/a/b\n",
     {{V1 "a/b/cpu.cfs_quota_us", "-1\n"}, {V1 "a/b/cpu.cfs_period_us", "100000\n"},
      {V1 "a/cpu.cfs_quota_us", "100000\n"}, {V1 "a/cpu.cfs_period_us", "50000\n"}}, 2,
     V1 "a/cpu.cfs_quota_us"},
    {"period_is_zero", v1_cpu, "4:cpu,cpuacct:/a\n",
     {{V1 "a/cpu.cfs_quota_us", "100000\n"}, {V1 "a/cpu.cfs_period_us", "0\n"}}, 0, ""},
    {"period_is_missing", v1_cpu, "4:cpu,cpuacct:/a\n", {{V1 "a/cpu.cfs_quota_us", "100000\n"}}, 0,
     ""},
    {"container_mount", v1_cpu_mounted_at("/docker/x", "/sys/fs/cgroup/cpu,cpuacct"),
     "4:cpu:/docker/x\n",
     {{V1 "cpu.cfs_quota_us", "200000\n"}, {V1 "cpu.cfs_period_us", "100000\n"}}, 2,
     V1 "cpu.cfs_quota_us"},
    {"mounted_with_all_others",
     "33 25 0:29 / /sys/fs/cgroup/all rw - cgroup none rw,cpuset,cpu,cpuacct,memory,pids\n",
     "1:cpuset,cpu,cpuacct,memory,pids:/a\n",
     {{"sys/fs/cgroup/all/a/cpu.cfs_quota_us", "400000\n"},
      {"sys/fs/cgroup/all/a/cpu.cfs_period_us", "100000\n"},
      {"sys/fs/cgroup/all/a/pids.max", "9\n"}, {"sys/fs/cgroup/all/a/pids.current", "2\n"}}, 4,
     "sys/fs/cgroup/all/a/cpu.cfs_quota_us", 7, "sys/fs/cgroup/all/a/pids.max"},
    {"windows_line_ends", v1_cpu, "4:cpu,cpuacct:/a\n",
     {{V1 "a/cpu.cfs_quota_us", "300000\r\n"}, {V1 "a/cpu.cfs_period_us", "100000\r\n"}}, 3,
     V1 "a/cpu.cfs_quota_us"},
    {"more_negative_than_unlimited", v1_cpu, "4:cpu,cpuacct:/a\n",
     {{V1 "a/cpu.cfs_quota_us", "-100000\n"}, {V1 "a/cpu.cfs_period_us", "100000\n"}}, 0, ""},
    {"unreadable_quota", v1_cpu, "4:cpu,cpuacct:/a\n",
     {{V1 "a/cpu.cfs_quota_us/is_a_folder", ""}, {V1 "a/cpu.cfs_period_us", "100000\n"}}, 0, ""},
    {"quota_of_a_named_hierarchy_does_not_count",
     "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n",
     "9:name=systemd:/a\n",
     {{"sys/fs/cgroup/systemd/a/cpu.cfs_quota_us", "100000\n"},
      {"sys/fs/cgroup/systemd/a/cpu.cfs_period_us", "100000\n"}}, 0, ""},
    {"both_versions_have_one", v1_cpu + v2_hybrid, "4:cpu,cpuacct:/a\n0::/b\n",
     {{V1 "a/cpu.cfs_quota_us", "300000\n"}, {V1 "a/cpu.cfs_period_us", "100000\n"},
      {"sys/fs/cgroup/unified/b/cpu.max", "200000 100000\n"}}, 2,
     "sys/fs/cgroup/unified/b/cpu.max"},
    {"hybrid_v1_carries_the_quota", v1_cpu + v2_hybrid, "4:cpu,cpuacct:/a\n0::/b\n",
     {{V1 "a/cpu.cfs_quota_us", "200000\n"}, {V1 "a/cpu.cfs_period_us", "100000\n"}}, 2,
     V1 "a/cpu.cfs_quota_us"},
    {"hybrid_v2_carries_the_quota", v1_pids + v2_hybrid, "5:pids:/a\n0::/b\n",
     {{"sys/fs/cgroup/unified/b/cpu.max", "200000 100000\n"}}, 2,
     "sys/fs/cgroup/unified/b/cpu.max"},
};

const shape pids_shapes[] = {
    {"v2_margin", v2, "0::/a\n", {{V2 "a/pids.max", "100\n"}, {V2 "a/pids.current", "40\n"}}, 0, "",
     60, V2 "a/pids.max"},
    {"v2_max", v2, "0::/a\n", {{V2 "a/pids.max", "max\n"}, {V2 "a/pids.current", "40\n"}}, 0, ""},
    {"v2_parent_is_tighter", v2, "0::/a/b\n",
     {{V2 "a/b/pids.max", "100\n"}, {V2 "a/b/pids.current", "1\n"}, {V2 "a/pids.max", "50\n"},
      {V2 "a/pids.current", "45\n"}}, 0, "", 5, V2 "a/pids.max"},
    {"full_group_still_says_one", v2, "0::/a\n",
     {{V2 "a/pids.max", "10\n"}, {V2 "a/pids.current", "10\n"}}, 0, "", 1, V2 "a/pids.max"},
    {"limit_lowered_below_current", v2, "0::/a\n",
     {{V2 "a/pids.max", "10\n"}, {V2 "a/pids.current", "25\n"}}, 0, "", 1, V2 "a/pids.max"},
    {"current_is_missing", v2, "0::/a\n", {{V2 "a/pids.max", "10\n"}}, 0, "", 10,
     V2 "a/pids.max"},
    {"v1_margin", v1_pids, "8:pids:/a\n",
     {{PIDS "a/pids.max", "64\n"}, {PIDS "a/pids.current", "60\n"}}, 0, "", 4, PIDS "a/pids.max"},
    {"quota_and_pids", v1_pids + v1_cpu, "8:pids:/p\n4:cpu,cpuacct:/c\n",
     {{PIDS "p/pids.max", "64\n"}, {PIDS "p/pids.current", "60\n"},
      {V1 "c/cpu.cfs_quota_us", "200000\n"}, {V1 "c/cpu.cfs_period_us", "100000\n"}}, 2,
     V1 "c/cpu.cfs_quota_us", 4, PIDS "p/pids.max"},
};

// Nothing here is a limit, and nothing here may stop a program from starting.
const shape garbage_shapes[] = {
    {"nothing_at_all", "", "", {}, 0, ""},
    {"mounts_without_groups", v2, "", {{V2 "cpu.max", "100000 100000\n"}}, 0, ""},
    {"groups_without_mounts", other, "0::/a\n", {{V2 "a/cpu.max", "100000 100000\n"}}, 0, ""},
    {"words_in_cpu_max", v2, "0::/a\n", {{V2 "a/cpu.max", "two cpus\n"}}, 0, ""},
    {"empty_cpu_max", v2, "0::/a\n", {{V2 "a/cpu.max", ""}}, 0, ""},
    {"negative_quota", v2, "0::/a\n", {{V2 "a/cpu.max", "-200000 100000\n"}}, 0, ""},
    {"zero_quota", v2, "0::/a\n", {{V2 "a/cpu.max", "0 100000\n"}}, 0, ""},
    {"zero_period", v2, "0::/a\n", {{V2 "a/cpu.max", "100000 0\n"}}, 0, ""},
    {"quota_longer_than_64_bits", v2, "0::/a\n",
     {{V2 "a/cpu.max", "99999999999999999999999 100000\n"}}, 0, ""},
    {"huge_quota_is_held", v2, "0::/a\n", {{V2 "a/cpu.max", "18446744073709551615 1\n"}},
     UINT32_MAX, V2 "a/cpu.max"},
    {"digits_then_letters", v2, "0::/a\n", {{V2 "a/cpu.max", "200000x 100000\n"}}, 0, ""},
    {"broken_level_hides_no_other", v2, "0::/a/b\n",
     {{V2 "a/b/cpu.max", "???\n"}, {V2 "a/cpu.max", "200000 100000\n"}}, 2, V2 "a/cpu.max"},
    {"cut_mountinfo", "30 23 0:26 / /sys", "0::/a\n", {}, 0, ""},
    {"mountinfo_without_fields", " - cgroup2 x y\n - \n-\n\n" + v2, "0::/a\n",
     {{V2 "a/cpu.max", "200000 100000\n"}}, 2, V2 "a/cpu.max"},
    {"bad_escape_in_mountinfo", v2_mounted_at("/", "/mnt\\9\\04\\"), "0::/a\n",
     {{"mnt\\9\\04\\/a/cpu.max", "200000 100000\n"}}, 2, "mnt\\9\\04\\/a/cpu.max"},
    {"relative_group_path", v2, "0::a\n", {{V2 "a/cpu.max", "100000 100000\n"}}, 0, ""},
    {"group_lines_without_colons", v2, "nonsense\n\n:::\n0::/a\n",
     {{V2 "a/cpu.max", "200000 100000\n"}}, 2, V2 "a/cpu.max"},
    {"binary_in_the_files", std::string("\0\xff\n\n", 4) + v2, std::string("\0:\0\n0::/a\n", 10),
     {{V2 "a/cpu.max", "200000 100000\n"}}, 2, V2 "a/cpu.max"},
    {"words_in_pids_max", v2, "0::/a\n", {{V2 "a/pids.max", "many\n"}}, 0, ""},
    {"two_numbers_in_pids_max", v2, "0::/a\n", {{V2 "a/pids.max", "10 20\n"}}, 0, ""},
};

class CpuLimitShape : public testing::TestWithParam<shape> {};

TEST_P(CpuLimitShape, IsReadAsTheKernelMeansIt) {
    const shape& given = GetParam();
    const veda::test::temporary_folder root;
    root.write("proc/self/mountinfo", other + given.mountinfo);
    root.write("proc/self/cgroup", given.cgroup);
    for (const auto& [name, content] : given.files) root.write(name, content);

    const auto limits = read_cpu_limits(root.path());
    const auto full_path = [&](const std::string& name) {
        return name.empty() ? name : root.path() + "/" + name;
    };
    EXPECT_EQ(limits.quota, given.quota);
    EXPECT_EQ(limits.quota_file, full_path(given.quota_file));
    EXPECT_EQ(limits.pids_margin, given.pids);
    EXPECT_EQ(limits.pids_file, full_path(given.pids_file));
}

std::string name_of(const testing::TestParamInfo<shape>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(V2, CpuLimitShape, testing::ValuesIn(v2_shapes), name_of);
INSTANTIATE_TEST_SUITE_P(V1, CpuLimitShape, testing::ValuesIn(v1_shapes), name_of);
INSTANTIATE_TEST_SUITE_P(Pids, CpuLimitShape, testing::ValuesIn(pids_shapes), name_of);
INSTANTIATE_TEST_SUITE_P(Garbage, CpuLimitShape, testing::ValuesIn(garbage_shapes), name_of);

TEST(CpuLimit, MissingProcIsNoLimit) {
    const veda::test::temporary_folder root;
    const auto limits = read_cpu_limits(root.path() + "/nowhere");
    EXPECT_EQ(limits.quota, 0u);
    EXPECT_EQ(limits.pids_margin, 0u);
    EXPECT_GE(limits.affinity, 1u);
}

TEST(CpuLimit, TrailingSlashOfTheRootDoesNotMatter) {
    const veda::test::temporary_folder root;
    root.write("proc/self/mountinfo", v2);
    root.write("proc/self/cgroup", "0::/a\n");
    root.write(V2 "a/cpu.max", "200000 100000\n");
    EXPECT_EQ(read_cpu_limits(root.path() + "/").quota_file, root.path() + "/" V2 "a/cpu.max");
}

TEST(CpuLimit, AffinityFollowsTheMask) {
    const auto before = veda::rt::os::allowed_cpus();
    ASSERT_FALSE(before.empty());
    EXPECT_TRUE(std::is_sorted(before.begin(), before.end()));
    EXPECT_EQ(read_cpu_limits().affinity, before.size());

    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(before.back(), &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(veda::rt::os::allowed_cpus(), std::vector<int>{before.back()});
    EXPECT_EQ(read_cpu_limits().affinity, 1u);
}

}  // namespace
