// A mutex held across join by every task: it must not deadlock, because a worker that waits in the
// join runs nothing that could want the same mutex.
#include <mutex>

#include "stress.hpp"

namespace {

struct account {
    std::mutex lock;
    std::uint64_t balance = 0;  // guarded by lock
};

std::uint64_t split_sum(std::uint64_t begin, std::uint64_t end) {
    if (end - begin <= 8) {
        // Long enough that thieves come while the mutex is held.
        stress::busy(300);
        std::uint64_t sum = 0;
        for (; begin < end; ++begin) sum += begin;
        return sum;
    }
    const std::uint64_t middle = begin + (end - begin) / 2;
    const auto [left, right] = veda::join([=] { return split_sum(begin, middle); },
                                          [=] { return split_sum(middle, end); });
    return left + right;
}

constexpr std::uint64_t inner_length = 64;
constexpr std::uint64_t inner_sum = inner_length * (inner_length - 1) / 2;

class MutexStress : public testing::TestWithParam<std::uint32_t> {};

// guarantee: progress-2
TEST_P(MutexStress, HeldAcrossJoin) {
    const stress::watchdog watchdog("a mutex held across join");
    const std::uint64_t tasks = stress::scaled(100'000);
    stress::runtime runtime{veda::config{}.workers(GetParam())};
    account shared;
    std::uint64_t rounds = 0;
    // On a machine that is busy with other things it may take a while until a thief comes.
    do {
        ++rounds;
        runtime.run([&] {
            veda::par(std::uint64_t{0}, tasks).with_max_len(1).for_each([&](std::uint64_t) {
                const std::lock_guard guard(shared.lock);
                shared.balance += split_sum(0, inner_length);
            });
        });
    } while (runtime.counter("stolen") == 0);
    EXPECT_EQ(shared.balance, rounds * tasks * inner_sum);
}

// guarantee: progress-2
TEST_P(MutexStress, HeldAcrossScopeAndLoop) {
    const stress::watchdog watchdog("a mutex held across scope and loop");
    const std::uint64_t tasks = stress::scaled(20'000);
    stress::runtime runtime{veda::config{}.workers(GetParam())};
    account shared;
    runtime.scope([&](auto& s) {
        for (std::uint64_t i = 0; i < tasks; ++i) {
            s.spawn([&] {
                const std::lock_guard guard(shared.lock);
                std::uint64_t a = 0, b = 0;
                veda::scope([&](auto& inner) {
                    inner.spawn([&] { a = split_sum(0, inner_length); });
                    inner.spawn([&] { b = veda::par(std::uint64_t{0}, inner_length).sum(); });
                });
                shared.balance += a + b;
            });
        }
    });
    EXPECT_EQ(shared.balance, 2 * tasks * inner_sum);
}

INSTANTIATE_TEST_SUITE_P(Workers, MutexStress, testing::Values(2u, 3u, 8u, 64u));

}  // namespace
