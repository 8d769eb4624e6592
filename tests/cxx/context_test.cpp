// context_test.cpp: joins that tell where a branch runs, tasks in the order of their spawns, broadcasts
// without waiting, yields to own tasks, names and unhandled exceptions.
#include <gtest/gtest.h>
#include <veda/fifo.hpp>
#include <veda/join_context.hpp>
#include <veda/veda.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>

namespace {

using veda::branch_context;

TEST(JoinContext, BranchesKnowWhereTheyRun) {
    veda::runtime pool(veda::config{}.workers(1));
    pool.run([] {
        const auto [left, right] = veda::join_context([](branch_context c) { return c.migrated(); },
                                                      [](branch_context c) { return c.migrated(); });
        EXPECT_FALSE(left);
        EXPECT_FALSE(right);  // nobody else is there
    });
}

TEST(JoinContext, AStolenBranchHasMigrated) {
    veda::runtime pool(veda::config{}.workers(2));
    pool.run([] {
        std::atomic<bool> begun{false};
        const auto [left, right] = veda::join_context(
            [&](branch_context c) {
                while (!begun.load()) std::this_thread::yield();
                return c.migrated();
            },
            [&](branch_context c) {
                begun.store(true);
                return c.migrated();
            });
        EXPECT_FALSE(left);
        EXPECT_TRUE(right);
    });
}

TEST(JoinContext, FromOutsideBothHaveMigrated) {
    const auto both = veda::join_context([](branch_context c) { return c.migrated(); },
                                         [](branch_context c) { return c.migrated(); });
    EXPECT_TRUE(both.first);
    EXPECT_TRUE(both.second);
}

std::vector<int> counted_to(int n) {
    std::vector<int> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

TEST(Fifo, TasksOfAScopeBeginInOrder) {
    veda::runtime pool(veda::config{}.workers(1));
    std::vector<int> begun;
    const int answer = pool.run([&] {
        return veda::scope_fifo([&](veda::fifo_scope& s) {
            for (int i = 0; i != 500; ++i) s.spawn([&begun, i] { begun.push_back(i); });
            return 7;
        });
    });
    EXPECT_EQ(answer, 7);
    EXPECT_EQ(begun, counted_to(500));
}

TEST(Fifo, TasksThatTasksSpawnComeBehindWhatWaits) {
    veda::runtime pool(veda::config{}.workers(1));
    std::vector<int> begun;
    pool.run([&] {
        veda::scope_fifo([&](veda::fifo_scope& s) {
            s.spawn([&](veda::fifo_scope& inner) {
                begun.push_back(0);
                inner.spawn([&] { begun.push_back(2); });
            });
            s.spawn([&] { begun.push_back(1); });
        });
    });
    EXPECT_EQ(begun, counted_to(3));
}

TEST(Fifo, ManyWorkersRunEachTaskOnce) {
    veda::runtime pool(veda::config{}.workers(4));
    std::atomic<int> sum{0};
    pool.run([&] {
        veda::scope_fifo([&](veda::fifo_scope& s) {
            for (int i = 0; i != 5000; ++i) s.spawn([&sum, i] { sum += i; });
        });
    });
    EXPECT_EQ(sum.load(), 5000 * 4999 / 2);
}

TEST(Fifo, ATasksExceptionComesOut) {
    const auto throws = [] { throw std::runtime_error("no"); };
    EXPECT_THROW(veda::scope_fifo([&](veda::fifo_scope& s) { s.spawn(throws); }), std::runtime_error);
}

TEST(Fifo, DetachedTasksOfOneThreadBeginInOrder) {
    veda::runtime pool(veda::config{}.workers(1));
    std::vector<int> begun;
    pool.run([&] {
        for (int i = 0; i != 500; ++i) veda::spawn_fifo([&begun, i] { begun.push_back(i); });
    });
    pool.drain();
    EXPECT_EQ(begun, counted_to(500));
}

TEST(SpawnBroadcast, AnswersFromEachWorker) {
    veda::runtime pool(veda::config{}.workers(3));
    auto indices = pool.run([] { return veda::spawn_broadcast([](std::uint32_t index) { return index; }); });
    EXPECT_EQ(indices.get(), (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST(YieldLocal, RunsOnlyWhatTheWorkerHasSpawned) {
    veda::runtime pool(veda::config{}.workers(1));
    EXPECT_FALSE(veda::this_worker::yield_local());
    pool.run([] {
        EXPECT_FALSE(veda::this_worker::yield_local());
        bool ran = false;
        auto task = veda::spawn([&] { ran = true; });
        EXPECT_TRUE(veda::this_worker::yield_local());
        EXPECT_TRUE(ran);
        task.get();
    });
}

TEST(ThreadName, ComesFromTheCallback) {
    std::mutex lock;
    std::vector<std::string> names;
    {
        veda::runtime pool(veda::config{}
                               .workers(2)
                               .thread_name([](std::uint32_t index) {
                                   return index == 0 ? "a name that is longer than shown" : std::string();
                               })
                               .name_prefix("pre")
                               .on_worker_start([&](std::uint32_t) {
                                   char name[32];
                                   pthread_getname_np(pthread_self(), name, sizeof name);
                                   const std::lock_guard guard(lock);
                                   names.push_back(name);
                               }));
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"a name that is ", "pre-w01"}));
}

TEST(UnhandledException, ReachesTheHookItself) {
    std::mutex lock;
    std::vector<std::string> told;
    veda::runtime pool(veda::config{}.workers(1).on_unhandled_exception([&](std::exception_ptr error) {
        const std::lock_guard guard(lock);
        try {
            std::rethrow_exception(error);
        } catch (const std::out_of_range& e) {
            told.push_back(std::string("range: ") + e.what());
        } catch (const veda::error& e) {
            told.push_back(std::string("C: ") + e.what());
        }
    }));
    pool.spawn([] { throw std::out_of_range("far"); }).detach();
    pool.drain();
    EXPECT_EQ(veda_report_failure(pool.raw(), VEDA_E_FAILED, "near"), VEDA_OK);
    EXPECT_EQ(told, (std::vector<std::string>{"range: far", "C: near"}));
}

}  // namespace
