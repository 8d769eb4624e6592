// Ten thousand loops leave no memory behind.
#include <atomic>
#include <numeric>
#include <vector>

#include "stress.hpp"

namespace {

// One loop of each kind; answers whether all results were right.
bool one_of_each(std::uint64_t length, const std::vector<std::uint32_t>& values) {
    std::atomic<std::uint64_t> visited{0};
    veda::par(std::uint64_t{0}, length).for_each([&](std::uint64_t) {
        visited.fetch_add(1, std::memory_order_relaxed);
    });
    const std::uint64_t sum = veda::par(std::uint64_t{0}, length).sum();
    const auto doubled = veda::par(values)
                             .map([](std::uint32_t v) { return 2 * v; })
                             .filter([](std::uint32_t v) { return v % 3 == 0; })
                             .collect<std::vector<std::uint32_t>>();
    const auto wanted =
        std::count_if(values.begin(), values.end(), [](std::uint32_t v) { return 2 * v % 3 == 0; });
    return visited.load() == length && sum == length * (length - 1) / 2 &&
           doubled.size() == static_cast<std::size_t>(wanted);
}

TEST(LoopsStress, TenThousandLoopsDoNotGrowTheProcess) {
    const stress::watchdog watchdog("10,000 loops");
    auto random = stress::seeded();
    std::vector<std::uint32_t> values(2000);
    std::iota(values.begin(), values.end(), 0u);
    const auto some_loops = [&](std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i)
            ASSERT_TRUE(one_of_each(1 + random() % 5000, values)) << "loop " << i;
    };
    some_loops(stress::scaled(1000));  // what is allocated once is allocated now
    const std::uint64_t before = stress::resident_bytes();
    some_loops(stress::scaled(10000));
    const std::uint64_t after = stress::resident_bytes();
    ASSERT_GT(before, 0u);
    std::printf("resident before %llu KiB, after %llu KiB\n",
                static_cast<unsigned long long>(before >> 10),
                static_cast<unsigned long long>(after >> 10));
    // A sanitizer keeps freed memory on purpose.
    if (!stress::sanitized) {
        EXPECT_LT(after, before + (std::uint64_t{10} << 20));
    }
}

TEST(LoopsStress, ManyWorkersOnFewCores) {
    const stress::watchdog watchdog("64 workers");
    stress::runtime runtime{veda::config{}.workers(64)};
    const std::uint64_t rounds = stress::scaled(200, 5);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        runtime.run([&] {
            EXPECT_EQ(stress::fib(stress::sanitized ? 12 : 20), stress::sanitized ? 144u : 6765u);
            EXPECT_EQ(veda::par(0u, 100000u).map([](unsigned i) { return std::uint64_t{i}; }).sum(),
                      4999950000u);
            std::vector<int> hits(5000);
            veda::par(hits).for_each([](int& hit) { ++hit; });
            EXPECT_EQ(std::accumulate(hits.begin(), hits.end(), 0), 5000);
        });
    }
}

}  // namespace
