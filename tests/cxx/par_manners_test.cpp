// par_manners_test.cpp: what parallel chains do when things are difficult: exceptions, moves only,
// early ends, nesting, and threads from outside.
#include "support.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <numeric>
#include <optional>
#include <string>

namespace {

using namespace veda::test;

// Slow for some, so that loops are cut.
int slowly(int x) {
    if (x % 8 == 3) busy();
    return x;
}

std::vector<counted> many(int n) {
    std::vector<counted> v;
    v.reserve(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) v.emplace_back(i);
    return v;
}

// While its own thread is stuck in the left half, somebody else must do the right half.
// guarantee: progress-5
TEST(ParManners, SharesTheRestWhileOneThreadIsStuck) {
    veda::runtime pool(veda::config{}.workers(2));
    std::atomic<bool> right_half_seen{false};
    pool.run([&] {
        veda::par(0, 1000).for_each([&](int i) {
            if (i < 2) busy(std::chrono::microseconds(200));
            if (i == 5) await(right_half_seen);
            if (i > 600) right_half_seen.store(true, std::memory_order_release);
        });
    });
    EXPECT_TRUE(right_half_seen);
}

// guarantee: errors-4
TEST(ParManners, ThrowsTheExceptionOfAnyCallback) {
    in_every_pool([](std::uint32_t) {
        for (int at : {0, 1, 100, 999}) {
            const auto fail_at = [at](int x) {
                if (slowly(x) == at) throw std::runtime_error("at " + std::to_string(at));
                return x;
            };
            const std::string expected = "at " + std::to_string(at);
            auto chain = [] { return veda::par(0, 1000); };
            EXPECT_EQ(thrown_by([&] { chain().for_each(fail_at); }), expected);
            EXPECT_EQ(thrown_by([&] { chain().map(fail_at).sum(); }), expected);
            EXPECT_EQ(
                thrown_by([&] { chain().filter([&](int x) { return fail_at(x) >= 0; }).count(); }),
                expected);
            EXPECT_EQ(thrown_by([&] { chain().inspect(fail_at).max(); }), expected);
            EXPECT_EQ(thrown_by([&] {
                          chain().fold(0, [&](int a, int x) { return a + fail_at(x); }).sum();
                      }),
                      expected);
            EXPECT_EQ(thrown_by([&] {
                          chain().reduce(0, [&](int a, int x) { return fail_at(x) + a * 0; });
                      }),
                      expected);
            EXPECT_EQ(thrown_by([&] { chain().any_of([&](int x) { return fail_at(x) < 0; }); }),
                      expected);
            EXPECT_EQ(thrown_by([&] { chain().map(fail_at).collect<std::vector<int>>(); }),
                      expected);
        }
    });
}

TEST(ParManners, ThrowsTheLeftmostOfSeveralExceptions) {
    veda::runtime pool(veda::config{}.workers(2));
    std::atomic<bool> right_has_thrown{false};
    const std::string what = thrown_by([&] {
        pool.run([&] {
            veda::par(0, 1000).for_each([&](int i) {
                if (i < 2) busy(std::chrono::microseconds(200));
                if (i > 600) {
                    right_has_thrown.store(true, std::memory_order_release);
                    throw std::runtime_error("right");
                }
                if (i == 5) {
                    await(right_has_thrown);
                    throw std::runtime_error("left");
                }
            });
        });
    });
    EXPECT_EQ(what, "left");
}

// A sum reads a piece at two places at once; what stands further left is still what is heard of.
TEST(ParManners, ThrowsTheLeftmostOfASum) {
    veda::runtime pool(veda::config{}.workers(1));
    pool.run([] {
        std::vector<int> v(1000);
        std::iota(v.begin(), v.end(), 0);
        for (int left = 0; left < 1000; left += 7) {
            for (int right = left + 1; right < 1000; right += 83) {
                const auto throws = [=](int x) {
                    if (x == left || x == right) throw x;
                    return x;
                };
                EXPECT_EQ(thrown_by([&] { (void)veda::par(v).with_min_len(1000).map(throws).sum(); }),
                          "int " + std::to_string(left));
            }
        }
    });
}

TEST(Par, SumsNumbersOfAllKinds) {
    in_every_pool([](std::uint32_t) {
        for (int n : lengths()) {
            std::vector<std::int8_t> bytes;
            std::vector<std::uint64_t> words;
            std::vector<float> floats;
            for (int i = 0; i < n; ++i) {
                bytes.push_back(static_cast<std::int8_t>(i * 7));
                words.push_back(~std::uint64_t{0} - static_cast<std::uint64_t>(i));
                floats.push_back(static_cast<float>(i) / 4);
            }
            EXPECT_EQ(veda::par(bytes).sum<int>(), std::accumulate(bytes.begin(), bytes.end(), 0));
            std::int8_t wrapped = 0;
            for (std::int8_t b : bytes) wrapped = static_cast<std::int8_t>(wrapped + b);
            EXPECT_EQ(veda::par(bytes).sum(), wrapped);
            EXPECT_EQ(veda::par(words).sum(), std::accumulate(words.begin(), words.end(), std::uint64_t{0}));
            EXPECT_EQ(veda::par(bytes).sum<double>(), std::accumulate(bytes.begin(), bytes.end(), 0.0));
            EXPECT_EQ(veda::par(floats).sum(), static_cast<float>(n) * static_cast<float>(n - 1) / 8);
            const auto product = [](auto p) { return p.first * p.second; };
            EXPECT_EQ(veda::par(floats).zip(floats).map(product).sum(),
                      std::inner_product(floats.begin(), floats.end(), floats.begin(), 0.0f));
        }
    });
}

TEST(ParManners, DestroysWhatWasCollectedBeforeAnException) {
    const long before = counted::alive();
    in_every_pool([](std::uint32_t) {
        for (int at : {0, 1, 50, 299}) {
            const auto fail_at = [at](int x) {
                if (slowly(x) == at) throw 1;
                return counted(x);
            };
            EXPECT_THROW(veda::par(0, 300).map(fail_at).collect<std::vector<counted>>(), int);
            EXPECT_THROW(veda::par(0, 300)
                             .map(fail_at)
                             .filter([](const counted&) { return true; })
                             .collect<std::vector>(),
                         int);
            EXPECT_THROW(veda::par(0, 300).map(fail_at).reduce_with(
                             [](counted a, const counted&) { return a; }),
                         int);
            EXPECT_THROW(veda::par(0, 300).map(fail_at).chunks(3).count(), int);
        }
    });
    EXPECT_EQ(counted::alive(), before);
}

// Three threads: the left half throws while the right one, stolen, is stuck in its own left part, and
// that one's right part, stolen again, is done. Then there is a gap in what was built.
TEST(ParManners, DestroysNothingInAGapThatAStopLeft) {
    const long before = counted::alive();
    veda::runtime pool(veda::config{}.workers(3));
    std::atomic<bool> last_part_begun{false};
    std::atomic<bool> thrown{false};
    const auto build = [&](int i) {
        if (i < 2 || (i > 500 && i < 506)) busy(std::chrono::microseconds(100));
        if (i > 900) last_part_begun.store(true, std::memory_order_release);
        if (i == 20) {
            await(last_part_begun);
            thrown.store(true, std::memory_order_release);
            throw 1;
        }
        if (i == 515) {
            await(last_part_begun);
            await(thrown);
        }
        if (i > 515 && i < 700) busy(std::chrono::microseconds(20));
        return counted(i);
    };
    pool.run([&] {
        EXPECT_THROW(veda::par(0, 1000).map(build).collect<std::vector<counted>>(), int);
    });
    EXPECT_EQ(counted::alive(), before);
}

TEST(ParManners, SurvivesCopiesAndMovesThatThrow) {
    const long before = counted::alive();
    in_every_pool([](std::uint32_t) {
        const auto source = many(200);
        const auto small = [](const counted& c) { return slowly(c.value()) >= 0; };
        for (long after : {1, 2, 17, 100, 199, 350}) {
            counted::throw_after() = after;
            try {
                veda::par(source).cloned().filter(small).collect<std::vector>();
            } catch (const std::runtime_error&) {
            }
            counted::throw_after() = after;
            try {
                veda::par(source).cloned().collect<std::vector>();
            } catch (const std::runtime_error&) {
            }
            counted::throw_after() = after;
            try {
                veda::par(source).cloned().max();
            } catch (const std::runtime_error&) {
            }
            counted::throw_after() = 0;
            auto own = many(200);
            counted::throw_after() = after;
            try {
                veda::par(std::move(own)).filter(small).collect<std::vector>();
            } catch (const std::runtime_error&) {
            }
            counted::throw_after() = 0;
        }
    });
    EXPECT_EQ(counted::alive(), before);
}

TEST(ParManners, MovesElementsThatCannotBeCopied) {
    in_every_pool([](std::uint32_t) {
        std::vector<std::unique_ptr<int>> v;
        for (int i = 0; i < 300; ++i) v.push_back(std::make_unique<int>(i));
        auto* first = v.front().get();
        auto odd = veda::par(std::move(v))
                       .filter([](const std::unique_ptr<int>& p) { return slowly(*p) % 2 == 0; })
                       .collect<std::vector>();
        ASSERT_EQ(odd.size(), 150u);
        EXPECT_EQ(odd.front().get(), first);
        for (std::size_t i = 0; i < odd.size(); ++i) EXPECT_EQ(*odd[i], static_cast<int>(2 * i));
        auto all = veda::par(std::move(odd)).collect<std::vector<std::unique_ptr<int>>>();
        EXPECT_EQ(all.size(), 150u);
        auto best = veda::par(std::move(all)).max({}, [](const auto& p) { return *p; });
        EXPECT_EQ(**best, 298);
    });
}

TEST(ParManners, OwnsAndFreesWhatItWasGiven) {
    const long before = counted::alive();
    in_every_pool([](std::uint32_t) {
        EXPECT_EQ(veda::par(many(300)).map([](counted c) { return slowly(c.value()); }).sum(),
                  44850);
        EXPECT_TRUE(veda::par(many(300)).any_of([](const counted& c) { return c.value() == 7; }));
        {
            [[maybe_unused]] auto never_run = veda::par(many(10)).map([](counted c) { return c; });
        }
    });
    EXPECT_EQ(counted::alive(), before);
}

TEST(ParManners, CallsCallablesThatCannotBeCopied) {
    const auto factor = std::make_shared<int>(2);
    auto chain = veda::par(0, 100)
                     .map([p = std::make_unique<int>(3)](int x) { return x * *p; })
                     .filter([factor](int x) { return x % *factor == 0; });
    EXPECT_EQ(chain.sum(), 7350);
    EXPECT_EQ(chain.count(), 50u);  // a consumer leaves the chain as it was
}

TEST(ParManners, IsLazy) {
    int calls = 0;
    {
        [[maybe_unused]] auto chain = veda::par(0, 10).map([&](int x) { return ++calls, x; });
    }
    EXPECT_EQ(calls, 0);
}

TEST(ParManners, StopsSoonAfterTheAnswerIsKnown) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> looked{0};
        EXPECT_TRUE(veda::par(0, 10'000'000).any_of([&](int x) {
            looked.fetch_add(1, std::memory_order_relaxed);
            return x >= 0;
        }));
        EXPECT_LT(looked, 1'000'000);
    });
}

long nested(int depth) {
    if (depth == 0) return 1;
    auto [a, b] = veda::join(
        [=] {
            return veda::par(0, 4)
                .map([=](int) { return slowly(3) * 0 + nested(depth - 1); })
                .sum();
        },
        [=] { return nested(depth - 1); });
    return a + b;
}

TEST(ParManners, NestsWithJoinsAndScopes) {
    in_every_pool([](std::uint32_t) {
        EXPECT_EQ(nested(4), 625);
        std::atomic<long> sum{0};
        veda::scope([&](auto& s) {
            for (int i = 0; i < 10; ++i) {
                s.spawn([&] {
                    sum += veda::par(0, 100)
                               .map([](int x) {
                                   auto [a, b] =
                                       veda::join([=] { return slowly(x); }, [] { return 1; });
                                   return long{a + b};
                               })
                               .sum();
                });
            }
        });
        EXPECT_EQ(sum, 10 * (4950 + 100));
    });
}

TEST(ParManners, HoldsAMutexAcrossALoop) {
    in_every_pool([](std::uint32_t) {
        std::mutex mutex;
        long sum = 0;
        veda::par(0, 100).for_each([&](int) {
            const std::lock_guard guard(mutex);
            sum += veda::par(0, 30).map(slowly).sum();
        });
        EXPECT_EQ(sum, 100 * 435);
    });
}

TEST(ParManners, WorksFromThreadsOutside) {
    std::vector<std::thread> threads;
    std::atomic<long> sum{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) sum += veda::par(0, 500).map(slowly).sum<long>();
        });
    }
    for (auto& t : threads) t.join();
    EXPECT_EQ(sum, 4L * 20 * 124750);
}

TEST(ParManners, RefusesChunksOfNothing) {
    EXPECT_THROW([] { return veda::par(0, 10).chunks(0).count(); }(), veda::error);
}

// A negative number would become a huge one in the common type.
TEST(ParManners, RefusesANegativeEndWithAnUnsignedOne) {
    const auto refuses = [](auto first, auto last) {
        try {
            (void)veda::par(first, last);
        } catch (const veda::error& e) {
            return e.status() == VEDA_E_RANGE &&
                   std::string(e.what()).find("negative") != std::string::npos;
        }
        return false;
    };
    EXPECT_TRUE(refuses(-5, 10u));
    EXPECT_TRUE(refuses(5u, -10));
    EXPECT_TRUE(refuses(-1, std::size_t{10}));
    EXPECT_EQ(veda::par(0, std::size_t{10}).count(), 10u);
    EXPECT_EQ(veda::par(-5, 10).count(), 15u);
    EXPECT_EQ(veda::par(-5L, 10u).count(), 15u);  // long holds both
    EXPECT_EQ(veda::par('a', 'e').count(), 4u);
}

// Which pieces a zip asks for does not depend on which of the two said so.
TEST(ParManners, ZipKeepsThePieceLimitsOfBoth) {
    std::vector<int> v(100);
    const auto limits = [](auto&& chain) { return std::pair(chain.limits().min, chain.limits().max); };
    using both = std::pair<std::uint64_t, std::uint64_t>;
    EXPECT_EQ(limits(veda::par(v).zip(veda::par(v).with_max_len(7))), both(1, 7));
    EXPECT_EQ(limits(veda::par(v).with_min_len(3).zip(veda::par(v).with_max_len(7))), both(3, 7));
    EXPECT_EQ(limits(veda::par(v).with_min_len(9).zip(veda::par(v).with_max_len(7))), both(7, 7));
    EXPECT_EQ(limits(veda::par(v).with_min_len(3).zip(v)), both(3, UINT64_MAX));
}

}  // namespace
