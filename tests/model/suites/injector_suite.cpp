// The injector: exactly once, first in first out per producer, and removal from the middle.
#include "deque/injector.hpp"
#include "job/scope.hpp"
#include "model/suites/scenario.hpp"

namespace {

using namespace veda::model;
using veda::rt::detached_tag;
using veda::rt::fork_tag;
using veda::rt::injector;
using veda::rt::job_tag;
using veda::rt::scope;
using veda::rt::tagged_job;

struct task : veda_job_t {
    explicit task(int n) : number(n) {}
    cell<int> number;
};

class queue {
  public:
    void push(int number, job_tag tag = detached_tag) { jobs.push_one({new task(number), tag}); }
    int pop() {
        tagged_job found;
        return jobs.pop(&found, 1) ? take(found) : 0;
    }
    int pop_of(job_tag tag) {
        tagged_job found;
        return jobs.pop_of(tag, &found, 1) ? take(found) : 0;
    }
    int take(tagged_job found) {
        const int number = static_cast<task*>(found.job)->number.get();
        check(seen_[number].get() == 0, "a job twice");
        seen_[number].set(1);
        return number;
    }
    void expect_all(int count) {
        while (pop()) {
        }
        check(jobs.size() == 0, "the count is wrong");
        for (int i = 1; i <= count; ++i) check(seen_[i].get() == 1, "a job is lost");
    }
    injector jobs;
    scope scopes[2]{};
    const job_tag first_tag = reinterpret_cast<job_tag>(&scopes[0]);
    const job_tag second_tag = reinterpret_cast<job_tag>(&scopes[1]);

  private:
    cell<int> seen_[9];
};

SCENARIO(injector, producer_and_consumer) {
    auto& q = *new queue;
    thread t([&] {
        const int first = q.pop(), second = q.pop();
        check(!second || second > first, "out of order");
    });
    q.push(1);
    q.push(2);
    t.join();
    q.expect_all(2);
}

SCENARIO(injector, two_producers_two_consumers, .preemptions = 2, .stale_reads = 1) {
    auto& q = *new queue;
    thread a([&] { q.push(1), q.push(2); }), b([&] { q.push(3); });
    const auto consume = [&] {
        const int first = q.pop(), second = q.pop();
        check(!(first == 2 && second == 1), "out of order");
    };
    thread c(consume);
    consume();
    a.join();
    b.join();
    c.join();
    q.expect_all(3);
}

SCENARIO(injector, batch_and_tags, .stale_reads = 1) {
    auto& q = *new queue;
    q.push(1, q.first_tag);
    q.push(2, q.second_tag);
    q.push(3, q.first_tag);
    thread t([&] {
        const int got = q.pop_of(q.second_tag);
        check(got == 0 || got == 2, "a job of another scope");
    });
    tagged_job found[2];
    const std::uint32_t count = q.jobs.pop_of(q.first_tag, found, 2);
    for (std::uint32_t i = 0; i < count; ++i)
        check(q.take(found[i]) != 2, "a job of another scope");
    t.join();
    q.expect_all(3);
}

// A scope's list comes into the ring of lists and leaves it, while its waiter and somebody else take from it.
SCENARIO(injector, scopes_against_pop, .preemptions = 3, .stale_reads = 1) {
    auto& q = *new queue;
    q.push(1);
    thread producer([&] { q.push(2, q.first_tag), q.push(3, q.second_tag); });
    thread consumer([&] { q.pop(), q.pop(); });
    const int got = q.pop_of(q.first_tag);
    check(got == 0 || got == 2, "a job of another scope");
    producer.join();
    consumer.join();
    q.expect_all(3);
}

SCENARIO(injector, remove_against_pop) {
    auto& q = *new queue;
    q.push(1);
    auto* wanted = new task(2);
    q.jobs.push_one({wanted, fork_tag});
    thread t([&] { q.pop(), q.pop(); });
    if (q.jobs.remove(wanted)) q.take({wanted, fork_tag});
    t.join();
    q.expect_all(2);
}

// The producer's push and look, the sleeper's announcement and look: one of them sees the other.
SCENARIO(injector, push_against_sleep) {
    auto& q = *new queue;
    auto& asleep = *new atomic<int>(0);
    bool stays_down = false, woken = false;
    thread sleeper([&] {
        asleep.store(1, order::seq_cst);
        stays_down = q.jobs.empty_for_sleep();
    });
    q.push(1);
    woken = asleep.load(order::seq_cst) != 0;
    sleeper.join();
    check(woken || !stays_down, "a job is left alone");
    q.expect_all(1);
}

}  // namespace
