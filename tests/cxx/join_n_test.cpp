// join_n_test.cpp: a join whose number of branches is known at run time only.
#include "support.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <numeric>
#include <string>

namespace {

using namespace veda::test;

// guarantee: join-9
TEST(JoinN, CallsEachBranchOnce) {
    in_every_pool([](std::uint32_t) {
        for (int n : lengths()) {
            std::vector<std::atomic<int>> calls(static_cast<std::size_t>(n));
            veda::join_n(n, [&](int i) { calls[static_cast<std::size_t>(i)].fetch_add(1); });
            for (const auto& c : calls) ASSERT_EQ(c.load(), 1);
        }
    });
}

TEST(JoinN, GivesTheResultsInOrder) {
    in_every_pool([](std::uint32_t) {
        for (std::size_t n : {0, 1, 2, 15, 16, 17, 100}) {
            const auto squares = veda::join_n(n, [](std::size_t i) { return i * i; });
            static_assert(std::same_as<decltype(squares), const std::vector<std::size_t>>);
            ASSERT_EQ(squares.size(), n);
            for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(squares[i], i * i);
            const auto words = veda::join_n(n, [](std::size_t i) { return std::to_string(i); });
            ASSERT_EQ(words.size(), n);
            for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(words[i], std::to_string(i));
            const std::vector<bool> odd = veda::join_n(n, [](std::size_t i) { return i % 2 == 1; });
            for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(odd[i], i % 2 == 1);
        }
    });
}

TEST(JoinN, GivesWhatCanOnlyBeMoved) {
    const auto made = veda::join_n(20, [](int i) { return std::make_unique<int>(i); });
    for (int i = 0; i < 20; ++i) EXPECT_EQ(*made[static_cast<std::size_t>(i)], i);
}

TEST(JoinN, MakesReferencesValues) {
    std::vector<std::string> names{"a", "b", "c"};
    const auto copies = veda::join_n(names.size(), [&](std::size_t i) -> std::string& { return names[i]; });
    static_assert(std::same_as<decltype(copies), const std::vector<std::string>>);
    EXPECT_EQ(copies, names);
}

TEST(JoinN, CombinesInOrder) {
    in_every_pool([](std::uint32_t) {
        for (int n : lengths()) {
            std::string expected = "<";
            for (int i = 0; i < n; ++i) expected += std::to_string(i) + ",";
            EXPECT_EQ(veda::join_n(
                          n,
                          [](int i) {
                              if (i % 16 == 3) busy();
                              return std::to_string(i) + ",";
                          },
                          std::string("<"), std::plus<>{}),
                      expected);
        }
    });
}

TEST(JoinN, CallsNothingForANegativeNumber) {
    veda::join_n(-1, [](int) { FAIL(); });
    EXPECT_TRUE(veda::join_n(-5, [](int i) { return i; }).empty());
    EXPECT_EQ(veda::join_n(-5, [](int i) { return i; }, 7, std::plus<>{}), 7);
}

TEST(JoinN, EntersTheDefaultRuntimeFromOutside) {
    for (int n : {1, 2, 30}) {
        for (bool inside : veda::join_n(n, [](int) { return veda::this_worker::in_worker(); }))
            EXPECT_TRUE(inside);
    }
    EXPECT_FALSE(veda::this_worker::in_worker());
}

// guarantee: join-9
TEST(JoinN, RunsAllBranchesThoughSomeThrowAndRethrowsTheLeftmost) {
    in_every_pool([](std::uint32_t) {
        for (int n : {1, 2, 16, 17, 100}) {
            for (int first = 0; first < n; first += 1 + n / 5) {
                std::atomic<int> calls{0};
                const auto call = [&](int i) {
                    calls.fetch_add(1);
                    if (i % 8 == 1) busy();
                    if (i >= first && (i - first) % 3 == 0) throw i;
                };
                EXPECT_EQ(thrown_by([&] { veda::join_n(n, call); }), "int " + std::to_string(first));
                EXPECT_EQ(calls, n);
            }
        }
    });
}

TEST(JoinN, DestroysWhatBranchesGaveBeforeAnException) {
    const long before = counted::alive();
    in_every_pool([](std::uint32_t) {
        for (int at : {0, 1, 9, 19}) {
            const auto make = [at](int i) {
                if (i % 8 == 1) busy();
                if (i == at) throw 1;
                return counted(i);
            };
            EXPECT_THROW((void)veda::join_n(20, make), int);
            const auto later = [](counted a, const counted&) { return a; };
            EXPECT_THROW((void)veda::join_n(20, make, counted(0), later), int);
        }
        const auto refuse = [](const counted&, const counted&) -> counted { throw 2; };
        EXPECT_THROW((void)veda::join_n(20, [](int i) { return counted(i); }, counted(0), refuse), int);
    });
    EXPECT_EQ(counted::alive(), before);
}

long leaves(int depth) {
    if (depth == 0) return 1;
    return veda::join_n(1 + depth % 5, [=](int i) { return leaves(depth - 1 - i % 2 * (depth > 1)); }, 0L,
                        std::plus<>{});
}

TEST(JoinN, NestsWithItself) {
    long expected = 0;
    veda::runtime(veda::config{}.workers(1)).run([&] { expected = leaves(12); });
    EXPECT_GT(expected, 1000);
    in_every_pool([&](std::uint32_t) { EXPECT_EQ(leaves(12), expected); });
}

// One branch below the other.
int deep(int n) {
    return n == 0 ? 0 : veda::join_n(2, [n](int i) { return i == 0 ? deep(n - 1) : 1; }, 0, std::plus<>{});
}

// guarantee: join-8
TEST(JoinN, RecursesTwentyThousandDeep) {
    for (std::uint32_t workers : {1u, 2u, 8u}) {
        veda::runtime pool(veda::config{}.workers(workers).stack_size(std::size_t{512} << 20));
        EXPECT_EQ(pool.spawn([] { return deep(20000); }).get(), 20000);
    }
}

TEST(JoinN, LetsAMutexBeHeldAcrossIt) {
    in_every_pool([](std::uint32_t) {
        std::mutex mutex;
        int sum = 0;
        veda::join_n(100, [&](int) {
            const std::lock_guard guard(mutex);
            sum += veda::join_n(10, [](int i) { return i; }, 0, std::plus<>{});
        });
        EXPECT_EQ(sum, 4500);
    });
}

}  // namespace
