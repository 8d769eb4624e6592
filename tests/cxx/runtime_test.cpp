// runtime_test.cpp: runtimes as objects, their configuration, broadcast, and what a worker knows.
#include "support.hpp"

#include <gtest/gtest.h>

#include <pthread.h>
#include <sched.h>

#include <set>
#include <vector>

namespace {

using namespace veda::test;

TEST(Runtime, GivesWhatRunGives) {
    veda::runtime pool(veda::config{}.workers(2));
    EXPECT_EQ(pool.run([] { return 3; }), 3);
    EXPECT_EQ(*pool.run([] { return std::make_unique<int>(4); }), 4);
    int x = 0;
    pool.run([&] { x = 1; });
    EXPECT_EQ(x, 1);
    EXPECT_EQ(thrown_by([&] { pool.run([] { throw 9; }); }), "int 9");
}

TEST(Runtime, HasTheWorkersItWasAskedFor) {
    for (std::uint32_t n : {1u, 2u, 5u}) {
        veda::runtime pool(veda::config{}.workers(n));
        EXPECT_EQ(pool.worker_count(), n);
        EXPECT_GE(pool.slot_count(), n);
    }
}

TEST(Runtime, SaysWhatIsWrongWithAConfig) {
    try {
        veda::runtime pool(veda::config{}.workers(5000));
        FAIL() << "5000 workers were accepted";
    } catch (const veda::error& e) {
        EXPECT_EQ(e.status(), VEDA_E_RANGE);
        EXPECT_STREQ(e.name(), "VEDA_E_RANGE");
        EXPECT_NE(std::string(e.what()).find("5000"), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find("worker_count"), std::string::npos) << e.what();
    }
}

TEST(Runtime, KeepsTheLastSpinThatWasAskedFor) {
    using namespace std::chrono_literals;
    EXPECT_EQ(veda::config{}.spin(0ns).raw().wait_policy, VEDA_WAIT_PASSIVE);
    const auto again = veda::config{}.spin(0ns).spin(5us).raw();
    EXPECT_EQ(again.wait_policy, VEDA_WAIT_ADAPTIVE);
    EXPECT_EQ(again.spin_ns, 5000u);
    const auto active = veda::config{}.wait_policy(veda::wait_policy::active).spin(-1s).spin(1ms);
    EXPECT_EQ(active.raw().wait_policy, VEDA_WAIT_ACTIVE);
}

TEST(Runtime, AsksForDefaultsThatTheEnvironmentDoesNotChange) {
    setenv("VEDA_WAIT_POLICY", "passive", 1);
    setenv("VEDA_AFFINITY", "close", 1);
    setenv("VEDA_DISPLAY_ENV", "1", 1);
    testing::internal::CaptureStderr();
    veda::runtime pool(veda::config{}
                           .workers(1)
                           .wait_policy(veda::wait_policy::adaptive)
                           .pinning(veda::pinning::none));
    const std::string said = testing::internal::GetCapturedStderr();
    for (const char* name : {"VEDA_WAIT_POLICY", "VEDA_AFFINITY", "VEDA_DISPLAY_ENV"}) unsetenv(name);
    EXPECT_NE(said.find("wait_policy = adaptive (configuration)"), std::string::npos) << said;
    EXPECT_NE(said.find("pinning = none (configuration)"), std::string::npos) << said;
}

TEST(Runtime, RefusesTheDeterministicPolicySoFar) {
    try {
        veda::runtime pool(veda::config{}.policy(veda::policy::deterministic));
        FAIL();
    } catch (const veda::error& e) {
        EXPECT_EQ(e.status(), VEDA_E_UNSUPPORTED);
    }
}

TEST(Runtime, CallsItsHooksOnEveryWorker) {
    std::atomic<int> started{0};
    std::atomic<int> stopped{0};
    {
        veda::runtime pool(veda::config{}
                               .workers(3)
                               .policy(veda::policy::fixed)
                               .stack_size(1 << 20)
                               .spin(std::chrono::microseconds(5))
                               .on_worker_start([&](std::uint32_t) { ++started; })
                               .on_worker_stop([&](std::uint32_t) { ++stopped; }));
        pool.broadcast([] {});
        EXPECT_GE(started, 3);
    }
    EXPECT_EQ(started, stopped);
}

// The CPUs that each worker may run on, by its index.
std::vector<std::vector<int>> cpus_of_workers(veda::runtime& pool) {
    std::vector<std::vector<int>> all(pool.worker_count());
    pool.broadcast([&](std::uint32_t worker) {
        cpu_set_t set;
        CPU_ZERO(&set);
        if (sched_getaffinity(0, sizeof set, &set) != 0) return;
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) all[worker].push_back(cpu);
    });
    return all;
}

TEST(Runtime, PinsItsWorkersWhereItWasTold) {
    cpu_set_t set;
    CPU_ZERO(&set);
    ASSERT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
    std::vector<int> allowed;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) allowed.push_back(cpu);

    veda::runtime close(veda::config{}.workers(3).pinning(veda::pinning::close));
    const auto one_each = cpus_of_workers(close);
    for (std::size_t i = 0; i < one_each.size(); ++i)
        EXPECT_EQ(one_each[i], std::vector<int>{allowed[i % allowed.size()]}) << "worker " << i;

    veda::runtime spread(veda::config{}.workers(1).pinning(veda::pinning::spread));
    EXPECT_EQ(cpus_of_workers(spread)[0], std::vector<int>{allowed[0]});

    veda::runtime free(veda::config{}.workers(2).pinning(veda::pinning::none));
    for (const auto& cpus : cpus_of_workers(free)) EXPECT_EQ(cpus, allowed);
}

TEST(Runtime, NamesItsThreads) {
    veda::runtime pool(veda::config{}.workers(2).name_prefix("cook"));
    const auto names = pool.broadcast([] {
        char name[16] = "";
        pthread_getname_np(pthread_self(), name, sizeof(name));
        return std::string(name);
    });
    for (const auto& name : names) EXPECT_EQ(name.rfind("cook-w", 0), 0u) << name;
}

TEST(Runtime, MovesAsAnObject) {
    veda::runtime a(veda::config{}.workers(1));
    veda::runtime b(std::move(a));
    EXPECT_EQ(b.run([] { return 1; }), 1);
    b = veda::runtime(veda::config{}.workers(2));
    EXPECT_EQ(b.worker_count(), 2u);
}

TEST(Runtime, KeepsTwoApart) {
    veda::runtime a(veda::config{}.workers(1));
    veda::runtime b(veda::config{}.workers(2));
    auto runtime_here = [] { return veda_worker_runtime(); };
    EXPECT_EQ(a.run(runtime_here), a.raw());
    auto [x, y] = b.join(runtime_here, runtime_here);
    EXPECT_EQ(x, b.raw());
    EXPECT_EQ(y, b.raw());
    // From a worker of the one into the other and back.
    EXPECT_EQ(a.run([&] { return b.run(runtime_here); }), b.raw());
    EXPECT_EQ(a.run([&] {
        b.run([] { return veda::par(0, 100).sum(); });
        return veda_worker_runtime();
    }),
              a.raw());
    EXPECT_EQ(b.spawn(runtime_here).get(), b.raw());
    EXPECT_EQ(veda_worker_runtime(), nullptr);
}

TEST(Runtime, LeavesNothingBehindAfterRun) {
    veda::runtime pool(veda::config{}.workers(2));
    for (int i = 0; i < 100; ++i) pool.scope([](auto& s) { s.spawn([] {}); });
    EXPECT_EQ(pool.pending(), 0u);
    EXPECT_FALSE(veda::this_worker::index().has_value());
}

TEST(Runtime, DefaultIsSharedAndCounts) {
    EXPECT_EQ(veda::default_runtime().raw(), veda::default_runtime().raw());
    EXPECT_GE(veda::default_runtime().worker_count(), 1u);
    veda::runtime pool(veda::config{}.workers(2));
    const auto before = pool.counter("executed");
    pool.scope([](auto& s) {
        for (int i = 0; i < 100; ++i) s.spawn([] {});
    });
    EXPECT_GE(pool.counter("executed"), before + 100);
    bool seen = false;
    for (const auto& c : pool.counters()) {
        EXPECT_FALSE(c.help.empty());
        seen |= c.name == "executed";
    }
    EXPECT_TRUE(seen);
    EXPECT_THROW(pool.counter("no such counter"), veda::error);
}

TEST(Broadcast, CallsEachWorkerOnce) {
    for (std::uint32_t n : {1u, 2u, 3u, 8u}) {
        veda::runtime pool(veda::config{}.workers(n));
        const auto indices = pool.broadcast([](std::uint32_t i) { return i; });
        EXPECT_EQ(std::set<std::uint32_t>(indices.begin(), indices.end()).size(), n);
        EXPECT_TRUE(std::is_sorted(indices.begin(), indices.end()));
        std::atomic<std::uint32_t> calls{0};
        pool.broadcast([&] { ++calls; });
        EXPECT_EQ(calls, n);
        EXPECT_EQ(pool.run([] { return veda::broadcast([] { return 1; }).size(); }), n);
    }
}

TEST(Broadcast, RethrowsTheLowestWorkersException) {
    const long before = counted::alive();
    veda::runtime pool(veda::config{}.workers(3));
    EXPECT_EQ(thrown_by([&] {
                  pool.broadcast([](std::uint32_t i) -> counted {
                      if (i >= 1) throw std::runtime_error(std::to_string(i));
                      return counted(static_cast<int>(i));
                  });
              }),
              "1");
    EXPECT_EQ(counted::alive(), before);
}

TEST(ThisWorker, KnowsItsIndexInside) {
    EXPECT_EQ(veda::this_worker::index(), std::nullopt);
    veda::runtime pool(veda::config{}.workers(2));
    pool.run([&] {
        ASSERT_TRUE(veda::this_worker::index().has_value());
        EXPECT_LT(*veda::this_worker::index(), pool.slot_count());
    });
}

// With one worker, the task that blocks can only be released if another one takes its place.
TEST(ThisWorker, GivesItsPlaceAwayWhileItBlocks) {
    veda::runtime pool(veda::config{}.workers(1));
    std::atomic<bool> go{false};
    auto blocked = pool.spawn([&] {
        return veda::this_worker::blocking([&] {
            await(go);
            return 1;
        });
    });
    auto other = pool.spawn([&] { go = true; });
    other.get();
    EXPECT_EQ(blocked.get(), 1);
}

TEST(ThisWorker, YieldRunsAWaitingTask) {
    veda::runtime pool(veda::config{}.workers(1));
    EXPECT_FALSE(veda::this_worker::yield());
    auto h = pool.spawn([] {
        bool ran = false;
        veda::spawn([&ran] { ran = true; }).detach();
        while (!ran && veda::this_worker::has_pending()) veda::this_worker::yield();
        return ran;
    });
    EXPECT_TRUE(h.get());
}

}  // namespace
