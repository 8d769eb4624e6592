// join_test.cpp: join gives what its branches give, whoever ran them.
#include "support.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <tuple>
#include <variant>

namespace {

using namespace veda::test;

long fib(long n) {
    if (n < 2) return n;
    auto [a, b] = veda::join([n] { return fib(n - 1); }, [n] { return fib(n - 2); });
    return a + b;
}

// A join whose right branch is certainly run by another thread.
template <class F, class G>
auto stolen_join(F f, G g) {
    std::atomic<bool> started{false};
    return veda::join(
        [&]() -> decltype(auto) {
            await(started);
            return f();
        },
        [&]() -> decltype(auto) {
            started.store(true, std::memory_order_release);
            return g();
        });
}

TEST(Join, ComputesFibInEveryPool) {
    in_every_pool([](std::uint32_t) { EXPECT_EQ(fib(20), 6765); });
}

TEST(Join, EntersTheDefaultRuntimeFromOutside) {
    EXPECT_FALSE(veda::this_worker::in_worker());
    auto [a, b] = veda::join([] { return veda::this_worker::in_worker(); },
                             [] { return veda::this_worker::in_worker(); });
    EXPECT_TRUE(a);
    EXPECT_TRUE(b);
    EXPECT_FALSE(veda::this_worker::in_worker());
}

// guarantee: join-1
TEST(Join, TakesTheRightBranchFromAnotherThread) {
    const auto here = std::this_thread::get_id();
    auto [left, right] = stolen_join([] { return std::this_thread::get_id(); },
                                     [] { return std::this_thread::get_id(); });
    EXPECT_EQ(left, here);
    EXPECT_NE(right, here);
}

TEST(Join, MakesVoidAMonostateAndKeepsReferences) {
    int x = 1;
    auto pair = veda::join([] {}, [&]() -> int& { return x; });
    static_assert(std::is_same_v<decltype(pair), std::pair<std::monostate, int&>>);
    EXPECT_EQ(&pair.second, &x);
    auto swapped = stolen_join([&]() -> int& { return x; }, [&]() -> int& { return x; });
    EXPECT_EQ(&swapped.first, &x);
    EXPECT_EQ(&swapped.second, &x);
}

TEST(Join, MovesResultsThatCannotBeCopied) {
    auto made = [] { return std::make_unique<int>(7); };
    auto [a, b] = veda::join(made, made);
    EXPECT_EQ(*a + *b, 14);
    auto [c, d] = stolen_join(made, made);
    EXPECT_EQ(*c + *d, 14);
}

TEST(Join, CallsClosuresThatCannotBeCopied) {
    auto left = std::make_unique<int>(1);
    auto right = std::make_unique<int>(2);
    auto [a, b] = veda::join([left = std::move(left)] { return *left; },
                             [right = std::move(right)] { return *right; });
    EXPECT_EQ(a + b, 3);
}

TEST(Join, ChangesTheCallersOwnClosures) {
    struct counter {
        int calls = 0;
        void operator()() { ++calls; }
    } f, g;
    veda::join(f, g);
    EXPECT_EQ(f.calls, 1);
    EXPECT_EQ(g.calls, 1);
}

TEST(Join, CallsConstantClosures) {
    const auto f = [x = 1] { return x; };
    const auto g = [x = 2] { return x; };
    in_every_pool([&](std::uint32_t) {
        auto [a, b] = veda::join(std::move(f), std::move(g));
        EXPECT_EQ(a + b, 3);
    });
}

TEST(Join, OfManyGivesATuple) {
    int x = 5;
    auto all = veda::join([] { return 1; }, [] {}, [&]() -> int& { return x; },
                          [] { return std::string("four"); });
    static_assert(
        std::is_same_v<decltype(all), std::tuple<int, std::monostate, int&, std::string>>);
    EXPECT_EQ(std::get<0>(all), 1);
    EXPECT_EQ(&std::get<2>(all), &x);
    EXPECT_EQ(std::get<3>(all), "four");
}

TEST(Join, ThrowsTheLeftExceptionFirst) {
    in_every_pool([](std::uint32_t) {
        EXPECT_EQ(thrown_by([] {
                      veda::join([] { throw std::runtime_error("left"); },
                                 [] { throw std::runtime_error("right"); });
                  }),
                  "left");
        EXPECT_EQ(thrown_by([] { veda::join([] {}, [] { throw std::runtime_error("right"); }); }),
                  "right");
    });
}

// guarantee: join-2
TEST(Join, ThrowsTheLeftExceptionEvenIfTheRightOneCameEarlier) {
    std::atomic<bool> thrown{false};
    EXPECT_EQ(thrown_by([&] {
                  stolen_join(
                      [&] {
                          await(thrown);
                          throw std::runtime_error("left");
                      },
                      [&] {
                          thrown.store(true, std::memory_order_release);
                          throw std::runtime_error("right");
                      });
              }),
              "left");
}

// guarantee: errors-4
TEST(Join, CarriesExceptionsOfAnyType) {
    EXPECT_EQ(thrown_by([] { veda::join([] { throw 42; }, [] {}); }), "int 42");
    EXPECT_EQ(thrown_by([] { stolen_join([] {}, [] { throw 43; }); }), "int 43");
}

// guarantee: join-2
TEST(Join, RunsTheRightBranchThoughTheLeftOneThrew) {
    in_every_pool([](std::uint32_t) {
        int ran = 0;
        EXPECT_THROW(veda::join([] { throw 1; }, [&] { ++ran; }), int);
        EXPECT_EQ(ran, 1);
    });
}

TEST(Join, LeaksNoResultWhenABranchThrows) {
    const long before = counted::alive();
    for (int i = 0; i < 100; ++i) {
        EXPECT_THROW(veda::join([] { return counted(1); }, []() -> counted { throw 1; }), int);
        EXPECT_THROW(veda::join([]() -> counted { throw 1; }, [] { return counted(1); }), int);
        EXPECT_THROW(stolen_join([]() -> counted { throw 1; }, [] { return counted(1); }), int);
        EXPECT_THROW(stolen_join([] { return counted(1); }, []() -> counted { throw 1; }), int);
    }
    EXPECT_EQ(counted::alive(), before);
}

// A list: every join's left branch is nearly nothing, the right one is all the rest.
int list_length(int n) {
    if (n == 0) return 0;
    auto [one, rest] = veda::join([] { return 1; }, [n] { return list_length(n - 1); });
    return one + rest;
}

int list_length_left(int n) {
    if (n == 0) return 0;
    auto [rest, one] = veda::join([n] { return list_length_left(n - 1); }, [] { return 1; });
    return one + rest;
}

// On workers with stacks large enough for the frames of a sanitizer, not on the guest's own stack.
// guarantee: join-8
TEST(Join, RecursesTwentyThousandDeep) {
    for (std::uint32_t workers : {1u, 2u, 3u, 8u}) {
        veda::runtime pool(veda::config{}.workers(workers).stack_size(std::size_t{256} << 20));
        EXPECT_EQ(pool.spawn([] { return list_length(20000); }).get(), 20000);
        EXPECT_EQ(pool.spawn([] { return list_length_left(20000); }).get(), 20000);
    }
}

TEST(Join, LetsAMutexBeHeldAcrossIt) {
    in_every_pool([](std::uint32_t) {
        std::mutex mutex;
        int sum = 0;
        veda::scope([&](auto& s) {
            for (int i = 0; i < 500; ++i) {
                s.spawn([&] {
                    const std::lock_guard guard(mutex);
                    auto [a, b] = veda::join([] { return fib(5); }, [] { return fib(5); });
                    sum += static_cast<int>(a + b);
                });
            }
        });
        EXPECT_EQ(sum, 5000);
    });
}

TEST(Join, WorksFromManyOutsideThreadsAtOnce) {
    std::vector<std::thread> threads;
    std::atomic<long> sum{0};
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 20; ++k) sum += fib(12);
        });
    }
    for (auto& t : threads) t.join();
    EXPECT_EQ(sum, 6 * 20 * 144);
}

}  // namespace
