// reach_test.cpp: what must reach through a whole chain: lengths that pass 64 bits, an exception that stops
// all parts, a search from the right, and a source that is asked for one item at a time.
#include "support.hpp"

#include <veda/sources.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using namespace veda::test;

TEST(Reach, LengthsThatPass64BitsAreRefused) {
    const auto half = [] { return veda::par(std::uint64_t{0}, std::uint64_t{1} << 63); };
    EXPECT_EQ(thrown_by([&] { (void)half().chain(half()); }),
              "VEDA_E_RANGE: chain: the chain would have 2^64 items or more");
    EXPECT_EQ(thrown_by([&] { (void)half().interleave(half()); }),
              "VEDA_E_RANGE: interleave: the chain would have 2^64 items or more");
    EXPECT_EQ(thrown_by([&] { (void)half().interleave_shortest(half()); }),
              "VEDA_E_RANGE: interleave_shortest: the chain would have 2^64 items or more");
    EXPECT_EQ(thrown_by([&] { (void)half().chain(veda::par(std::uint64_t{0}, std::uint64_t{1} << 62))
                                  .intersperse(7); }),
              "VEDA_E_RANGE: intersperse: the chain would have 2^64 items or more");
    EXPECT_EQ(half().intersperse(7).position_first([](std::uint64_t x) { return x == 7; }), 1u);
    EXPECT_EQ(half().chain(half().skip(1)).find_first([](std::uint64_t x) { return x == 9; }), 9u);
    // Behind a filter nobody counts, and the positions end at the greatest number.
    const auto any = [](std::uint64_t) { return true; };
    EXPECT_EQ(half().filter(any).chain(half().filter(any)).chain(half()).find_any(any).has_value(), true);
}

TEST(Reach, DrainLeavesTheContainerAsItWas) {
    const auto greater = [](int a, int b) { return a > b; };
    std::set<int, std::function<bool(int, int)>> set(greater);
    std::map<int, int, std::function<bool(int, int)>> map(greater);
    std::unordered_map<int, int, std::function<std::size_t(int)>> hashed(
        100, [](int x) { return static_cast<std::size_t>(x) / 2; });
    for (int i = 0; i < 100; ++i) {
        set.insert(i);
        map[i] = i;
        hashed[i] = i;
    }
    const std::size_t buckets = hashed.bucket_count();
    EXPECT_EQ(veda::drain(set).sum(), 4950);
    EXPECT_EQ(veda::drain(map).map([](auto entry) { return entry.second; }).sum(), 4950);
    EXPECT_EQ(veda::drain(hashed).map([](auto entry) { return entry.second; }).sum(), 4950);
    EXPECT_TRUE(set.empty() && map.empty() && hashed.empty());
    set = {1, 2, 3};
    map = {{1, 1}, {2, 2}};
    EXPECT_EQ(*set.begin(), 3);
    EXPECT_EQ(map.begin()->first, 2);
    EXPECT_EQ(hashed.bucket_count(), buckets);
    EXPECT_EQ(hashed.hash_function()(7), 3u);
}

// The left inner chain is longer than anybody could wait for; an exception on the right ends it. That comes
// from an inner chain, or from below flat_map.
TEST(Reach, StopOnThrowReachesThroughFlatMap) {
    for (bool from_inside : {true, false}) {
        veda::runtime pool(veda::config{}.workers(2));
        std::atomic<bool> began{false}, thrown{false};
        std::atomic<long> after{0};
        const auto throw_now = [&] {
            await(began);
            thrown = true;
            throw std::runtime_error("the right one");
        };
        const auto work = [&](int item) {
            began = true;
            await(thrown);
            if (after.fetch_add(1) > 100'000'000) throw std::runtime_error("it went on");
            return item;
        };
        const std::string text = thrown_by([&] {
            pool.run([&] {
                veda::par(0, 2)
                    .stop_on_throw()
                    .inspect([&](int i) { i == 1 && !from_inside ? throw_now() : void(); })
                    .flat_map([&](int i) {
                        return veda::par(std::int64_t{0}, std::int64_t{1} << 40)
                            .map([&, i](std::int64_t) { return i == 1 ? (throw_now(), 0) : work(i); });
                    })
                    .for_each([](int) {});
            });
        });
        EXPECT_EQ(text, "the right one") << "from inside: " << from_inside;
    }
}

// Item 0 waits until the right half has found something, which no item of the left one can beat.
TEST(Reach, FindLastIsCutShortFromTheRightThroughFlatMap) {
    veda::runtime pool(veda::config{}.workers(2));
    std::atomic<int> right{0}, left{0};
    const auto found = pool.run([&] {
        return veda::par(0, 16)
            .flat_map([&](int i) { return veda::par(0, 4).map([i](int k) { return 4 * i + k; }); })
            .find_last([&](int x) {
                if (x >= 4 * 8) {
                    right.fetch_add(1);
                } else if (x < 4) {
                    while (right.load() < 5) std::this_thread::yield();
                } else {
                    left.fetch_add(1);
                }
                return true;
            });
    });
    EXPECT_EQ(found, 63);
    EXPECT_LT(left.load(), 4 * 7) << "all of the left half was walked";
}

TEST(Reach, FindLastThroughFlatMapIsRight) {
    in_every_pool([](std::uint32_t) {
        for (int n : {0, 1, 2, 50, 1000}) {
            const auto chain = [n] {
                return veda::par(0, n).flat_map([](int i) {
                    return veda::par(0, i % 5).map([i](int k) { return slowly(10 * i + k); });
                });
            };
            std::optional<int> last, last_even_filtered;
            for (int i = 0; i < n; ++i) {
                for (int k = 0; k < i % 5; ++k) {
                    if ((10 * i + k) % 7 == 3) last = 10 * i + k;
                    if ((10 * i + k) % 14 == 2) last_even_filtered = 10 * i + k;
                }
            }
            EXPECT_EQ(chain().find_last([](int x) { return x % 7 == 3; }), last) << n;
            EXPECT_EQ(chain().filter([](int x) { return x % 2 == 0; }).find_last([](int x) {
                return x % 7 == 2;
            }), last_even_filtered) << n;
        }
    });
}

// One worker, so that a part is a part of the memory and not of the work.
TEST(Reach, SmallPiecesAreGatheredTogether) {
    veda::runtime pool(veda::config{}.workers(1));
    pool.run([] {
        const auto parts = veda::par(0, 100'000)
                               .flat_map([](int x) { return std::array<int, 2>{x, -x}; })
                               .collect_chunks();
        EXPECT_LT(parts.size(), 100u);
        std::size_t room = 0, items = 0;
        for (const auto& part : parts) room += part.capacity(), items += part.size();
        EXPECT_EQ(items, 200'000u);
        EXPECT_LE(room, 2 * items + 1000);
    });
}

// A source that has nothing more before all that it gave was worked on.
TEST(Reach, ABridgeIsAskedForOneItemAtATime) {
    veda::runtime pool(veda::config{}.workers(1));
    for (std::uint64_t batch : {1u, 8u}) {
        std::uint64_t given = 0, done = 0, most = 0;
        const auto next = [&]() -> std::optional<std::uint64_t> {
            most = std::max(most, given - done);
            return given == 100 ? std::nullopt : std::optional(given++);
        };
        const auto work = [&](std::uint64_t) { ++done; };
        pool.run([&] {
            if (batch == 1) {
                veda::par_bridge(next).for_each(work);
                EXPECT_EQ(most, 0u);
            } else {
                veda::par_bridge(next).batched(batch).for_each(work);
                EXPECT_EQ(most, batch - 1);
                given = done = most = 0;
                veda::par_bridge(next).batched(batch).with_max_len(2).for_each(work);
                EXPECT_EQ(most, 1u);
            }
        });
        EXPECT_EQ(done, 100u);
    }
    EXPECT_EQ(thrown_by([] { (void)veda::par_bridge(std::vector<int>{1}).batched(0); }),
              "VEDA_E_RANGE: batched: length is 0, must be 1 or more");
}

TEST(Reach, SeparatorsStandBehindAFilter) {
    in_every_pool([](std::uint32_t) {
        for (int n : lengths()) {
            for (int step : {1, 7, 1000}) {  // few are kept, so that whole parts are empty
                const auto chain = [&] {
                    return veda::par(0, n)
                        .map(slowly)
                        .filter([step](int x) { return x % step == 0; })
                        .intersperse(-1);
                };
                std::vector<int> expected;
                for (int x = 0; x < n; x += step) {
                    if (x != 0) expected.push_back(-1);
                    expected.push_back(x);
                }
                ASSERT_EQ(chain().collect<std::vector<int>>(), expected) << n << ", every " << step;
                ASSERT_EQ(chain().count(), expected.size());
                const auto after = [n](int x) { return x == -1 || x > n / 2; };
                const auto first = std::find_if(expected.begin(), expected.end(), after);
                ASSERT_EQ(chain().find_first(after),
                          first == expected.end() ? std::nullopt : std::optional(*first));
                const auto last = std::find_if(expected.rbegin(), expected.rend(), after);
                ASSERT_EQ(chain().find_last(after),
                          last == expected.rend() ? std::nullopt : std::optional(*last));
            }
        }
    });
}

TEST(Reach, RangesMayIncludeTheirEnd) {
    using bytes = std::vector<std::uint8_t>;
    const auto all = veda::par_inclusive(std::uint8_t{0}, std::uint8_t{255}).collect<bytes>();
    EXPECT_EQ(all.size(), 256u);
    EXPECT_EQ(all.back(), 255);
    EXPECT_EQ(veda::par_inclusive(1, 100).sum(), 5050);
    EXPECT_EQ(veda::par_inclusive(-3, -3).count(), 1u);
    EXPECT_EQ(veda::par_inclusive(3, 2).count(), 0u);
    EXPECT_EQ(veda::par_inclusive(INT64_MIN, INT64_MAX - 1).size(), UINT64_MAX);
    EXPECT_EQ(thrown_by([] { (void)veda::par_inclusive(INT64_MIN, INT64_MAX); }),
              "VEDA_E_RANGE: par_inclusive: the chain would have 2^64 items or more");
    EXPECT_EQ(thrown_by([] { (void)veda::par_inclusive(-1, 5u); }),
              "VEDA_E_RANGE: par_inclusive: first is -1, last is 5; with an unsigned one neither may be "
              "negative");
}

TEST(Reach, AChainKnowsItsSizeAndIsASourceItself) {
    const std::vector<int> v = numbers(100);
    EXPECT_EQ(veda::par(v).skip(10).chunks(7).size(), 13u);
    EXPECT_EQ(veda::par(v).zip(veda::par(0, 30)).size(), 30u);
    EXPECT_EQ(veda::par(veda::par(v).take(5)).size(), 5u);
}

}  // namespace
