// The queue for work that belongs to no worker.
#include "deque/injector.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/crew.hpp"
#include "support/effort.hpp"

namespace {

using veda::rt::injector;
using veda::rt::job_tag;
using veda::rt::tagged_job;

constexpr job_tag red = 16, blue = 32;

class Injector : public testing::Test {
  protected:
    // Pushes jobs[begin] to jobs[end - 1]: even ones red, odd ones blue.
    void push(int begin, int end) {
        for (int i = begin; i < end; ++i) queue.push_one({&jobs[i], i % 2 ? blue : red});
    }
    // Pops with this tag and expects exactly these, in this order.
    void expect_pop(job_tag tag, std::uint32_t count, const std::vector<int>& wanted) {
        tagged_job out[100];
        ASSERT_EQ(queue.pop(tag, out, count), wanted.size());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            EXPECT_EQ(out[i].job, &jobs[wanted[i]]) << i;
            EXPECT_EQ(out[i].tag, wanted[i] % 2 ? blue : red) << i;
        }
    }
    // Pops with this tag until nothing comes; one answer may hold fewer than there are.
    void expect_all(job_tag tag, std::uint32_t count, const std::vector<int>& wanted) {
        tagged_job out[100];
        std::vector<veda_job_t*> popped;
        while (const std::uint32_t found = queue.pop(tag, out, count)) {
            ASSERT_LE(found, count);
            for (std::uint32_t i = 0; i < found; ++i) popped.push_back(out[i].job);
        }
        ASSERT_EQ(popped.size(), wanted.size());
        for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(popped[i], &jobs[wanted[i]]) << i;
    }
    void expect_size(std::uint32_t size) {
        EXPECT_EQ(queue.size(), size);
        EXPECT_EQ(queue.empty(), size == 0);
        EXPECT_EQ(queue.empty_for_sleep(), size == 0);
    }

    injector queue;
    std::vector<veda_job_t> jobs = std::vector<veda_job_t>(100);
};

TEST_F(Injector, Empty) {
    expect_size(0);
    expect_pop(injector::any_tag, 10, {});
    expect_pop(red, 10, {});
    EXPECT_FALSE(queue.remove(&jobs[0]));
    queue.push(nullptr, 0);
    expect_size(0);
}

TEST_F(Injector, Smoke) {
    push(0, 1);
    expect_size(1);
    expect_pop(injector::any_tag, 1, {0});
    expect_size(0);
}

TEST_F(Injector, Fifo) {
    push(0, 5);
    expect_pop(injector::any_tag, 2, {0, 1});
    push(5, 7);
    expect_size(5);
    expect_pop(injector::any_tag, 100, {2, 3, 4, 5, 6});
    expect_size(0);
}

TEST_F(Injector, PushesManyAtOnce) {
    tagged_job tasks[3] = {{&jobs[0], red}, {&jobs[1], blue}, {&jobs[2], red}};
    queue.push(tasks, 3);
    expect_size(3);
    queue.push(tasks, 0);
    expect_size(3);
    expect_pop(injector::any_tag, 3, {0, 1, 2});
}

TEST_F(Injector, Tags) {
    push(0, 7);
    expect_pop(48, 10, {});
    expect_size(7);
    expect_pop(blue, 2, {1, 3});
    expect_size(5);
    expect_all(red, 10, {0, 2, 4, 6});
    expect_size(1);
    expect_pop(injector::any_tag, 10, {5});
    expect_size(0);
}

// The leading tasks go in one piece, and leave whole ends behind.
TEST_F(Injector, TagsInARow) {
    tagged_job tasks[] = {{&jobs[0], red},  {&jobs[2], red}, {&jobs[4], red},
                          {&jobs[1], blue}, {&jobs[6], red}, {&jobs[3], blue}};
    queue.push(tasks, 6);
    expect_pop(red, 2, {0, 2});
    expect_size(4);
    expect_all(red, 2, {4, 6});
    expect_size(2);
    push(8, 9);
    expect_all(injector::any_tag, 10, {1, 3, 8});
    push(0, 1);
    expect_all(red, 1, {0});
    expect_all(blue, 1, {});
    expect_size(0);
}

TEST_F(Injector, PopsNoMoreThanAskedFor) {
    push(0, 5);
    expect_pop(injector::any_tag, 0, {});
    expect_pop(red, 1, {0});
    expect_size(4);
}

TEST_F(Injector, RemoveFromTheMiddleAndTheEnds) {
    push(0, 5);
    EXPECT_TRUE(queue.remove(&jobs[2]));
    expect_size(4);
    EXPECT_FALSE(queue.remove(&jobs[2])) << "only once";
    EXPECT_TRUE(queue.remove(&jobs[0]));
    EXPECT_TRUE(queue.remove(&jobs[4]));
    EXPECT_FALSE(queue.remove(&jobs[50])) << "never put in";
    expect_size(2);
    push(6, 7);  // the ends are still joined
    expect_pop(injector::any_tag, 10, {1, 3, 6});
    expect_size(0);
}

TEST_F(Injector, RemoveTheOnlyOne) {
    push(0, 1);
    EXPECT_TRUE(queue.remove(&jobs[0]));
    expect_size(0);
    push(1, 2);
    expect_pop(injector::any_tag, 10, {1});
}

TEST_F(Injector, AJobMayComeBack) {
    for (int i = 0; i < 3; ++i) {
        push(0, 3);
        EXPECT_TRUE(queue.remove(&jobs[1]));
        push(1, 2);
        expect_pop(injector::any_tag, 10, {0, 2, 1});
    }
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
            const std::uint32_t count = queue.pop(injector::any_tag, out, 8);
            for (std::uint32_t i = 0; i < count; ++i) out_of_order += out[i].job != &many[next++];
            if (count == 0) std::this_thread::yield();
        }
    });
    EXPECT_EQ(out_of_order, 0u);
    expect_size(0);
}

// Two push, two pop by tag and at random, and each pusher takes some of its own out again.
TEST_F(Injector, Stampede) {
    constexpr unsigned pushers = 2, poppers = 2;
    const std::size_t each = veda::test::scaled(50'000);
    std::vector<veda_job_t> many(pushers * each);
    veda::test::tally left(many.size());
    std::atomic<std::uint64_t> gone{0}, wrong{0};
    const auto tag_of = [](std::size_t index) { return index % 2 ? blue : red; };
    veda::test::run_together(pushers + poppers, [&](unsigned index) {
        if (index < pushers) {
            for (std::size_t i = index * each; i < (index + 1) * each; ++i) {
                queue.push_one({&many[i], tag_of(i)});
                const std::size_t own = i - i % 7;
                if (i % 3 == 0 && own >= index * each && queue.remove(&many[own])) {
                    left.add(own);
                    gone.fetch_add(1);
                }
            }
            return;
        }
        tagged_job out[5];
        for (unsigned turn = index; gone.load() < many.size(); ++turn) {
            const job_tag tag = turn % 3 == 0 ? injector::any_tag : turn % 3 == 1 ? red : blue;
            const std::uint32_t count = queue.pop(tag, out, 1 + turn % 5);
            for (std::uint32_t i = 0; i < count; ++i) {
                const std::size_t number = out[i].job - many.data();
                left.add(number);
                wrong += out[i].tag != tag_of(number);
                wrong += tag != injector::any_tag && out[i].tag != tag;
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
