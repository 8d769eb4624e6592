// The queue for work that belongs to no worker.
#include "deque/injector.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "job/scope.hpp"
#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::detached_tag;
using veda::rt::fork_tag;
using veda::rt::injector;
using veda::rt::job_tag;
using veda::rt::scope;
using veda::rt::tagged_job;

class Injector : public testing::Test {
  protected:
    job_tag tag_of(int index) const { return index % 2 ? blue : red; }
    // Pushes jobs[begin] to jobs[end - 1]: even ones red, odd ones blue.
    void push(int begin, int end) {
        for (int i = begin; i < end; ++i) queue.push_one({&jobs[i], tag_of(i)});
    }
    void push_detached(int begin, int end) {
        for (int i = begin; i < end; ++i) queue.push_one({&jobs[i], detached_tag});
    }
    void push_forks(int begin, int end) {
        for (int i = begin; i < end; ++i) queue.push_one({&jobs[i], fork_tag});
    }
    void expect_jobs(const tagged_job* out, const std::vector<int>& wanted) {
        for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(out[i].job, &jobs[wanted[i]]) << i;
    }
    // Pops and expects exactly these, in this order.
    void expect_pop(std::uint32_t count, const std::vector<int>& wanted) {
        tagged_job out[100];
        ASSERT_EQ(queue.pop(out, count), wanted.size());
        expect_jobs(out, wanted);
    }
    void expect_pop_of(job_tag tag, std::uint32_t count, const std::vector<int>& wanted) {
        tagged_job out[100];
        ASSERT_EQ(queue.pop_of(tag, out, count), wanted.size());
        expect_jobs(out, wanted);
        for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(out[i].tag, tag) << i;
    }
    void expect_size(std::uint32_t size) {
        EXPECT_EQ(queue.size(), size);
        EXPECT_EQ(queue.empty(), size == 0);
        EXPECT_EQ(queue.empty_for_sleep(), size == 0);
    }

    injector queue;
    scope red_scope{}, blue_scope{}, green_scope{};
    const job_tag red = reinterpret_cast<job_tag>(&red_scope);
    const job_tag blue = reinterpret_cast<job_tag>(&blue_scope);
    const job_tag green = reinterpret_cast<job_tag>(&green_scope);
    std::vector<veda_job_t> jobs = std::vector<veda_job_t>(100);
};

TEST_F(Injector, Empty) {
    expect_size(0);
    expect_pop(10, {});
    expect_pop_of(red, 10, {});
    EXPECT_FALSE(queue.remove(&jobs[0]));
    queue.push(nullptr, 0);
    expect_size(0);
}

TEST_F(Injector, Smoke) {
    push(0, 1);
    expect_size(1);
    expect_pop(1, {0});
    expect_size(0);
}

TEST_F(Injector, Fifo) {
    push_detached(0, 3);
    push_forks(3, 5);
    expect_pop(2, {0, 1});
    push_detached(5, 7);
    expect_size(5);
    expect_pop(100, {2, 3, 4, 5, 6});
    expect_size(0);
}

TEST_F(Injector, PushesManyAtOnce) {
    tagged_job tasks[5] = {{&jobs[0], red},
                           {&jobs[1], detached_tag},
                           {&jobs[2], detached_tag},
                           {&jobs[3], fork_tag},
                           {&jobs[4], red}};
    queue.push(tasks, 5);
    expect_size(5);
    queue.push(tasks, 0);
    expect_size(5);
    expect_pop_of(red, 5, {0, 4});
    expect_pop(5, {1, 2, 3});
}

TEST_F(Injector, Tags) {
    push(0, 7);
    expect_pop_of(green, 10, {});
    expect_size(7);
    expect_pop_of(blue, 2, {1, 3});
    expect_size(5);
    expect_pop_of(red, 10, {0, 2, 4, 6});
    expect_size(1);
    expect_pop(10, {5});
    expect_size(0);
}

// Nobody's tasks keep another's waiting: the lists take turns.
TEST_F(Injector, TakesTurns) {
    push_detached(0, 4);
    push(10, 16);
    expect_pop(2, {0, 1});
    expect_pop(2, {10, 12});
    expect_pop(2, {11, 13});
    expect_pop(2, {2, 3});
    expect_pop(2, {14, 15});
    expect_size(0);
    push(20, 21);
    expect_pop(2, {20});
}

TEST_F(Injector, AListThatIsEmptiedLosesItsTurn) {
    push(0, 3);
    push_detached(10, 12);
    expect_pop_of(red, 5, {0, 2});
    expect_pop(1, {1});
    expect_pop(1, {10});
    push(4, 5);
    expect_pop_of(red, 5, {4});
    expect_pop(5, {11});
    expect_size(0);
}

TEST_F(Injector, PopsNoMoreThanAskedFor) {
    push(0, 5);
    expect_pop(0, {});
    expect_pop_of(red, 1, {0});
    expect_size(4);
}

TEST_F(Injector, RemoveFromTheMiddleAndTheEnds) {
    push_forks(0, 5);
    EXPECT_TRUE(queue.remove(&jobs[2]));
    expect_size(4);
    EXPECT_FALSE(queue.remove(&jobs[2])) << "only once";
    EXPECT_TRUE(queue.remove(&jobs[0]));
    EXPECT_TRUE(queue.remove(&jobs[4]));
    EXPECT_FALSE(queue.remove(&jobs[50])) << "never put in";
    expect_size(2);
    push_forks(6, 7);  // the ends are still joined
    expect_pop(10, {1, 3, 6});
    EXPECT_FALSE(queue.remove(&jobs[3])) << "somebody has taken it";
    expect_size(0);
}

TEST_F(Injector, RemoveTheOnlyOne) {
    push_forks(0, 1);
    EXPECT_TRUE(queue.remove(&jobs[0]));
    expect_size(0);
    push_forks(1, 2);
    expect_pop(10, {1});
}

TEST_F(Injector, AJobMayComeBack) {
    for (int i = 0; i < 3; ++i) {
        push_forks(0, 3);
        EXPECT_TRUE(queue.remove(&jobs[1]));
        push_forks(1, 2);
        expect_pop(10, {0, 2, 1});
    }
}

// A fork in here is with no thief, and whoever takes it finds the word as it was.
TEST_F(Injector, AForkInHereHasNoThief) {
    const veda::rt::fork_latch latch(&jobs[0]);
    push_forks(0, 1);
    EXPECT_FALSE(latch.thief().known);
    expect_pop(1, {0});
    EXPECT_FALSE(latch.thief().known);
    EXPECT_EQ(jobs[0].thief, 0u);
}

// One thread in, one out: first in, first out.
TEST_F(Injector, Spsc) {
    const std::size_t tasks = veda::test::scaled(200'000);
    std::vector<veda_job_t> many(tasks);
    std::uint64_t out_of_order = 0;
    veda::test::run_together(2, [&](unsigned index) {
        if (index == 0) {
            for (veda_job_t& job : many) queue.push_one({&job, red});
            return;
        }
        tagged_job out[8];
        for (std::size_t next = 0; next < tasks;) {
            const std::uint32_t count = queue.pop(out, 8);
            for (std::uint32_t i = 0; i < count; ++i) out_of_order += out[i].job != &many[next++];
            if (count == 0) std::this_thread::yield();
        }
    });
    EXPECT_EQ(out_of_order, 0u);
    expect_size(0);
}

// Two push tasks of two scopes and forks, two pop by scope and at random, and each pusher takes some of its
// own forks out again.
TEST_F(Injector, Stampede) {
    constexpr unsigned pushers = 2, poppers = 2;
    const std::size_t each = veda::test::scaled(50'000);
    std::vector<veda_job_t> many(pushers * each);
    veda::test::tally left(many.size());
    std::atomic<std::uint64_t> gone{0}, wrong{0};
    const job_tag tags[] = {fork_tag, red, blue};
    const auto tag_at = [&](std::size_t index) { return tags[index % 3]; };
    veda::test::run_together(pushers + poppers, [&](unsigned index) {
        if (index < pushers) {
            for (std::size_t i = index * each; i < (index + 1) * each; ++i) {
                queue.push_one({&many[i], tag_at(i)});
                const std::size_t own = i - i % 21;
                if (i % 4 == 0 && own >= index * each && queue.remove(&many[own])) {
                    left.add(own);
                    gone.fetch_add(1);
                }
            }
            return;
        }
        tagged_job out[5];
        for (unsigned turn = index; gone.load() < many.size(); ++turn) {
            const job_tag tag = turn % 3 == 0 ? 0 : tags[turn % 3];
            const std::uint32_t count = tag ? queue.pop_of(tag, out, 1 + turn % 5)
                                            : queue.pop(out, 1 + turn % 5);
            for (std::uint32_t i = 0; i < count; ++i) {
                const std::size_t number = out[i].job - many.data();
                left.add(number);
                wrong += out[i].tag != tag_at(number);
                wrong += tag != 0 && out[i].tag != tag;
            }
            gone.fetch_add(count);
            if (count == 0) std::this_thread::yield();
        }
    });
    EXPECT_TRUE(left.each_once());
    EXPECT_EQ(wrong.load(), 0u);
    expect_size(0);
}

}  // namespace
