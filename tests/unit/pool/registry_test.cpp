// The registry: start and stop, tasks that belong to no worker, pending and drain, and that an idle
// runtime falls asleep.
#include "pool/registry.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "os/futex.hpp"
#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using namespace veda::rt;

settings with_workers(std::uint32_t count) {
    settings wanted;
    wanted.worker_count = count;
    return wanted;
}

std::unique_ptr<registry> make(const settings& wanted) {
    registry* pool = nullptr;
    EXPECT_EQ(registry::create(wanted, &pool), VEDA_OK) << last_error();
    return std::unique_ptr<registry>(pool);
}

// A job that counts itself and frees nothing; it must outlive its run.
struct counting_job : veda_job_t {
    counting_job() : veda_job_t{} {
        run = [](veda_job_t* job, veda_worker_t*) {
            static_cast<counting_job*>(job)->runs.fetch_add(1);
        };
    }
    std::atomic<std::uint32_t> runs{0};
};

// A detached task that runs until it is told to end.
struct gated_job : veda_job_t {
    gated_job() : veda_job_t{} {
        run = [](veda_job_t* job, veda_worker_t*) {
            auto* self = static_cast<gated_job*>(job);
            self->begun.store(true);
            while (!self->may_end.load()) std::this_thread::yield();
        };
    }
    std::atomic<bool> begun{false}, may_end{false};
};

void wait_until_nobody_is_awake(const registry& pool) {
    while (pool.people.load().active > 0) std::this_thread::yield();
}

TEST(Registry, Smoke) {
    const auto pool = make(with_workers(2));
    EXPECT_EQ(pool->worker_count(), 2u);
    EXPECT_EQ(pool->limit(), 2u);
    EXPECT_EQ(pool->slot_count(), 2 + pool->config().spare_workers + registry::max_guests);
    EXPECT_EQ(pool->high_slot(), 2u);
    EXPECT_EQ(pool->pending_detached(), 0u);
    counting_job job;
    pool->inject_detached(&job);
    EXPECT_TRUE(pool->drain(os::forever));
    EXPECT_EQ(job.runs.load(), 1u);
}

TEST(Registry, EveryWorkerCount) {
    for (std::uint32_t count : {1u, 2u, 3u, 4u, 7u, 8u, 16u, 33u, 64u}) {
        const auto pool = make(with_workers(count));
        ASSERT_EQ(pool->worker_count(), count);
        for (std::uint32_t slot = 0; slot < count; ++slot) {
            ASSERT_NE(pool->at(slot), nullptr);
            EXPECT_EQ(pool->at(slot)->slot, slot);
            EXPECT_EQ(pool->at(slot)->kind, worker_kind::regular);
            EXPECT_EQ(&pool->at(slot)->pool, pool.get());
        }
        std::vector<counting_job> jobs(count * 4);
        for (counting_job& job : jobs) pool->inject_detached(&job);
        ASSERT_TRUE(pool->drain(os::forever));
        for (counting_job& job : jobs) ASSERT_EQ(job.runs.load(), 1u);
        EXPECT_EQ(pool->count(counter::threads_started), count);
    }
}

TEST(Registry, StopsWithoutHavingWorked) {
    for (std::uint32_t count : {1u, 2u, 64u})
        for (std::uint64_t i = 0; i < veda::test::scaled(20); ++i) make(with_workers(count));
}

TEST(Registry, ManySideBySide) {
    std::vector<std::unique_ptr<registry>> pools;
    std::set<std::uint64_t> ids;
    std::vector<counting_job> jobs(20);
    for (counting_job& job : jobs) {
        pools.push_back(make(with_workers(2)));
        ids.insert(pools.back()->id());
        pools.back()->inject_detached(&job);
    }
    EXPECT_EQ(ids.size(), jobs.size());
    for (const auto& pool : pools) EXPECT_TRUE(pool->drain(os::forever));
    for (counting_job& job : jobs) EXPECT_EQ(job.runs.load(), 1u);
}

TEST(Registry, CallsTheHooksOnEachThread) {
    struct seen {
        veda::test::tally starts{3}, stops{3};
    } seen;
    settings wanted = with_workers(3);
    wanted.hook_ctx = &seen;
    wanted.on_worker_start = [](void* ctx, std::uint32_t index) {
        static_cast<struct seen*>(ctx)->starts.add(index);
        EXPECT_EQ(worker::current()->slot, index);
    };
    wanted.on_worker_stop = [](void* ctx, std::uint32_t index) {
        static_cast<struct seen*>(ctx)->stops.add(index);
        EXPECT_EQ(worker::current(), nullptr) << "its runtime takes nothing any more";
    };
    make(wanted).reset();
    EXPECT_TRUE(seen.starts.each_once());
    EXPECT_TRUE(seen.stops.each_once());
}

TEST(Registry, PendingCountsWhatIsNotComplete) {
    const auto pool = make(with_workers(1));
    gated_job gate;
    counting_job behind;
    pool->inject_detached(&gate);
    pool->inject_detached(&behind);
    while (!gate.begun.load()) std::this_thread::yield();
    EXPECT_EQ(pool->pending_detached(), 2u);
    EXPECT_FALSE(pool->drain(0));
    EXPECT_FALSE(pool->drain(1000));
    EXPECT_EQ(behind.runs.load(), 0u) << "one worker, and it is busy";
    gate.may_end.store(true);
    EXPECT_TRUE(pool->drain(os::forever));
    EXPECT_EQ(behind.runs.load(), 1u);
    EXPECT_EQ(pool->pending_detached(), 0u);
    EXPECT_TRUE(pool->drain(0));
}

// Injectors and drainers at once; whoever drained after its own submissions finds them done.
TEST(Registry, Stampede) {
    const std::size_t rounds = veda::test::scaled(300);
    const auto pool = make(with_workers(2));
    std::atomic<std::uint64_t> wrong{0};
    veda::test::run_together(3, [&](unsigned) {
        for (std::size_t round = 0; round < rounds; ++round) {
            std::vector<counting_job> jobs(1 + round % 20);
            for (counting_job& job : jobs) pool->inject_detached(&job);
            pool->drain(os::forever);
            for (counting_job& job : jobs) wrong += job.runs.load() != 1;
        }
    });
    EXPECT_EQ(wrong.load(), 0u);
    EXPECT_EQ(pool->pending_detached(), 0u);
}

// guarantee: progress-7
TEST(Registry, FallsAsleepAndWakesUp) {
    const auto pool = make(with_workers(4));
    for (int round = 0; round < 20; ++round) {
        wait_until_nobody_is_awake(*pool);
        EXPECT_EQ(pool->people.load().searching, 0u);
        counting_job job;
        pool->inject_detached(&job);
        ASSERT_TRUE(pool->drain(os::forever));
        EXPECT_EQ(job.runs.load(), 1u);
    }
    EXPECT_GT(pool->count(counter::parks), 0u);
    EXPECT_GT(pool->count(counter::wakes), 0u);
}

TEST(Registry, NeverSpinsWithoutABudget) {
    settings wanted = with_workers(2);
    wanted.wait_policy = VEDA_WAIT_PASSIVE;
    wanted.spin_ns = 0;
    const auto pool = make(wanted);
    EXPECT_EQ(pool->spin_ticks(), 0u);
    counting_job jobs[50];
    for (counting_job& job : jobs) pool->inject_detached(&job);
    EXPECT_TRUE(pool->drain(os::forever));
    for (counting_job& job : jobs) EXPECT_EQ(job.runs.load(), 1u);
}

TEST(Registry, StopsWhileWorkersSpin) {
    settings wanted = with_workers(2);
    wanted.wait_policy = VEDA_WAIT_ACTIVE;
    wanted.spin_ns = 1'000'000'000;
    for (int i = 0; i < 5; ++i) {
        const auto pool = make(wanted);
        counting_job job;
        pool->inject_detached(&job);
        EXPECT_TRUE(pool->drain(os::forever));
    }
}

// guarantee: errors-7
TEST(Registry, RefusesWhatTheSystemRefuses) {
    settings wanted = with_workers(2);
    wanted.stack_size = std::uint64_t{1} << 46;
    registry* pool = reinterpret_cast<registry*>(16);
    EXPECT_EQ(registry::create(wanted, &pool), VEDA_E_THREAD);
    EXPECT_EQ(pool, nullptr);
    EXPECT_NE(std::string(last_error()).find("no worker thread could be started"),
              std::string::npos);
}

}  // namespace
