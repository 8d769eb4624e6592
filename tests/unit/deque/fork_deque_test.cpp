// The fork deque, driven as the inlined code drives it: over its head's words, and into the slow path
// only when a compare says so.
#include "deque/fork_deque.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "job/job.hpp"
#include "sleep/parker.hpp"
#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::atomic_view;
using veda::rt::fork_deque;
using veda::rt::fork_latch;
using veda::rt::relaxed;
using pop_result = fork_deque::pop_result;

// Forks and joins as runtime/fork/join.hpp does, and counts what took the slow path.
class fork_owner {
  public:
    explicit fork_owner(fork_deque& deque) : deque_(deque) {}

    veda_job_t** fork(veda_job_t* job) {
        veda_worker_head_t* head = deque_.head();
        veda_job_t** slot = head->head;
        if (slot >= atomic_view(head->limit).load(relaxed)) {
            ++slow_forks;
            const fork_deque::pushed pushed = deque_.push_slow(job, share_all);
            shared += pushed.shared;
            return pushed.slot;
        }
        job->state = 0;
        job->thief = 0;
        atomic_view(*slot).store(job, relaxed);
        atomic_view(head->head).store(slot + 1, relaxed);
        return slot;
    }

    // True: taken. False: stolen, and the slot is still held.
    bool join(veda_job_t** slot) {
        veda_worker_head_t* head = deque_.head();
        if (slot >= atomic_view(head->split).load(relaxed)) {
            atomic_view(head->head).store(slot, relaxed);
            return true;
        }
        ++slow_joins;
        const pop_result result = deque_.pop_slow(slot, share_all);
        shared += result == pop_result::taken_and_shared;
        return result != pop_result::stolen;
    }

    bool share_all = false;
    std::uint64_t slow_forks = 0;
    std::uint64_t slow_joins = 0;
    std::uint64_t shared = 0;  // how often the answer was: jobs became public

  private:
    fork_deque& deque_;
};

class ForkDeque : public testing::Test {
  protected:
    ForkDeque() : jobs(64), slots(64) { EXPECT_TRUE(deque.create(false)); }

    // Forks jobs[begin] to jobs[end - 1].
    void fork(int begin, int end) {
        for (int i = begin; i < end; ++i) slots[i] = owner.fork(&jobs[i]);
    }
    void expect_steal(int job, std::uint32_t floor = 0) {
        EXPECT_EQ(deque.steal(floor), job < 0 ? nullptr : &jobs[job]);
    }
    void join_stolen(int job) {
        ASSERT_FALSE(owner.join(slots[job]));
        deque.forget_stolen(slots[job]);
    }
    bool is_last(veda_job_t* job) {
        veda_job_t** slot;
        return deque.is_last(job, slot);
    }

    fork_deque deque;
    fork_owner owner{deque};
    std::vector<veda_job_t> jobs;
    std::vector<veda_job_t**> slots;
};

TEST_F(ForkDeque, Empty) {
    EXPECT_EQ(deque.height(), 0u);
    EXPECT_FALSE(deque.has_jobs());
    EXPECT_FALSE(deque.has_public());
    EXPECT_FALSE(deque.has_public_for_sleep());
    EXPECT_EQ(deque.steal(), nullptr);
    EXPECT_FALSE(deque.share_everything());
    EXPECT_FALSE(is_last(&jobs[0]));
}

TEST_F(ForkDeque, Smoke) {
    fork(0, 1);
    EXPECT_EQ(deque.height(), 1u);
    EXPECT_TRUE(deque.has_jobs());
    EXPECT_TRUE(owner.join(slots[0]));
    EXPECT_EQ(deque.height(), 0u);
    EXPECT_FALSE(deque.has_jobs());
    EXPECT_EQ(deque.steal(), nullptr) << "what the owner took is not public";
}

TEST_F(ForkDeque, OwnerOnly) {
    fork(0, 20);
    EXPECT_EQ(deque.height(), 20u);
    for (int i = 19; i >= 10; --i) {
        EXPECT_TRUE(is_last(&jobs[i]));
        EXPECT_TRUE(owner.join(slots[i]));
    }
    fork(10, 30);
    EXPECT_EQ(slots[29] - slots[0], 29) << "joined slots are used again";
    for (int i = 29; i >= 0; --i) EXPECT_TRUE(owner.join(slots[i]));
    EXPECT_FALSE(deque.has_jobs());
}

TEST_F(ForkDeque, ForkPreparesTheJob) {
    for (veda_job_t& job : jobs) job.state = job.thief = 77;
    fork(0, 2);  // the first is a slow fork, the second is not
    EXPECT_EQ(owner.slow_forks, 1u);
    for (int i : {0, 1}) {
        EXPECT_FALSE(fork_latch(&jobs[i]).is_done());
        EXPECT_FALSE(fork_latch(&jobs[i]).thief().known);
    }
}

TEST_F(ForkDeque, FirstForkOfAnEmptyDequeIsShown) {
    fork(0, 1);
    EXPECT_EQ(owner.slow_forks, 1u);
    EXPECT_EQ(owner.shared, 1u);
    EXPECT_TRUE(deque.has_public());
    EXPECT_TRUE(deque.has_public_for_sleep());
    EXPECT_TRUE(owner.join(slots[0]));
    fork(0, 1);
    EXPECT_EQ(owner.shared, 2u) << "and again after it was joined";
    expect_steal(0);
}

TEST_F(ForkDeque, PrivateForksNeedNoSlowPath) {
    fork(0, 60);
    for (int i = 59; i > 0; --i) EXPECT_TRUE(owner.join(slots[i]));
    EXPECT_EQ(owner.slow_forks, 1u) << "only the first, which is shown";
    EXPECT_EQ(owner.slow_joins, 0u);
    EXPECT_TRUE(owner.join(slots[0]));
    EXPECT_EQ(owner.slow_joins, 1u) << "what was shown is taken back slowly";
}

TEST_F(ForkDeque, ThievesSeeNothingPrivate) {
    fork(0, 10);
    expect_steal(0);
    expect_steal(-1);
}

TEST_F(ForkDeque, RequestMakesTheNextForkShareTheOlderHalf) {
    fork(0, 10);
    deque.request();
    fork(10, 11);
    EXPECT_EQ(owner.slow_forks, 2u);
    EXPECT_EQ(owner.shared, 2u);
    // Ten were private with the new one; the first was public before.
    for (int i = 0; i < 6; ++i) expect_steal(i);
    expect_steal(-1);
}

TEST_F(ForkDeque, RequestMakesTheNextForkShareAll) {
    owner.share_all = true;
    fork(0, 10);
    deque.request();
    fork(10, 11);
    for (int i = 0; i < 11; ++i) expect_steal(i);
    expect_steal(-1);
}

TEST_F(ForkDeque, RequestMakesTheNextJoinShareTheOlderHalf) {
    fork(0, 10);
    deque.request();
    EXPECT_TRUE(owner.join(slots[9]));
    EXPECT_EQ(owner.slow_joins, 1u);
    EXPECT_EQ(owner.shared, 2u);
    // Eight were private after the join: 1 to 8.
    for (int i = 0; i < 5; ++i) expect_steal(i);
    expect_steal(-1);
}

TEST_F(ForkDeque, RequestMakesTheNextJoinShareAll) {
    owner.share_all = true;
    fork(0, 10);
    deque.request();
    EXPECT_TRUE(owner.join(slots[9]));
    for (int i = 0; i < 9; ++i) expect_steal(i);
    expect_steal(-1);
}

TEST_F(ForkDeque, RequestIsWithdrawnOnceServed) {
    fork(0, 10);
    deque.request();
    fork(10, 11);
    EXPECT_EQ(deque.head()->demand, 0u);
    const std::uint64_t slow = owner.slow_forks;
    fork(11, 20);
    EXPECT_EQ(owner.slow_forks, slow);
    for (int i = 19; i > 11; --i) EXPECT_TRUE(owner.join(slots[i]));
    EXPECT_EQ(owner.slow_joins, 0u);
}

TEST_F(ForkDeque, RequestStaysWhileThereIsNothingToGive) {
    fork(0, 2);
    expect_steal(0);  // and asks: nothing public is left
    EXPECT_TRUE(owner.join(slots[1]));
    EXPECT_EQ(owner.shared, 1u) << "the join took the only private job";
    EXPECT_EQ(deque.head()->demand, 1u);
    fork(1, 2);
    EXPECT_EQ(owner.shared, 2u) << "the next fork serves the request";
    expect_steal(1);
}

TEST_F(ForkDeque, RequestRaisesDemandOnce) {
    fork(0, 2);
    EXPECT_EQ(deque.head()->demand, 0u);
    deque.request();
    deque.ask();
    deque.request();
    EXPECT_EQ(deque.head()->demand, 1u);
    fork(2, 3);
    EXPECT_EQ(deque.head()->demand, 0u);
}

// Asking serves as well, also where a thief's request is raised only in part.
TEST_F(ForkDeque, RequestForSleep) {
    fork(0, 10);
    deque.ask();
    fork(10, 11);
    EXPECT_EQ(owner.shared, 2u);
    atomic_view(deque.head()->demand).store(1, relaxed);
    deque.ask();
    EXPECT_TRUE(owner.join(slots[10]));
    EXPECT_EQ(owner.shared, 3u);
}

TEST_F(ForkDeque, IsStolen) {
    fork(0, 2);
    EXPECT_FALSE(deque.is_stolen(slots[0]));
    expect_steal(0);
    EXPECT_TRUE(deque.is_stolen(slots[0]));
    EXPECT_FALSE(deque.is_stolen(slots[1]));
}

TEST_F(ForkDeque, AThiefThatFindsNothingAsks) {
    fork(0, 5);
    expect_steal(0);
    EXPECT_EQ(deque.head()->demand, 1u) << "the thief of the last public job asks at once";
    fork(5, 6);
    EXPECT_EQ(deque.head()->demand, 0u);
    EXPECT_TRUE(deque.has_public());
}

TEST_F(ForkDeque, AThiefThatLeavesSomethingDoesNotAsk) {
    owner.share_all = true;
    fork(0, 3);
    (void)deque.share_everything();
    expect_steal(0);
    EXPECT_EQ(deque.head()->demand, 0u);
    expect_steal(1);
    expect_steal(2);
    EXPECT_EQ(deque.head()->demand, 1u);
}

TEST_F(ForkDeque, ThievesTakeTheOldestFirst) {
    fork(0, 10);
    EXPECT_TRUE(deque.share_everything());
    for (int i = 0; i < 10; ++i) expect_steal(i);
    expect_steal(-1);
    for (int i = 9; i >= 0; --i) join_stolen(i);
    EXPECT_EQ(deque.height(), 0u);
}

TEST_F(ForkDeque, ThievesTakeNothingBelowTheFloor) {
    fork(0, 4);
    EXPECT_TRUE(deque.share_everything());
    expect_steal(-1, 1);
    expect_steal(-1, UINT32_MAX);
    EXPECT_EQ(deque.head()->demand, 0u) << "what lies below the floor is not missing";
    expect_steal(0, 0);
    expect_steal(1, 1);
    expect_steal(-1, 3);
    expect_steal(2, 1);
    expect_steal(3, 3);
}

TEST_F(ForkDeque, ShareEverythingShowsAllAtOnce) {
    fork(0, 7);
    EXPECT_TRUE(deque.share_everything());
    EXPECT_FALSE(deque.share_everything()) << "nothing more became public";
    for (int i = 0; i < 7; ++i) expect_steal(i);
    EXPECT_FALSE(deque.share_everything());
    fork(7, 8);
    EXPECT_EQ(owner.shared, 2u) << "the next fork is shown unasked";
}

// What the owner needs again it takes back in halves, so that a deep stack costs few slow joins.
TEST_F(ForkDeque, TakesBackHalfOfWhatIsPublic) {
    fork(0, 8);
    EXPECT_TRUE(deque.share_everything());
    for (int i = 7; i >= 0; --i) EXPECT_TRUE(owner.join(slots[i])) << i;
    EXPECT_EQ(owner.slow_joins, 4u);  // at 7, which takes back 4 to 7, then at 3, at 1, at 0
    EXPECT_FALSE(deque.has_jobs());
    expect_steal(-1);
}

TEST_F(ForkDeque, TakesBackOneWhileSomebodyIsHungry) {
    fork(0, 8);
    EXPECT_TRUE(deque.share_everything());
    deque.request();
    EXPECT_TRUE(owner.join(slots[7]));
    for (int i = 0; i < 7; ++i) expect_steal(i);
    expect_steal(-1);
}

TEST_F(ForkDeque, JoinSaysThatAThiefHasTheJob) {
    fork(0, 1);
    expect_steal(0);
    EXPECT_FALSE(owner.join(slots[0]));
    EXPECT_EQ(deque.height(), 1u) << "the slot stays until the thief is done";
    EXPECT_FALSE(owner.join(slots[0])) << "and the answer stays the same";
    deque.forget_stolen(slots[0]);
    EXPECT_EQ(deque.height(), 0u);
    EXPECT_FALSE(deque.has_jobs());
}

TEST_F(ForkDeque, ForgetStolen) {
    fork(0, 3);
    EXPECT_TRUE(deque.share_everything());
    for (int i = 0; i < 3; ++i) expect_steal(i);
    join_stolen(2);
    // Younger forks in the place of a stolen one, while older ones are still out.
    const std::uint64_t shared = owner.shared;
    fork(3, 5);
    EXPECT_EQ(owner.shared, shared + 1) << "nothing else is public: the first is shown";
    expect_steal(3);
    expect_steal(-1);
    EXPECT_TRUE(owner.join(slots[4]));
    join_stolen(3);
    join_stolen(1);
    join_stolen(0);
    EXPECT_FALSE(deque.has_jobs());
}

TEST_F(ForkDeque, IsLast) {
    EXPECT_FALSE(is_last(&jobs[0]));
    fork(0, 2);
    EXPECT_TRUE(is_last(&jobs[1]));
    EXPECT_FALSE(is_last(&jobs[0])) << "joins come in the opposite order of forks";
    EXPECT_FALSE(is_last(&jobs[5])) << "never forked";
    veda_job_t** slot = nullptr;
    EXPECT_TRUE(deque.is_last(&jobs[1], slot));
    EXPECT_EQ(slot, slots[1]);
    EXPECT_TRUE(owner.join(slots[1]));
    EXPECT_FALSE(is_last(&jobs[1])) << "joined already";
    EXPECT_TRUE(is_last(&jobs[0]));
    expect_steal(0);
    EXPECT_TRUE(is_last(&jobs[0])) << "also while a thief has it";
}

class AloneForkDeque : public ForkDeque {
  protected:
    AloneForkDeque() { EXPECT_TRUE(alone.create(true)); }

    fork_deque alone;
    fork_owner lone_owner{alone};
};

TEST_F(AloneForkDeque, ShowsNothingUnasked) {
    slots[0] = lone_owner.fork(&jobs[0]);
    slots[1] = lone_owner.fork(&jobs[1]);
    EXPECT_FALSE(alone.has_public());
    EXPECT_TRUE(lone_owner.join(slots[1]));
    EXPECT_TRUE(lone_owner.join(slots[0]));
    EXPECT_EQ(lone_owner.slow_forks + lone_owner.slow_joins, 0u);
}

TEST_F(AloneForkDeque, ShowsWorkToWhoAsks) {
    EXPECT_EQ(alone.steal(), nullptr);  // asks
    slots[0] = lone_owner.fork(&jobs[0]);
    EXPECT_EQ(lone_owner.shared, 1u);
    EXPECT_EQ(alone.steal(), &jobs[0]);
    EXPECT_FALSE(lone_owner.join(slots[0]));
    alone.forget_stolen(slots[0]);
    // Nobody has asked since.
    slots[0] = lone_owner.fork(&jobs[0]);
    EXPECT_FALSE(alone.has_public());
    EXPECT_TRUE(lone_owner.join(slots[0]));
}

TEST_F(AloneForkDeque, ShareEverything) {
    for (int i = 0; i < 3; ++i) slots[i] = lone_owner.fork(&jobs[i]);
    EXPECT_TRUE(alone.share_everything());
    EXPECT_FALSE(alone.share_everything());
    for (int i = 2; i >= 0; --i) EXPECT_TRUE(lone_owner.join(slots[i]));
    EXPECT_FALSE(alone.share_everything());
    const std::uint64_t slow = lone_owner.slow_forks;
    lone_owner.fork(&jobs[0]);
    EXPECT_EQ(lone_owner.slow_forks, slow);
}

// A deque that is full to the last slot, and two jobs that found no place.
class FullForkDeque : public ForkDeque {
  protected:
    FullForkDeque() : many(fork_deque::capacity), many_slots(fork_deque::capacity) {
        for (std::uint32_t i = 0; i < fork_deque::capacity; ++i)
            many_slots[i] = owner.fork(&many[i]);
        EXPECT_EQ(deque.height(), fork_deque::capacity);
        fork(0, 2);
        EXPECT_EQ(deque.height(), fork_deque::capacity) << "neither was put in";
    }
    void join_both() {
        EXPECT_TRUE(is_last(&jobs[1]));
        EXPECT_TRUE(owner.join(slots[1]));
        EXPECT_TRUE(is_last(&jobs[0]));
        EXPECT_TRUE(owner.join(slots[0]));
        EXPECT_EQ(deque.height(), fork_deque::capacity);
    }

    std::vector<veda_job_t> many;
    std::vector<veda_job_t**> many_slots;
};

TEST_F(FullForkDeque, TheJoinTakesWhatWasNotPutIn) {
    join_both();
    for (std::uint32_t i = fork_deque::capacity; i-- > 0;) ASSERT_TRUE(owner.join(many_slots[i]));
    EXPECT_FALSE(deque.has_jobs());
}

TEST_F(FullForkDeque, ThievesNeverGetWhatWasNotPutIn) {
    (void)deque.share_everything();
    for (veda_job_t& job : many) ASSERT_EQ(deque.steal(), &job);
    EXPECT_EQ(deque.steal(), nullptr);  // and asks
    fork(2, 3);
    EXPECT_TRUE(owner.join(slots[2]));
    join_both();
    for (std::uint32_t i = fork_deque::capacity; i-- > 0;) {
        ASSERT_FALSE(owner.join(many_slots[i]));
        deque.forget_stolen(many_slots[i]);
    }
    EXPECT_FALSE(deque.has_jobs());
}

TEST_F(FullForkDeque, ServesRequestsWithoutAPlace) {
    while (deque.steal()) {
    }
    const std::uint64_t shared = owner.shared;
    fork(2, 3);
    EXPECT_EQ(owner.shared, shared + 1) << "the fork that found no place still shares";
    EXPECT_TRUE(deque.has_public());
    deque.request();
    EXPECT_TRUE(owner.join(slots[2]));
    EXPECT_EQ(owner.shared, shared + 2) << "and so does its join";
    join_both();
}

// ---- several threads ----

struct counted_job : veda_job_t {
    counted_job() : veda_job_t{} {
        run = [](veda_job_t* job, veda_worker_t*) {
            // Plain: whoever joins sees it, or the sanitizer says that it does not.
            ++static_cast<counted_job*>(job)->runs;
        };
    }
    std::uint32_t runs = 0;
};

// The thief's half of a stolen fork.
void run_stolen(veda_job_t* job, std::uint32_t thief, veda::rt::parker& owner) {
    fork_latch latch(job);
    latch.set_thief(thief, 0);
    job->run(job, nullptr);
    if (latch.complete()) owner.unpark();
}

// Many thieves at one full deque: every job once, each thief in order.
TEST_F(ForkDeque, Stampede) {
    const auto size = std::min<std::size_t>(veda::test::scaled(100'000), fork_deque::capacity);
    std::vector<veda_job_t> many(size);
    for (veda_job_t& job : many) owner.fork(&job);
    (void)deque.share_everything();
    veda::test::tally stolen(size);
    std::atomic<std::uint64_t> out_of_order{0};
    veda::test::run_together(4, [&](unsigned) {
        veda_job_t* last = nullptr;
        while (veda_job_t* job = deque.steal()) {
            out_of_order += job <= last;
            last = job;
            stolen.add(job - many.data());
        }
    });
    EXPECT_TRUE(stolen.each_once());
    EXPECT_EQ(out_of_order.load(), 0u);
}

// One owner forks and joins at random depths, with jobs on its stack; thieves take what they get.
class nest {
  public:
    nest(fork_deque& deque, std::uint64_t jobs)
        : deque_(deque), owner_(deque), left_(jobs), random_(veda::test::seed()) {}

    void go() {
        while (left_ > 0) {
            owner_.share_all = random_() % 2;
            fork_and_join(random_() % 60);
        }
    }

    veda::rt::parker sleeper;
    std::uint64_t taken = 0, stolen = 0, wrong = 0;

  private:
    void fork_and_join(std::uint64_t depth) {
        if (left_ == 0) return;
        --left_;
        counted_job job;
        veda_job_t** slot = owner_.fork(&job);
        if (depth > 0 && random_() % 8) fork_and_join(depth - 1);
        if (depth > 0 && random_() % 4 == 0) fork_and_join(depth - 1);
        const std::uint64_t dice = random_();
        if (dice % 32 == 0) (void)deque_.share_everything();
        if (dice % 64 == 1) std::this_thread::yield();
        if (owner_.join(slot)) {
            ++taken;
            job.run(&job, nullptr);
        } else {
            ++stolen;
            wait_for(job, dice & 256);
            deque_.forget_stolen(slot);
        }
        wrong += job.runs != 1;
    }

    void wait_for(veda_job_t& job, bool parks) {
        fork_latch latch(&job);
        if (parks && latch.announce_wait())
            while (!latch.is_done()) sleeper.park();
        while (!latch.is_done()) std::this_thread::yield();
    }

    fork_deque& deque_;
    fork_owner owner_;
    std::uint64_t left_;
    std::mt19937_64 random_;
};

class ForkDequeStress : public testing::TestWithParam<unsigned> {};

TEST_P(ForkDequeStress, EveryJobRunsOnce) {
    const unsigned thieves = GetParam();
    const std::uint64_t jobs = veda::test::scaled(400'000);
    fork_deque deque;
    ASSERT_TRUE(deque.create(false));
    nest owner(deque, jobs);
    std::atomic<bool> over{false};
    std::atomic<std::uint64_t> run_by_thieves{0};
    veda::test::run_together(thieves + 1, [&](unsigned index) {
        if (index == 0) {
            owner.go();
            over.store(true);
            return;
        }
        std::uint64_t mine = 0;
        for (std::uint32_t turn = 0; !over.load(); ++turn) {
            veda_job_t* job = deque.steal(turn % 16 == 0 ? turn % 64 : 0);
            if (!job) {
                if (turn % 8 == 0) deque.request();
                if (turn % 64 == 0) std::this_thread::yield();
                continue;
            }
            ++mine;
            run_stolen(job, index, owner.sleeper);
        }
        run_by_thieves.fetch_add(mine);
    });
    EXPECT_EQ(owner.wrong, 0u);
    EXPECT_EQ(owner.taken + owner.stolen, jobs);
    EXPECT_EQ(run_by_thieves.load(), owner.stolen);
    EXPECT_FALSE(deque.has_jobs());
    EXPECT_EQ(deque.height(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Thieves, ForkDequeStress, testing::Values(1u, 2u, 3u, 4u));

}  // namespace
