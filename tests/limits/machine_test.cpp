// The default runtime follows what the machine really allows: CPU quota, CPU set, affinity mask and
// pids limit, changed while it works.
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>
#include <veda/veda.hpp>

#include "control_group.hpp"
#include "support/effort.hpp"

namespace {

using limits::control_group;
using std::chrono::steady_clock;

std::uint32_t places() {
    std::uint32_t count = 0;
    EXPECT_EQ(veda_runtime_worker_count(veda_runtime_default(), &count), VEDA_OK);
    return count;
}

// How long it takes until the runtime has so many places, while it works; more than a minute: it
// never has.
double seconds_until(std::uint32_t wanted) {
    const auto start = steady_clock::now();
    for (;;) {
        const double passed = std::chrono::duration<double>(steady_clock::now() - start).count();
        if (places() == wanted || passed > 60) return passed;
        EXPECT_GE(places(), 1u);
        std::atomic<std::uint64_t> sum{0};
        veda::par(0, 1000).for_each([&](int i) { sum += static_cast<std::uint64_t>(i); });
        EXPECT_EQ(sum, 499500u);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

// change(n) makes the machine allow n CPUs, 1 or 2. Half of the changes must be followed within a
// second: all of them would ask more of a crowded machine than it can promise.
template <class Change>
void expect_followed(Change change) {
    std::vector<double> times;
    const std::uint64_t usual = veda::test::full() ? 200 : 10;
    const int rounds = static_cast<int>(veda::test::number_from("VEDA_LIMIT_CHANGES", usual));
    for (int round = 0; round < rounds; ++round) {
        const std::uint32_t wanted = round % 2 == 0 ? 2 : 1;
        ASSERT_TRUE(change(wanted)) << std::strerror(errno);
        times.push_back(seconds_until(wanted));
        ASSERT_LT(times.back(), 60) << "change " << round << " to " << wanted;
    }
    std::sort(times.begin(), times.end());
    std::printf("followed %zu changes, median %.3f s, longest %.3f s\n", times.size(),
                times[times.size() / 2], times.back());
    EXPECT_LT(times[times.size() / 2], 1.0);
}

bool has_two_cpus() {
    cpu_set_t mask;
    return sched_getaffinity(0, sizeof mask, &mask) == 0 && CPU_COUNT(&mask) >= 2;
}

// guarantee: machine-1
TEST(Machine, QuotaIsFollowed) {
    if (!has_two_cpus()) GTEST_SKIP() << "needs two CPUs";
    const control_group group("cpu");
    if (!group) GTEST_SKIP() << "no cpu controller of version 1 that this user may make groups in";
    const auto allow = [&](std::uint32_t cpus) {
        return group.set("cpu.cfs_quota_us", std::to_string(cpus * 50'000));
    };
    ASSERT_TRUE(group.set("cpu.cfs_period_us", "50000"));
    ASSERT_TRUE(allow(1));
    ASSERT_TRUE(group.enter());
    EXPECT_EQ(places(), 1u) << "as it started";
    expect_followed(allow);
    // Less than one CPU is one place, and no limit is as many as there are CPUs.
    ASSERT_TRUE(group.set("cpu.cfs_quota_us", "10000"));
    EXPECT_LT(seconds_until(1), 60);
    ASSERT_TRUE(group.set("cpu.cfs_quota_us", "-1"));
    EXPECT_GE(places(), 1u);
    EXPECT_EQ(veda_shutdown(UINT64_MAX), VEDA_OK);
}

// guarantee: machine-2
TEST(Machine, CpusetIsFollowed) {
    if (!has_two_cpus()) GTEST_SKIP() << "needs two CPUs";
    const control_group group("cpuset");
    if (!group)
        GTEST_SKIP() << "no cpuset controller of version 1 that this user may make groups in";
    const auto allow = [&](std::uint32_t cpus) {
        return group.set("cpuset.cpus", cpus == 1 ? "0" : "0-1");
    };
    if (!allow(1) || !group.enter()) GTEST_SKIP() << "the group cannot be entered";
    EXPECT_EQ(places(), 1u) << "as it started";
    expect_followed(allow);
    EXPECT_EQ(veda_shutdown(UINT64_MAX), VEDA_OK);
}

// What `taskset -a -p` does: the mask of every thread, one by one.
bool set_mask_of_all_threads(std::uint32_t cpus) {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) CPU_SET(cpu, &mask);
    DIR* folder = opendir("/proc/self/task");
    if (folder == nullptr) return false;
    while (const dirent* entry = readdir(folder))
        if (const int id = std::atoi(entry->d_name)) sched_setaffinity(id, sizeof mask, &mask);
    closedir(folder);
    return true;
}

// guarantee: machine-2
TEST(Machine, AffinityIsFollowed) {
    if (!has_two_cpus()) GTEST_SKIP() << "needs two CPUs";
    ASSERT_TRUE(set_mask_of_all_threads(1));
    EXPECT_EQ(places(), 1u) << "as it started";
    expect_followed(set_mask_of_all_threads);
    EXPECT_EQ(veda_shutdown(UINT64_MAX), VEDA_OK);
}

// A pids limit counts every thread of the group, so the sanitizers' own threads too: the room that
// is left is measured, not assumed.
// guarantee: machine-3
TEST(Machine, PidsLimitIsFollowed) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "ThreadSanitizer's own thread is one of those that the limit counts";
#endif
    if (!has_two_cpus()) GTEST_SKIP() << "needs two CPUs";
    const control_group group("pids");
    if (!group || !group.enter())
        GTEST_SKIP() << "no pids controller of version 1 that this user may make groups in";
    const int present = std::atoi(group.get("pids.current").c_str());
    ASSERT_GT(present, 0);
    // Room for one worker, and for the thread that follows the limits.
    ASSERT_TRUE(group.set("pids.max", std::to_string(present + 2)));
    EXPECT_EQ(places(), 1u) << "as it started";
    ASSERT_TRUE(group.set("pids.max", "max"));
    EXPECT_LT(seconds_until(2), 60);
    EXPECT_EQ(veda_shutdown(UINT64_MAX), VEDA_OK);
}

// A count that somebody gave is obeyed to the letter.
// guarantee: machine-5
TEST(Machine, AGivenCountStays) {
    if (!has_two_cpus()) GTEST_SKIP() << "needs two CPUs";
    veda::runtime given{veda::config{}.workers(3)};
    ASSERT_TRUE(set_mask_of_all_threads(1));
    EXPECT_EQ(places(), 1u) << "the default runtime sees the new mask";
    ASSERT_TRUE(set_mask_of_all_threads(2));
    EXPECT_LT(seconds_until(2), 60);
    std::uint32_t count = 0;
    EXPECT_EQ(veda_runtime_worker_count(given.raw(), &count), VEDA_OK);
    EXPECT_EQ(count, 3u);
}

}  // namespace
