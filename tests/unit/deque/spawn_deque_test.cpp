// The spawn deque: newest first for its owner, oldest first and in batches for thieves.
#include "deque/spawn_deque.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::job_tag;
using veda::rt::spawn_deque;
using veda::rt::tagged_job;

constexpr std::uint32_t capacity = spawn_deque::capacity;
constexpr std::uint32_t max_batch = spawn_deque::max_batch;

// What an owner does after each push and pop.
bool share_if_wanted(spawn_deque& deque) { return deque.is_wanted() && deque.share(); }

class SpawnDeque : public testing::Test {
  protected:
    static job_tag tag_of(std::size_t index) { return 16 * (1 + index % 5); }

    // Pushes jobs[begin] to jobs[end - 1], private.
    void push(std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            ASSERT_TRUE(deque.push({&jobs[i], tag_of(i)})) << i;
    }
    std::size_t index_of(const tagged_job& task) const { return task.job - jobs.data(); }
    void expect(const tagged_job& task, std::size_t index) {
        ASSERT_EQ(task.job, &jobs[index]);
        EXPECT_EQ(task.tag, tag_of(index));
    }
    // Steals one batch and expects jobs[begin] to jobs[end - 1] in it, in this order.
    void expect_batch(std::size_t begin, std::size_t end, bool ask = true) {
        ASSERT_EQ(deque.steal(batch, ask), end - begin);
        for (std::size_t i = begin; i < end; ++i) expect(batch[i - begin], i);
    }

    spawn_deque deque;
    spawn_deque::batch batch;
    std::vector<veda_job_t> jobs = std::vector<veda_job_t>(4 * capacity);
};

TEST_F(SpawnDeque, Empty) {
    EXPECT_TRUE(deque.empty());
    EXPECT_FALSE(deque.has_public());
    EXPECT_FALSE(deque.has_public_for_sleep());
    EXPECT_EQ(deque.pop().job, nullptr);
    EXPECT_EQ(deque.pop(0).job, nullptr);
    EXPECT_EQ(deque.steal(batch, true), 0u);
    EXPECT_EQ(deque.steal_tagged(16).job, nullptr);
    EXPECT_FALSE(deque.share());
    EXPECT_FALSE(share_if_wanted(deque));
    EXPECT_EQ(deque.top(), 0u);
}

TEST_F(SpawnDeque, Smoke) {
    push(0, 1);
    EXPECT_FALSE(deque.empty());
    EXPECT_EQ(deque.top(), 1u);
    expect(deque.pop(), 0);
    EXPECT_TRUE(deque.empty());
    push(1, 2);
    EXPECT_TRUE(deque.share());
    EXPECT_TRUE(deque.has_public());
    EXPECT_TRUE(deque.has_public_for_sleep());
    expect_batch(1, 2);
    EXPECT_TRUE(deque.empty());
}

TEST_F(SpawnDeque, OwnerOnly) {
    push(0, 100);
    for (std::size_t i = 100; i-- > 50;) expect(deque.pop(), i);
    push(100, 150);
    for (std::size_t i = 150; i-- > 100;) expect(deque.pop(), i);
    for (std::size_t i = 50; i-- > 0;) expect(deque.pop(), i);
    EXPECT_EQ(deque.pop().job, nullptr);
}

TEST_F(SpawnDeque, OwnerTakesBackWhatIsPublic) {
    push(0, 100);
    EXPECT_TRUE(deque.share());
    push(100, 110);
    for (std::size_t i = 110; i-- > 0;) expect(deque.pop(), i);
    EXPECT_TRUE(deque.empty());
    EXPECT_EQ(deque.steal(batch, true), 0u);
}

TEST_F(SpawnDeque, OwnerLeavesThievesTheOlderHalf) {
    push(0, 10);
    EXPECT_TRUE(deque.share());
    expect(deque.pop(), 9);  // takes back 5 to 9
    expect_batch(0, 5);
    EXPECT_EQ(deque.steal(batch, true), 0u);
    for (std::size_t i = 9; i-- > 5;) expect(deque.pop(), i);
}

TEST_F(SpawnDeque, Floor) {
    push(0, 5);
    const std::uint32_t floor = deque.top();
    EXPECT_EQ(deque.pop(floor).job, nullptr);
    push(5, 8);
    for (std::size_t i = 8; i-- > 5;) expect(deque.pop(floor), i);
    EXPECT_EQ(deque.pop(floor).job, nullptr) << "what lies below is not this wait's";
    expect(deque.pop(), 4);
}

TEST_F(SpawnDeque, FloorAmongPublicTasks) {
    push(0, 5);
    const std::uint32_t floor = deque.top();
    push(5, 8);
    EXPECT_TRUE(deque.share());
    for (std::size_t i = 8; i-- > 5;) expect(deque.pop(floor), i);
    EXPECT_EQ(deque.pop(floor).job, nullptr);
    EXPECT_EQ(deque.top(), floor);
}

TEST_F(SpawnDeque, FloorBelowWhatWasStolen) {
    push(0, 2);
    const std::uint32_t floor = deque.top();
    push(2, 6);
    EXPECT_TRUE(deque.share());
    expect_batch(0, 6);
    EXPECT_EQ(deque.pop(floor).job, nullptr) << "all above the floor is stolen";
    push(6, 7);
    expect(deque.pop(floor), 6);
}

// The top stays, so that a floor that was taken before keeps its meaning.
TEST_F(SpawnDeque, PopOldest) {
    EXPECT_EQ(deque.pop_oldest().job, nullptr);
    push(0, 5);
    expect(deque.pop_oldest(), 0);
    EXPECT_EQ(deque.top(), 5u);
    push(5, 6);
    expect(deque.pop_oldest(), 1);
    EXPECT_EQ(deque.top(), 6u);
    expect(deque.pop(), 5);
    for (std::size_t i = 2; i < 5; ++i) expect(deque.pop_oldest(), i);
    EXPECT_EQ(deque.pop_oldest().job, nullptr);
    EXPECT_TRUE(deque.empty());
    EXPECT_EQ(deque.top(), 5u);
}

TEST_F(SpawnDeque, RequestForSleep) {
    push(0, 1);
    EXPECT_TRUE(deque.share());
    push(1, 2);
    EXPECT_FALSE(share_if_wanted(deque));
    deque.request_for_sleep();
    deque.request_for_sleep();
    EXPECT_TRUE(share_if_wanted(deque));
}

TEST_F(SpawnDeque, ThievesTakeBatchesOfTheOldest) {
    push(0, 100);
    EXPECT_EQ(deque.steal(batch, true), 0u) << "private tasks are nobody else's";
    EXPECT_TRUE(deque.share());
    expect_batch(0, max_batch);
    expect_batch(max_batch, 2 * max_batch);
    expect(deque.pop(), 99);  // takes back 82 to 99
    expect_batch(2 * max_batch, 82);
    for (std::size_t i = 99; i-- > 82;) expect(deque.pop(), i);
    EXPECT_TRUE(deque.empty());
}

TEST_F(SpawnDeque, TheFirstTaskIsWanted) {
    push(0, 1);
    EXPECT_TRUE(share_if_wanted(deque));
    push(1, 5);
    EXPECT_FALSE(share_if_wanted(deque)) << "nobody has asked since";
    expect_batch(0, 1, false);
    EXPECT_FALSE(share_if_wanted(deque)) << "this thief did not ask";
    EXPECT_EQ(deque.steal(batch, false), 0u);
    EXPECT_TRUE(share_if_wanted(deque)) << "who finds nothing always asks";
    expect_batch(1, 5, true);
    push(5, 6);
    EXPECT_TRUE(share_if_wanted(deque)) << "who took all and asks has asked";
}

TEST_F(SpawnDeque, AThiefThatLeavesSomethingDoesNotAsk) {
    push(0, max_batch + 1);
    EXPECT_TRUE(deque.share());
    expect_batch(0, max_batch, true);
    push(max_batch + 1, max_batch + 2);
    EXPECT_FALSE(share_if_wanted(deque));
}

TEST_F(SpawnDeque, RequestStaysUntilThereIsSomethingToShare) {
    push(0, 1);
    EXPECT_TRUE(deque.share());
    deque.request();
    deque.request();
    EXPECT_FALSE(share_if_wanted(deque));
    push(1, 2);
    EXPECT_TRUE(share_if_wanted(deque));
    push(2, 3);
    EXPECT_FALSE(share_if_wanted(deque));
}

TEST_F(SpawnDeque, SharesTheOlderHalf) {
    push(0, 5);
    EXPECT_TRUE(deque.share_half());
    expect_batch(0, 3, false);
    EXPECT_EQ(deque.steal(batch, false), 0u);
    EXPECT_TRUE(deque.share_half());
    expect_batch(3, 4, false);
    expect(deque.pop(), 4);
    EXPECT_FALSE(deque.share_half());
}

TEST_F(SpawnDeque, ThievesUncoverWhatIsPrivate) {
    push(0, 2);
    EXPECT_TRUE(deque.share());
    EXPECT_FALSE(deque.hides_tasks());
    push(2, 5);
    EXPECT_TRUE(deque.hides_tasks());
    EXPECT_TRUE(deque.uncover());
    EXPECT_FALSE(deque.hides_tasks());
    EXPECT_FALSE(deque.uncover());
    expect_batch(0, 5);
    EXPECT_TRUE(deque.empty());
    EXPECT_EQ(deque.pop().job, nullptr);
}

TEST_F(SpawnDeque, OwnerGoesOnAfterAThiefUncovered) {
    push(0, 4);
    EXPECT_TRUE(deque.uncover());
    push(4, 6);
    expect(deque.pop(), 5);
    EXPECT_TRUE(deque.is_wanted()) << "whoever uncovers is hungry";
    EXPECT_TRUE(share_if_wanted(deque));
    EXPECT_FALSE(deque.hides_tasks());
    for (std::size_t i = 5; i-- > 0;) expect(deque.pop(), i);
    EXPECT_TRUE(deque.empty());
    push(6, 8);
    EXPECT_TRUE(deque.uncover());
    EXPECT_FALSE(deque.share()) << "a thief was first";
    expect_batch(6, 8);
}

TEST_F(SpawnDeque, Tags) {
    push(0, 3);
    EXPECT_TRUE(deque.share());
    EXPECT_EQ(deque.steal_tagged(tag_of(1)).job, nullptr) << "only the front is looked at";
    EXPECT_EQ(deque.steal_tagged(1).job, nullptr);
    expect(deque.steal_tagged(tag_of(0)), 0);
    EXPECT_EQ(deque.steal_tagged(tag_of(0)).job, nullptr);
    expect(deque.steal_tagged(tag_of(1)), 1);
    expect(deque.pop(), 2);
    EXPECT_EQ(deque.steal_tagged(tag_of(2)).job, nullptr) << "an old tag in a free slot is no task";
}

TEST_F(SpawnDeque, Full) {
    push(0, capacity);
    EXPECT_FALSE(deque.push({&jobs[capacity], 16}));
    EXPECT_FALSE(deque.push({&jobs[capacity], 16}));
    expect(deque.pop(), capacity - 1);
    push(capacity, capacity + 1);
    EXPECT_FALSE(deque.push({&jobs[0], 16}));
    expect(deque.pop(), capacity);
    for (std::size_t i = capacity - 1; i-- > 0;) expect(deque.pop(), i);
    EXPECT_TRUE(deque.empty());
}

TEST_F(SpawnDeque, ThievesMakeRoom) {
    push(0, capacity);
    EXPECT_TRUE(deque.share());
    expect_batch(0, max_batch);
    push(capacity, capacity + max_batch);
    EXPECT_FALSE(deque.push({&jobs[0], 16})) << "as many as were stolen, not more";
    EXPECT_TRUE(deque.share());
    for (std::size_t i = max_batch; i < capacity + max_batch; i += max_batch)
        expect_batch(i, i + max_batch);
    EXPECT_TRUE(deque.empty());
}

// Many times around the ring, always with something in it.
TEST_F(SpawnDeque, Wraps) {
    const std::size_t rounds = veda::test::scaled(300'000);
    std::size_t pushed = 0, stolen = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (int i = 0; i < 3; ++i, ++pushed)
            ASSERT_TRUE(deque.push({&jobs[pushed % jobs.size()], tag_of(pushed % jobs.size())}));
        if (round < 100) continue;
        (void)deque.share();
        for (int i = 0; i < 3; ++i, ++stolen) {
            const tagged_job task = deque.steal_tagged(tag_of(stolen % jobs.size()));
            ASSERT_EQ(task.job, &jobs[stolen % jobs.size()]);
        }
    }
    EXPECT_EQ(deque.top(), static_cast<std::uint32_t>(pushed));
    while (pushed > stolen) {
        --pushed;
        ASSERT_EQ(deque.pop().job, &jobs[pushed % jobs.size()]);
    }
    EXPECT_TRUE(deque.empty());
}

// ---- several threads ----

// One thief, and an owner that only pushes: first in, first out.
TEST_F(SpawnDeque, Spsc) {
    const std::size_t tasks = veda::test::scaled(300'000);
    std::vector<veda_job_t> many(tasks);
    std::uint64_t out_of_order = 0;
    veda::test::run_together(2, [&](unsigned index) {
        if (index == 0) {
            for (veda_job_t& job : many) {
                while (!deque.push({&job, 16})) {
                    (void)deque.share();
                    std::this_thread::yield();
                }
                (void)share_if_wanted(deque);
            }
            (void)deque.share();
            return;
        }
        for (std::size_t next = 0; next < tasks;) {
            const std::uint32_t count = deque.steal(batch, true);
            for (std::uint32_t i = 0; i < count; ++i)
                out_of_order += batch[i].job != &many[next++] || batch[i].tag != 16;
            if (count == 0) std::this_thread::yield();
        }
    });
    EXPECT_EQ(out_of_order, 0u);
    EXPECT_TRUE(deque.empty());
}

TEST_F(SpawnDeque, Stampede) {
    const std::uint64_t rounds = veda::test::scaled(300);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        push(0, capacity);
        EXPECT_TRUE(deque.share());
        veda::test::tally stolen(capacity);
        veda::test::run_together(4, [&](unsigned index) {
            spawn_deque::batch mine;
            while (deque.has_public()) {
                if (index == 0) {
                    const tagged_job task = deque.steal_tagged(tag_of(stolen[0] ? round : 0));
                    if (task.job) stolen.add(index_of(task));
                }
                const std::uint32_t count = deque.steal(mine, index % 2);
                for (std::uint32_t i = 0; i < count; ++i) stolen.add(index_of(mine[i]));
            }
        });
        ASSERT_TRUE(stolen.each_once());
        ASSERT_TRUE(deque.empty());
    }
}

// What the random owner and its thieves do with numbered tasks. Slots belong to whoever took them
// until they are emptied, so a slow thief must never find a younger task in its batch.
struct crowd {
    explicit crowd(std::size_t tasks) : jobs(tasks), ran(tasks) {}

    static job_tag tag_of(std::size_t index) { return 16 * (1 + index / 3 % 4); }
    void run(const tagged_job& task) {
        const std::size_t index = task.job - jobs.data();
        ran.add(index);
        wrong_tags += task.tag != tag_of(index);
    }

    void thief(unsigned index) {
        spawn_deque::batch batch;
        for (std::uint64_t turn = index; !over.load(); ++turn) {
            if (turn % 4 == 0) {
                const job_tag wanted = 16 * (1 + turn / 4 % 4);
                const tagged_job task = deque.steal_tagged(wanted);
                if (task.job) {
                    run(task);
                    other_tags += task.tag != wanted;
                }
                continue;
            }
            if (turn % 32 == 2 && deque.hides_tasks()) (void)deque.uncover();
            const std::uint32_t count = deque.steal(batch, turn % 8 < 6);
            for (std::uint32_t i = 0; i < count; ++i) {
                run(batch[i]);
                out_of_order += i > 0 && batch[i].job <= batch[i - 1].job;
            }
            if (count == 0 && turn % 16 == 1) std::this_thread::yield();
        }
    }

    // Pushes all tasks in bursts and pops some of them.
    void random_owner(std::uint64_t seed) {
        std::mt19937_64 random(seed);
        for (std::size_t next = 0; next < jobs.size();) {
            const std::size_t burst = std::min<std::size_t>(random() % 48, jobs.size() - next);
            for (std::size_t i = 0; i < burst; ++i) push(next++);
            if (random() % 8 == 0) (void)deque.share();
            const std::uint32_t floor = deque.top() - random() % 32;
            for (std::uint64_t pops = random() % 40; pops > 0; --pops) {
                (void)share_if_wanted(deque);
                const std::uint64_t dice = random() % 8;
                const tagged_job task = dice == 0   ? deque.pop_oldest()
                                        : dice < 3 ? deque.pop(floor)
                                                   : deque.pop();
                if (!task.job) break;
                run(task);
            }
        }
    }

    // Keeps the ring as full as it gets, so that each push wants the slot that a thief empties.
    void greedy_owner() {
        for (std::size_t next = 0; next < jobs.size(); ++next) push(next);
    }

    void push(std::size_t index) {
        const tagged_job task{&jobs[index], tag_of(index)};
        for (std::uint64_t tries = 1; !deque.push(task); ++tries) {
            (void)deque.share();
            if (tries % 64 == 0) std::this_thread::yield();
        }
        (void)share_if_wanted(deque);
    }

    void finish() {
        for (tagged_job task = deque.pop(); task.job; task = deque.pop()) run(task);
        over.store(true);
    }

    spawn_deque deque;
    std::vector<veda_job_t> jobs;
    veda::test::tally ran;
    std::atomic<bool> over{false};
    std::atomic<std::uint64_t> wrong_tags{0}, other_tags{0}, out_of_order{0};
};

class SpawnDequeStress : public testing::TestWithParam<unsigned> {};

TEST_P(SpawnDequeStress, EveryTaskRunsOnce) {
    crowd all(veda::test::scaled(400'000));
    const std::uint64_t seed = veda::test::seed();
    veda::test::run_together(GetParam() + 1, [&](unsigned index) {
        if (index > 0) return all.thief(index);
        all.random_owner(seed);
        all.finish();
    });
    EXPECT_TRUE(all.ran.each_once());
    EXPECT_TRUE(all.deque.empty());
    EXPECT_EQ(all.wrong_tags.load(), 0u) << "a task comes with the tag it was pushed with";
    EXPECT_EQ(all.out_of_order.load(), 0u);
    // Allowed, and too rare to be asked for: steal_tagged got another tag than it looked for.
    RecordProperty("other_tags", static_cast<int>(all.other_tags.load()));
}

TEST_P(SpawnDequeStress, SlowThiefKeepsItsSlot) {
    crowd all(veda::test::scaled(400'000));
    veda::test::run_together(GetParam() + 1, [&](unsigned index) {
        if (index > 0) return all.thief(index);
        all.greedy_owner();
        all.finish();
    });
    EXPECT_TRUE(all.ran.each_once());
    EXPECT_TRUE(all.deque.empty());
    EXPECT_EQ(all.wrong_tags.load(), 0u);
    EXPECT_EQ(all.out_of_order.load(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Thieves, SpawnDequeStress, testing::Values(1u, 2u, 3u, 4u));

}  // namespace
