// Park and wake on one word.
#include "os/futex.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

#include "os/clock.hpp"

namespace {

using veda::rt::atomic;
using veda::rt::os::forever;
using veda::rt::os::futex_wait;
using veda::rt::os::futex_wake;

constexpr std::uint64_t ms = 1'000'000;

TEST(Futex, DoesNotSleepWhenTheWordDiffers) {
    atomic<std::uint32_t> word{1};
    EXPECT_TRUE(futex_wait(word, 0, forever));
}

TEST(Futex, SaysFalseOnceTheTimeHasPassed) {
    atomic<std::uint32_t> word{0};
    const auto start = veda::rt::os::now_ns();
    // Early returns are allowed, and say true.
    while (futex_wait(word, 0, 5 * ms)) {
    }
    EXPECT_GE(veda::rt::os::now_ns() - start, 5 * ms);
}

TEST(Futex, ZeroTimeoutReturnsAtOnce) {
    atomic<std::uint32_t> word{0};
    while (futex_wait(word, 0, 0)) {
    }
}

// Takes turns with another thread; one lost wake-up and both sleep for ever.
TEST(Futex, WakesTheSleeperEveryTime) {
    constexpr std::uint32_t turns = 2000;
    atomic<std::uint32_t> word{0};
    const auto play = [&](std::uint32_t mine) {
        for (std::uint32_t turn = mine; turn < turns; turn += 2) {
            for (std::uint32_t now; (now = word.load()) != turn;) futex_wait(word, now);
            word.store(turn + 1);
            futex_wake(&word, 1);
        }
    };
    std::thread even(play, 0);
    std::thread odd(play, 1);
    even.join();
    odd.join();
    EXPECT_EQ(word.load(), turns);
}

TEST(Futex, OneCallWakesAll) {
    constexpr int sleepers = 4;
    atomic<std::uint32_t> word{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < sleepers; ++i)
        threads.emplace_back([&] {
            while (word.load() == 0) futex_wait(word, 0);
        });
    word.store(1);
    futex_wake(&word, sleepers);
    for (auto& thread : threads) thread.join();
}

TEST(Futex, LeavesErrnoAlone) {
    atomic<std::uint32_t> word{0};
    errno = 1234;
    futex_wait(word, 1);
    futex_wait(word, 0, 1);
    futex_wake(&word, 1);
    futex_wake(nullptr, 1);
    EXPECT_EQ(errno, 1234);
}

}  // namespace
