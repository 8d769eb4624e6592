// The notation "0-3,6", from the kernel and from the environment.
#include "os/cpu_list.hpp"

#include <gtest/gtest.h>

namespace {

using veda::rt::os::parse_cpu_list;
using cpus = std::vector<int>;

TEST(CpuList, ReadsNumbersAndRanges) {
    EXPECT_EQ(parse_cpu_list("0"), cpus({0}));
    EXPECT_EQ(parse_cpu_list("0-3,6"), cpus({0, 1, 2, 3, 6}));
    EXPECT_EQ(parse_cpu_list(" 5-5 \n"), cpus({5}));
}

TEST(CpuList, KeepsTheOrderWritten) { EXPECT_EQ(parse_cpu_list("4,0-1"), cpus({4, 0, 1})); }

TEST(CpuList, NamesEachCpuOnce) { EXPECT_EQ(parse_cpu_list("1,0-2,2"), cpus({1, 0, 2})); }

TEST(CpuList, RefusesEverythingElse) {
    for (const char* text : {"", " ", ",", "0,", ",0", "-", "1-", "-1", "3-1", "a", "0-3-5", "0x1",
                             "0 1", "1,,2", "99999999999999999999", "0-99999999", "+1", "1.5"})
        EXPECT_EQ(parse_cpu_list(text), std::nullopt) << '"' << text << '"';
}

}  // namespace
