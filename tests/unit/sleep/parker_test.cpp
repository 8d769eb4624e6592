// One thread sleeps, any thread wakes it, and no wake is lost.
#include "sleep/parker.hpp"

#include <gtest/gtest.h>

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::atomic;
using veda::rt::parker;

TEST(Parker, TokenBeforePark) {
    parker sleeper;
    EXPECT_FALSE(sleeper.unpark()) << "nobody was asleep";
    EXPECT_TRUE(sleeper.park()) << "the wake that came first is remembered";
}

TEST(Parker, ManyTokensAreOne) {
    parker sleeper;
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(sleeper.unpark());
    EXPECT_TRUE(sleeper.park());
    EXPECT_FALSE(sleeper.park(0)) << "one park takes all tokens";
}

TEST(Parker, TimeoutSaysSo) {
    parker sleeper;
    EXPECT_FALSE(sleeper.park(0));
    EXPECT_FALSE(sleeper.park(1));
    EXPECT_FALSE(sleeper.park(100'000));
}

TEST(Parker, TokenBeatsTimeout) {
    parker sleeper;
    sleeper.unpark();
    EXPECT_TRUE(sleeper.park(0));
}

TEST(Parker, UsableAfterATimeout) {
    parker sleeper;
    EXPECT_FALSE(sleeper.park(1));
    EXPECT_FALSE(sleeper.unpark()) << "who timed out is not asleep";
    EXPECT_TRUE(sleeper.park());
}

TEST(Parker, UnparkKnowsASleeper) {
    parker sleeper;
    atomic<bool> over{false};
    std::thread thread([&] {
        while (!over.load()) sleeper.park();
    });
    // Sooner or later one of the wakes meets the thread asleep.
    while (!sleeper.unpark()) std::this_thread::yield();
    over.store(true);
    sleeper.unpark();
    thread.join();
}

// Each signal interrupts the sleep; the end must stay where it was.
TEST(Parker, TimeoutEndsInAStormOfSignals) {
    static std::atomic<int> handled;
    struct sigaction action {};
    action.sa_handler = [](int) { ++handled; };  // without SA_RESTART
    ASSERT_EQ(sigaction(SIGUSR1, &action, nullptr), 0);
    const pthread_t sleeping = pthread_self();
    std::atomic<bool> over{false};
    std::thread storm([&] {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, nullptr);
        while (!over) {
            pthread_kill(sleeping, SIGUSR1);
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    });
    parker sleeper;
    const int before = handled;
    while (handled - before < 3) EXPECT_FALSE(sleeper.park(30'000'000));
    over = true;
    storm.join();
}

// Two threads hand a number back and forth. One lost wake and both sleep for ever.
TEST(Parker, PingPong) {
    const std::uint64_t turns = veda::test::scaled(100'000);
    parker sleepers[2];
    atomic<std::uint64_t> turn{0};
    std::uint64_t plain = 0;  // no atomic: handed over by the parkers' words and turn's
    veda::test::run_together(2, [&](unsigned mine) {
        for (std::uint64_t next = mine; next < turns; next += 2) {
            while (turn.load(veda::rt::acquire) != next) sleepers[mine].park();
            ++plain;
            turn.store(next + 1, veda::rt::release);
            sleepers[1 - mine].unpark();
        }
    });
    EXPECT_EQ(plain, turns);
}

// The wake alone hands over what was written before it, also if a token was there already.
TEST(Parker, WakeHandsOver) {
    const std::uint64_t rounds = veda::test::scaled(20'000);
    parker sleeper, sender;
    std::uint64_t letters[2] = {};
    std::uint64_t right = 0;
    veda::test::run_together(2, [&](unsigned index) {
        for (std::uint64_t round = 1; round <= rounds; ++round) {
            if (index == 0) {
                letters[round % 2] = round;
                sleeper.unpark();
                sender.park();
            } else {
                sleeper.park();
                right += letters[round % 2] == round;
                sender.unpark();
            }
        }
    });
    EXPECT_EQ(right, rounds);
}

// Short timeouts and wakes cross in every way; the last wake always arrives.
TEST(Parker, Stress) {
    const std::uint64_t rounds = veda::test::scaled(20'000);
    parker sleeper;
    atomic<std::uint64_t> sent{0}, seen{0};
    veda::test::run_together(3, [&](unsigned index) {
        if (index > 0) {
            for (std::uint64_t i = 0; i < rounds; ++i) {
                const std::uint64_t mine = sent.fetch_add(1) + 1;
                sleeper.unpark();
                // Waits now and then, so that the sleeper gets to sleep.
                if (i % 8 == 0)
                    while (seen.load() < mine) std::this_thread::yield();
            }
            return;
        }
        for (std::uint64_t turn = 0; seen.load() < 2 * rounds; ++turn) {
            const std::uint64_t known = seen.load();
            if (sent.load() == known) {
                if (turn % 4 == 0)
                    sleeper.park();
                else
                    sleeper.park(turn % 4 * 1000);
            }
            seen.store(sent.load());
        }
    });
    EXPECT_EQ(seen.load(), 2 * rounds);
}

}  // namespace
