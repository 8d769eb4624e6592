// control_test.cpp: a run that is stopped from outside, watched, or stopped by its own exception.
#include "cxx/support.hpp"

#include <veda/progress_bar.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <numeric>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace {

using namespace veda::test;
using std::chrono::nanoseconds;

int slowly(int x) {
    if (x % 8 == 3) busy();
    return x;
}

// The least that can be a token.
struct flag {
    const std::atomic<bool>* set;
    bool stop_requested() const { return set->load(std::memory_order_relaxed); }
};

bool even(int x) { return x % 2 == 0; }

// True if f throws veda::cancelled, with its code.
template <class F>
bool is_cancelled(F&& f) {
    try {
        f();
    } catch (const veda::cancelled& e) {
        return e.status() == VEDA_E_CANCELLED && std::string(e.what()).find("VEDA_E_CANCELLED") == 0;
    }
    return false;
}

// ---- stop_on -------------------------------------------------------------------------------------

TEST(StopOn, ChangesNothingUntilItIsAsked) {
    const std::stop_source source;
    in_every_pool([&](std::uint32_t) {
        for (int n : lengths()) {
            auto chain = [&] { return veda::par(0, n).map(slowly).stop_on(source.get_token()); };
            std::vector<int> all(static_cast<std::size_t>(n));
            std::iota(all.begin(), all.end(), 0);
            ASSERT_EQ(chain().collect<std::vector>(), all);
            ASSERT_EQ(chain().filter(even).stop_on(std::stop_token()).count(), (all.size() + 1) / 2);
        }
    });
}

TEST(StopOn, KeepsAChainIndexedAndItsSlices) {
    std::vector<int> v(100, 1);
    auto chunks = veda::par(v).stop_on(std::stop_token()).chunks(7);
    static_assert(std::is_same_v<decltype(chunks)::item, std::span<int>>);
    EXPECT_EQ(chunks.count(), 15u);
    EXPECT_EQ(veda::par(v).with_max_len(3).stop_on(std::stop_token()).limits().max, 3u);
}

TEST(StopOn, ThrowsBeforeTheFirstItemIfItIsTooLate) {
    std::stop_source source;
    source.request_stop();
    in_every_pool([&](std::uint32_t) {
        std::atomic<int> calls{0};
        const auto count = [&](int x) { return ++calls, x; };
        std::vector<int> v(100, 1);
        const auto token = source.get_token();
        EXPECT_TRUE(is_cancelled([&] { veda::par(0, 100).stop_on(token).map(count).sum(); }));
        EXPECT_TRUE(is_cancelled([&] { veda::par(0, 100).map(count).stop_on(token).for_each(count); }));
        EXPECT_TRUE(is_cancelled([&] { veda::par(v).map(count).filter(even).stop_on(token).count(); }));
        EXPECT_TRUE(is_cancelled([&] { veda::par(v).stop_on(token).enumerate().count(); }));
        EXPECT_TRUE(is_cancelled([&] { veda::par(v).stop_on(token).chunks(9).for_each([](auto) {}); }));
        EXPECT_EQ(calls, 0);
        EXPECT_EQ(veda::par(0, 0).stop_on(token).count(), 0u);
    });
}

TEST(StopOn, StopsARunSoonOnAllWorkers) {
    const long before = counted::alive();
    in_every_pool([](std::uint32_t) {
        std::atomic<bool> stop{false};
        std::atomic<int> calls{0};
        const auto make = [&](int x) {
            if (calls.fetch_add(1) == 1000) stop = true;
            return counted(x);
        };
        const auto small = [](const counted& c) { return c.value() % 3 != 0; };
        constexpr int many = 10'000'000;
        EXPECT_TRUE(is_cancelled(
            [&] { veda::par(0, many).map(make).stop_on(flag{&stop}).for_each([](counted) {}); }));
        EXPECT_LT(calls, many / 4);
        stop = false, calls = 0;
        EXPECT_TRUE(is_cancelled([&] {
            veda::par(0, many).map(make).filter(small).stop_on(flag{&stop}).for_each([](counted) {});
        }));
        EXPECT_LT(calls, many / 4);
        stop = false, calls = 0;
        EXPECT_TRUE(is_cancelled([&] {
            veda::par(0, many / 10).stop_on(flag{&stop}).map(make).collect<std::vector<counted>>();
        }));
        EXPECT_LT(calls, many / 40);
    });
    EXPECT_EQ(counted::alive(), before);
}

// A search that has its answer is not cancelled afterwards.
// Walks that take the elements where they lie are asked as often as any other.
TEST(StopOn, StopsAPackAndAScan) {
    const std::vector<int> v(1'000'000, 1);
    std::stop_source source;
    std::atomic<int> asked{0};
    const auto likes = [&](int x) {
        if (++asked == 1000) source.request_stop();
        return x == 1;
    };
    EXPECT_TRUE(is_cancelled([&] {
        (void)veda::par(v).stop_on(source.get_token()).filter(likes).collect<std::vector<int>>();
    }));
    EXPECT_LT(asked, 900'000);
    EXPECT_TRUE(is_cancelled([&] { (void)veda::par(v).stop_on(source.get_token()).inclusive_scan(); }));
    std::uint64_t done_early = 0;
    int seen = 0;
    (void)veda::par(v)
        .progress([&](const veda::progress_report& now) { done_early = seen++ == 0 ? now.done : done_early; },
                  nanoseconds(0))
        .filter([](int x) { return x == 1; })
        .collect<std::vector<int>>();
    EXPECT_GT(seen, 1);
    EXPECT_LT(done_early, v.size());
}

TEST(StopOn, LeavesAnAnswerAlone) {
    in_every_pool([](std::uint32_t workers) {
        std::atomic<bool> stop{false};
        const auto found = veda::par(0, 1'000'000).filter(even).stop_on(flag{&stop}).any_of([&](int) {
            stop = workers == 1;
            return true;
        });
        EXPECT_TRUE(found);
    });
}

// ---- progress ------------------------------------------------------------------------------------

// Notes what it hears, unlocked: calls must not overlap.
struct listener {
    std::vector<veda::progress_report>* heard;
    std::atomic<int>* inside;
    void operator()(const veda::progress_report& report) {
        EXPECT_EQ(inside->fetch_add(1), 0);
        heard->push_back(report);
        --*inside;
    }
};

void expect_rising(const std::vector<veda::progress_report>& heard) {
    for (std::size_t i = 1; i < heard.size(); ++i) {
        EXPECT_LE(heard[i - 1].done, heard[i].done);
        EXPECT_LE(heard[i - 1].elapsed, heard[i].elapsed);
    }
}

TEST(Progress, CountsEveryItemOfAnIndexedChain) {
    in_every_pool([](std::uint32_t) {
        std::vector<int> out;
        for (int n : lengths()) {
            std::vector<veda::progress_report> heard;
            std::atomic<int> inside{0};
            const listener hook{&heard, &inside};
            const auto check = [&] {
                if (n == 0) {
                    EXPECT_TRUE(heard.empty());
                    return;
                }
                expect_rising(heard);
                ASSERT_FALSE(heard.empty());
                ASSERT_EQ(heard.back().done, static_cast<std::uint64_t>(n));
                ASSERT_EQ(heard.back().total, static_cast<std::uint64_t>(n));
                ASSERT_EQ(heard.back().eta, nanoseconds(0));
                heard.clear();
            };
            // A reader that is asked in a loop of its base, one item after the other, and in between.
            auto chain = veda::par(0, n).map(slowly).progress(hook, nanoseconds(0));
            ASSERT_EQ(chain.sum(), n * (n - 1) / 2);
            check();
            ASSERT_EQ(chain.count(), static_cast<std::uint64_t>(n));  // the next run begins anew
            check();
            veda::par(0, n).progress(hook, nanoseconds(0)).enumerate().for_each([](auto pair) {
                slowly(pair.second);
            });
            check();
            auto into = veda::par(0, n).map(slowly).progress(hook, nanoseconds(0));
            ASSERT_EQ(into.collect<std::vector>().size(), static_cast<std::size_t>(n));
            check();
            out.assign(static_cast<std::size_t>(n), 1);
            veda::par(out).progress(hook, nanoseconds(0)).chunks(5).for_each([](std::span<int> s) {
                slowly(static_cast<int>(s.size()));
            });
            check();
        }
    });
}

TEST(Progress, CountsWhatPassesByWhereNobodyKnowsTheLength) {
    in_every_pool([](std::uint32_t) {
        for (int n : lengths()) {
            std::vector<veda::progress_report> heard;
            std::atomic<int> inside{0};
            const std::uint64_t passed = veda::par(0, n)
                                             .map(slowly)
                                             .filter(even)
                                             .progress(listener{&heard, &inside}, nanoseconds(0))
                                             .count();
            expect_rising(heard);
            ASSERT_FALSE(heard.empty());
            ASSERT_EQ(heard.back().done, passed);
            ASSERT_FALSE(heard.back().total.has_value());
            ASSERT_FALSE(heard.back().eta.has_value());
        }
    });
}

TEST(Progress, DoesNotCountWhatIsNotAskedFor) {
    std::vector<veda::progress_report> heard;
    std::atomic<int> inside{0};
    veda::runtime pool(veda::config{}.workers(1));
    pool.run([&] {
        EXPECT_TRUE(veda::par(0, 1000)
                        .with_min_len(100)
                        .progress(listener{&heard, &inside}, nanoseconds(0))
                        .any_of([](int x) { return x == 150; }));
    });
    ASSERT_FALSE(heard.empty());
    EXPECT_LT(heard.back().done, 1000u);
}

// A state is dear: watching a chain, or being able to stop it, must not make one for each piece.
TEST(Progress, LeavesAStateAsLongAsItWas) {
    veda::runtime pool(veda::config{}.workers(1));
    std::atomic<int> states{0};
    veda::progress_report last;
    std::uint64_t sum = 0;
    pool.run([&] {
        sum = veda::par(std::uint64_t{0}, std::uint64_t{100'000})
                  .map_init([&] { return ++states; },
                            [](int&, std::uint64_t x) { return x + (x % 1000 == 0 ? (busy(), 0u) : 0u); })
                  .progress([&](const veda::progress_report& now) { last = now; }, nanoseconds(0))
                  .stop_on(std::stop_token())
                  .sum();
    });
    EXPECT_EQ(states, 1);
    EXPECT_EQ(sum, std::uint64_t{100'000} * 99'999 / 2);
    EXPECT_EQ(last.done, 100'000u);
    EXPECT_EQ(last.total, 100'000u) << "the length of the chain is still known";
}

TEST(Progress, KeepsToItsPeriod) {
    int calls = 0;
    const auto hook = [&calls](const veda::progress_report&) { ++calls; };
    veda::par(0, 1000).map(slowly).progress(hook, std::chrono::hours(1)).sum();
    EXPECT_EQ(calls, 1);  // the last one
    calls = 0;
    const auto begin = std::chrono::steady_clock::now();
    veda::par(0, 2000).progress(hook, std::chrono::milliseconds(2)).for_each([](int) {
        busy(std::chrono::microseconds(10));
    });
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_GT(calls, 1);
    EXPECT_LE(calls, took / std::chrono::milliseconds(2) + 1);
}

TEST(Progress, PassesOnWhatTheHookThrows) {
    in_every_pool([](std::uint32_t) {
        const auto hook = [](const veda::progress_report& report) {
            if (report.done > 10) throw std::runtime_error("hook");
        };
        const auto chain = [] { return veda::par(0, 100'000).map(slowly); };
        EXPECT_EQ(thrown_by([&] { chain().progress(hook, nanoseconds(0)).sum(); }), "hook");
        EXPECT_EQ(thrown_by([&] { chain().filter(even).progress(hook, nanoseconds(0)).sum(); }), "hook");
        // All is done: the sum is there, whatever the hook thinks of it.
        EXPECT_EQ(veda::par(0, 100).with_min_len(100).progress(hook, nanoseconds(0)).sum(), 4950);
    });
}

TEST(Progress, KnowsRates) {
    veda::progress_report report;
    EXPECT_EQ(report.per_second(), 0.0);
    report.done = 500;
    report.elapsed = std::chrono::milliseconds(250);
    EXPECT_EQ(report.per_second(), 2000.0);
}

TEST(ProgressBar, DrawsALineThatTellsTheTimeLeft) {
    using std::chrono::seconds;
    const veda::progress_bar bar("reading", veda::progress_bar::draw::never, 10);
    EXPECT_EQ(bar.line({1200, 2500, seconds(4), seconds(67)}),
              "reading  [====>     ]  48 %  1.2k/2.5k  300/s  eta 1:07");
    EXPECT_EQ(bar.line({7, 7, seconds(1), seconds(0)}), "reading  [==========]  100 %  7/7  7/s  eta 0:00");
    EXPECT_EQ(bar.line({0, 999'600, seconds(0), {}}), "reading  [>         ]  0 %  0/1.0M  0/s  0:00");
    EXPECT_EQ(bar.line({12'000'000, {}, seconds(4000), {}}), "reading  12M  3.0k/s  1:06:40");
    EXPECT_EQ(veda::progress_bar("", veda::progress_bar::draw::never, 0).line({1, 2, seconds(2), seconds(2)}),
              "[]  50 %  1/2  0/s  eta 0:02");
}

TEST(ProgressBar, WipesItsLineAndKeepsQuietWhereNobodyLooks) {
    testing::internal::CaptureStderr();
    { veda::par(0, 100).progress(veda::progress_bar("here", veda::progress_bar::draw::always)).count(); }
    const std::string drawn = testing::internal::GetCapturedStderr();
    EXPECT_EQ(drawn.find("\r\x1b[Khere  ["), 0u) << drawn;
    EXPECT_NE(drawn.find("100 %"), std::string::npos);
    EXPECT_TRUE(drawn.ends_with("\r\x1b[K"));
    testing::internal::CaptureStderr();  // a file, no terminal
    veda::par(0, 100).progress(veda::progress_bar("here"), nanoseconds(0)).count();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

// ---- stop_on_throw -------------------------------------------------------------------------------

// The right half throws while the left one, on another thread, has much left to do.
template <class Run>
int calls_left_of_a_throw(Run&& run) {
    veda::runtime pool(veda::config{}.workers(2));
    std::atomic<bool> thrown{false};
    std::atomic<int> calls{0};
    const std::string what = thrown_by([&] {
        pool.run([&] {
            run([&](int i) {
                if (i < 2) busy(std::chrono::microseconds(200));
                if (i > 60'000) {
                    thrown.store(true, std::memory_order_release);
                    throw std::runtime_error("right");
                }
                if (i == 5) await(thrown);
                if (i > 5 && i <= 40'000) ++calls;
                // Long enough that it counts little if the thrower loses its processor on the way.
                if (i <= 40'000) busy(std::chrono::microseconds(2));
            });
        });
    });
    EXPECT_EQ(what, "right");
    return calls;
}

TEST(StopOnThrow, StopsWhatIsLeftOfTheThrow) {
    const int plain = calls_left_of_a_throw([](const auto& f) { veda::par(0, 100'000).for_each(f); });
    EXPECT_EQ(plain, 39'995);
    const int fused = calls_left_of_a_throw(
        [](const auto& f) { veda::par(0, 100'000).stop_on_throw().for_each(f); });
    EXPECT_LT(fused, 20'000);
    const int filtered = calls_left_of_a_throw([](const auto& f) {
        veda::par(0, 100'000).stop_on_throw().filter([](int) { return true; }).for_each(f);
    });
    EXPECT_LT(filtered, 20'000);
    const int zipped = calls_left_of_a_throw([](const auto& f) {
        veda::par(0, 100'000).zip(veda::par(0, 100'000).stop_on_throw()).chunks(1).for_each([&f](auto&& c) {
            f(c.front().first);
        });
    });
    EXPECT_LT(zipped, 20'000);
}

TEST(StopOnThrow, ChangesNothingElse) {
    const long before = counted::alive();
    in_every_pool([](std::uint32_t) {
        for (int n : {0, 1, 2, 100, 257}) {
            ASSERT_EQ(veda::par(0, n).stop_on_throw().map(slowly).sum(), n * (n - 1) / 2);
            for (int at : {0, n / 2, n - 1}) {
                if (at < 0 || at >= n) continue;
                auto fails = veda::par(0, n).stop_on_throw().map([at](int x) {
                    if (slowly(x) == at) throw 1;
                    return counted(x);
                });
                // Twice: nothing of a first failure is left in the chain.
                EXPECT_THROW(fails.collect<std::vector<counted>>(), int);
                EXPECT_THROW(fails.collect<std::list>(), int);
            }
        }
    });
    EXPECT_EQ(counted::alive(), before);
}

}  // namespace
