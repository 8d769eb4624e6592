// A fork's states: every transition and its answer, and the race between a parking owner and a thief.
#include <gtest/gtest.h>

#include <thread>

#include "job/job.hpp"
#include "sleep/parker.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::fork_latch;
using veda::rt::parker;

TEST(ForkLatch, Smoke) {
    veda_job_t job{};
    fork_latch latch(&job);
    EXPECT_FALSE(latch.is_done());
    EXPECT_FALSE(latch.complete()) << "nobody is parked";
    EXPECT_TRUE(latch.is_done());
}

TEST(ForkLatch, CompleteWakesAnOwnerThatWaits) {
    veda_job_t job{};
    fork_latch latch(&job);
    EXPECT_TRUE(latch.announce_wait());
    EXPECT_FALSE(latch.is_done());
    EXPECT_TRUE(latch.complete());
    EXPECT_TRUE(latch.is_done());
}

TEST(ForkLatch, AnnouncingTwiceIsAnnouncingOnce) {
    veda_job_t job{};
    fork_latch latch(&job);
    EXPECT_TRUE(latch.announce_wait());
    EXPECT_TRUE(latch.announce_wait());
    EXPECT_FALSE(latch.is_done());
    EXPECT_TRUE(latch.complete());
}

TEST(ForkLatch, OwnerDoesNotParkForADoneJob) {
    veda_job_t job{};
    fork_latch latch(&job);
    EXPECT_FALSE(latch.complete());
    EXPECT_FALSE(latch.announce_wait());
    EXPECT_TRUE(latch.is_done());
}

TEST(ForkLatch, TwoViewsSeeOneJob) {
    veda_job_t job{};
    fork_latch owner(&job), thief(&job);
    EXPECT_TRUE(owner.announce_wait());
    EXPECT_TRUE(thief.complete());
    EXPECT_TRUE(owner.is_done());
}

TEST(ForkLatch, ThiefIsUnknownUntilItSaysSo) {
    veda_job_t job{};
    fork_latch latch(&job);
    EXPECT_FALSE(latch.thief().known);
    for (std::uint32_t slot : {0u, 1u, 3071u})
        for (std::uint32_t base : {0u, 1u, 1u << 17}) {
            latch.set_thief(slot, base);
            EXPECT_TRUE(latch.thief().known);
            EXPECT_EQ(latch.thief().slot, slot);
            EXPECT_EQ(latch.thief().base, base);
        }
    latch.clear_thief();
    EXPECT_FALSE(latch.thief().known);
}

TEST(ForkLatch, TellsOnlyTheStateWord) {
    veda_job_t job{};
    fork_latch latch(&job);
    latch.set_thief(5, 6);
    EXPECT_TRUE(latch.announce_wait());
    EXPECT_TRUE(latch.complete());
    EXPECT_EQ(latch.thief().slot, 5u);
    EXPECT_EQ(latch.thief().base, 6u);
    EXPECT_EQ(job.run, nullptr);
}

// The owner parks while the thief finishes. The job lies in the owner's loop, so its memory is used
// again at once: a thief that touched it after complete() would be seen by the sanitizer.
TEST(ForkLatch, Stress) {
    const std::uint64_t rounds = veda::test::scaled(50'000);
    struct work : veda_job_t {
        std::uint64_t result;
    };
    parker owner;
    parker thief;
    veda::rt::atomic<work*> offered{nullptr};
    std::thread stealing([&] {
        for (std::uint64_t round = 0; round < rounds; ++round) {
            work* job;
            while (!(job = offered.exchange(nullptr))) thief.park();
            fork_latch latch(job);
            latch.set_thief(1, static_cast<std::uint32_t>(round));
            job->result = round + 1;
            if (latch.complete()) owner.unpark();
        }
    });
    std::uint64_t right = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        work job{};
        fork_latch latch(&job);
        offered.store(&job);
        thief.unpark();
        // Every other time the owner looks a little before it parks.
        for (std::uint64_t look = 0; look < round % 64 && !latch.is_done(); ++look)
            veda::rt::cpu_relax();
        if (latch.announce_wait())
            while (!latch.is_done()) owner.park();
        right += job.result == round + 1 && latch.thief().base == static_cast<std::uint32_t>(round);
    }
    stealing.join();
    EXPECT_EQ(right, rounds);
}

TEST(JobTag, ScopesAreNeitherDetachedNorForks) {
    using namespace veda::rt;
    EXPECT_FALSE(is_scope(0));
    EXPECT_FALSE(is_scope(detached_tag));
    EXPECT_FALSE(is_scope(fork_tag));
    EXPECT_NE(detached_tag, fork_tag);
    alignas(16) char somewhere[16];
    EXPECT_TRUE(is_scope(reinterpret_cast<job_tag>(somewhere)));
}

}  // namespace
