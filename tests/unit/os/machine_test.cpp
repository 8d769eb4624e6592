// The small doors: clock, pages, environment, log.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "os/clock.hpp"
#include "os/environment.hpp"
#include "os/log.hpp"
#include "os/pages.hpp"

namespace {

using namespace veda::rt::os;

TEST(Clock, TicksAndNanosecondsAgree) {
    const auto speed = ticks_per_us();
    ASSERT_GE(speed, 1u);
    const auto start_ns = now_ns();
    const auto start_ticks = ticks();
    while (now_ns() - start_ns < 20'000'000) {
    }
    const double by_ticks = static_cast<double>(ticks() - start_ticks) / static_cast<double>(speed);
    const double by_clock = static_cast<double>(now_ns() - start_ns) / 1000;
    EXPECT_NEAR(by_ticks / by_clock, 1.0, 0.1);
}

TEST(Pages, AreZeroAndAligned) {
    constexpr std::size_t size = 1 << 20;
    auto* memory = static_cast<unsigned char*>(reserve_pages(size));
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 4096, 0u);
    EXPECT_EQ(memory[0] | memory[size - 1], 0);
    memory[0] = memory[size - 1] = 1;
    release_pages(memory, size);
    release_pages(nullptr, size);
}

TEST(Pages, MayBeFarMoreThanTheMachineHas) {
    constexpr std::size_t size = std::size_t{1} << 38;
    auto* memory = static_cast<unsigned char*>(reserve_pages(size));
    ASSERT_NE(memory, nullptr);
    memory[size / 2] = 1;
    release_pages(memory, size);
}

TEST(Pages, RefusalIsANullPointer) {
    errno = 1234;
    EXPECT_EQ(reserve_pages(SIZE_MAX / 2), nullptr);
    EXPECT_EQ(reserve_pages(0), nullptr);
    EXPECT_EQ(errno, 1234);
}

TEST(Environment, ReadsAVariable) {
    setenv("VEDA_TEST_VARIABLE", "7", 1);
    EXPECT_STREQ(environment("VEDA_TEST_VARIABLE"), "7");
    unsetenv("VEDA_TEST_VARIABLE");
    EXPECT_EQ(environment("VEDA_TEST_VARIABLE"), nullptr);
}

std::string logged(const char* threshold) {
    if (threshold != nullptr) setenv("VEDA_LOG", threshold, 1);
    testing::internal::CaptureStderr();
    log(log_level::error, "an error %d", 1);
    log(log_level::warn, "a warning");
    log(log_level::info, "some news");
    log(log_level::debug, "a detail");
    return testing::internal::GetCapturedStderr();
}

// The threshold is read once in a process; each of these tests has its own.
TEST(Log, WarnsByDefault) {
    unsetenv("VEDA_LOG");
    EXPECT_EQ(logged(nullptr), "veda: error: an error 1\nveda: warn: a warning\n");
}

TEST(Log, CanBeSilent) { EXPECT_EQ(logged("off"), ""); }

TEST(Log, CanBeErrorsOnly) { EXPECT_EQ(logged("error"), "veda: error: an error 1\n"); }

TEST(Log, CanSayEverything) {
    EXPECT_EQ(logged("debug"),
              "veda: error: an error 1\nveda: warn: a warning\nveda: info: some news\n"
              "veda: debug: a detail\n");
}

TEST(Log, NamesAnInvalidThreshold) {
    EXPECT_EQ(logged("loud"),
              "veda: warn: VEDA_LOG is \"loud\", must be off, error, warn, info or debug; using "
              "warn\nveda: error: an error 1\nveda: warn: a warning\n");
}

TEST(Log, GivesEachWarningOnce) {
    unsetenv("VEDA_LOG");
    testing::internal::CaptureStderr();
    for (int i = 0; i < 3; ++i) log(log_level::warn, "warning %d", i % 2);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "veda: warn: warning 0\nveda: warn: warning 1\n");
}

TEST(Log, CutsALongLineButEndsIt) {
    testing::internal::CaptureStderr();
    log(log_level::error, "%s", std::string(5000, 'x').c_str());
    const auto text = testing::internal::GetCapturedStderr();
    EXPECT_LT(text.size(), 1000u);
    EXPECT_EQ(text.back(), '\n');
}

TEST(Log, LosesNoWarningWhenItHasSeenMany) {
    testing::internal::CaptureStderr();
    for (int i = 0; i < 200; ++i) log(log_level::warn, "number %d", i);
    const auto text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 200);
    EXPECT_NE(text.find("number 199\n"), std::string::npos);
}

}  // namespace
