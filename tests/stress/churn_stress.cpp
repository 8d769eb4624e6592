// Runtimes come and go, and everything at once from several threads.
#include <atomic>
#include <thread>
#include <vector>

#include "stress.hpp"

namespace {

// guarantee: shutdown-5
TEST(ChurnStress, ThousandRuntimes) {
    const stress::watchdog watchdog("1,000 runtimes", 240);
    auto random = stress::seeded();
    const std::uint64_t rounds = stress::scaled(1000);
    std::uint64_t right = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const auto workers = static_cast<std::uint32_t>(1 + random() % 8);
        std::atomic<int> detached{0};
        {
            stress::runtime runtime{veda::config{}.workers(workers)};
            for (int i = 0; i < 5; ++i) runtime.spawn([&] { ++detached; }).detach();
            right += runtime.run([&] { return stress::fib(10); }) == 55;
        }
        ASSERT_EQ(detached.load(), 5) << "the end of a runtime runs what was submitted";
    }
    EXPECT_EQ(right, rounds);
}

// guarantee: shutdown-4
TEST(ChurnStress, DefaultRuntimeStopsAndStartsAgain) {
    const stress::watchdog watchdog("starts and stops of the default runtime");
    const std::uint64_t rounds = stress::scaled(300);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        std::atomic<int> detached{0};
        for (int i = 0; i < 10; ++i) veda::spawn([&] { ++detached; }).detach();
        ASSERT_EQ(veda::par(0, 1000).sum(), 499500);
        veda::shutdown(std::chrono::seconds(60));
        ASSERT_EQ(detached.load(), 10);
    }
}

// One random job on the given runtime, from a thread outside it; answers whether it was right.
bool one_job(const veda::runtime_ref& runtime, std::uint64_t dice) {
    const std::uint64_t n = dice / 16 % 2000;
    switch (dice % 8) {
        case 0:
            return runtime.run([&] { return stress::fib(12); }) == 144;
        case 1:
            return runtime.run([&] { return veda::par(std::uint64_t{0}, n + 1).sum(); }) ==
                   n * (n + 1) / 2;
        case 2: {
            std::atomic<std::uint64_t> ran{0};
            runtime.scope([&](auto& s) {
                for (std::uint64_t i = 0; i < n % 50; ++i)
                    s.spawn([&](auto& same) { same.spawn([&] { ++ran; }); });
            });
            return ran.load() == n % 50;
        }
        case 3:
            return runtime.spawn([n] { return n + 1; }).get() == n + 1;
        case 4: {
            std::vector<int> hits(runtime.slot_count());
            runtime.broadcast([&](std::uint32_t index) { ++hits[index]; });
            std::uint64_t sum = 0;
            for (const int hit : hits) sum += static_cast<std::uint64_t>(hit);
            return sum == runtime.worker_count();
        }
        case 5: {
            auto inner = runtime.spawn([n] {
                auto handle = veda::spawn([n] { return 2 * n; });
                return handle.get() + 1;  // the wait lends the place
            });
            return inner.get() == 2 * n + 1;
        }
        case 6: {
            const auto squares = runtime.run([n] {
                return veda::par(std::uint64_t{0}, n)
                    .map([](std::uint64_t i) { return i * i; })
                    .collect<std::vector<std::uint64_t>>();
            });
            for (std::uint64_t i = 0; i < squares.size(); ++i)
                if (squares[i] != i * i) return false;
            return squares.size() == n;
        }
        default:
            try {
                runtime.run([&] {
                    veda::join([] { return stress::fib(8); },
                               [&]() -> int { throw static_cast<int>(n); });
                });
                return false;
            } catch (int thrown) {
                return thrown == static_cast<int>(n);
            }
    }
}

TEST(ChurnStress, EverythingAtOnce) {
    const stress::watchdog watchdog("a mix of everything", 240);
    auto random = stress::seeded();
    stress::runtime small{veda::config{}.workers(2)};
    stress::runtime large{veda::config{}.workers(6)};
    const std::uint64_t jobs = stress::scaled(5000);
    std::atomic<std::uint64_t> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 5; ++t) {
        threads.emplace_back([&, seed = random()] {
            std::mt19937_64 dice(seed);
            for (std::uint64_t i = 0; i < jobs; ++i) {
                const std::uint64_t throw_ = dice();
                const veda::runtime_ref& runtime = throw_ >> 63 ? large : small;
                if (one_job(runtime, throw_ >> 1)) right.fetch_add(1, std::memory_order_relaxed);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right.load(), 5 * jobs);
    small.drain();
    large.drain();
    EXPECT_EQ(small.pending() + large.pending(), 0u);
}

}  // namespace
