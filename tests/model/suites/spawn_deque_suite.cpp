// The ring of spawned tasks against thieves: four slots, batches of two.
#include <memory>

#include "deque/spawn_deque.hpp"
#include "model/suites/scenario.hpp"

namespace {

using namespace veda::model;
using veda::rt::job_tag;
using veda::rt::spawn_deque;
using veda::rt::tagged_job;

constexpr job_tag first_scope = 64, second_scope = 128;

struct task : veda_job_t {
    cell<int> number{0};
};

class ring {
  public:
    // False if the ring is full, or a slow thief holds the slot.
    bool push(job_tag tag = first_scope) {
        auto* made = new task;
        made->number.set(++made_);
        if (tasks.push({made, tag})) return true;
        made_ -= 1;
        return false;
    }
    void spawn(job_tag tag = first_scope) {
        if (push(tag)) (void)share_if_wanted();
    }
    bool share_if_wanted() { return tasks.is_wanted() && tasks.share(); }
    int pop() { return got(tasks.pop()); }

    int got(tagged_job found) {
        if (!found.job) return 0;
        const int number = static_cast<task*>(found.job)->number.get();
        check(number > 0 && number <= 8, "not a task");
        // Plain data of whoever took it: a second taker is a race, and a repetition.
        check(seen_[number].get() == 0, "a task twice");
        seen_[number].set(1);
        return number;
    }
    // Thief: how many it got.
    int steal(bool ask = true) {
        spawn_deque::batch batch;
        const auto count = static_cast<int>(tasks.steal(batch, ask));
        for (int last = 0, i = 0; i < count; ++i) {
            const int number = got(batch[i]);
            check(number > last, "a younger task was stolen first");
            last = number;
        }
        return count;
    }
    void expect_all() {
        while (pop()) {
        }
        check(tasks.empty(), "a task is left");
        for (int i = 1; i <= made_; ++i) check(seen_[i].get() == 1, "a task is lost");
    }

    spawn_deque tasks;

  private:
    int made_ = 0;
    cell<int> seen_[9];
};

template <class Owner, class Thief>
void against(Owner owner, Thief thief) {
    auto& r = *new ring;
    thread t([&] { thief(r); });
    owner(r);
    t.join();
    r.expect_all();
}

SCENARIO(spawn_deque, push_pop_steal) {
    against(
        [](ring& r) {
            r.spawn();
            r.pop();
        },
        [](ring& r) { r.steal(); });
}

SCENARIO(spawn_deque, two_tasks_two_steals) {
    against(
        [](ring& r) {
            r.spawn();
            r.spawn();
            r.pop();
        },
        [](ring& r) {
            r.steal();
            r.steal();
        });
}

// Public tasks: the thief takes a batch while the owner takes half of them back.
SCENARIO(spawn_deque, batch_against_reclaim, .stale_reads = 2) {
    auto& r = *new ring;
    for (int i = 0; i < 3; ++i) r.push();
    (void)r.tasks.share();
    thread t([&] { r.steal(); });
    r.pop();
    r.pop();
    t.join();
    r.expect_all();
}

// The ring is full and goes round: a slot is written again only after the thief has read it.
SCENARIO(spawn_deque, wrap, .stale_reads = 2) {
    auto& r = *new ring;
    for (int i = 0; i < 4; ++i) r.push();
    (void)r.tasks.share();
    thread t([&] { r.steal(false); });
    if (r.push()) (void)r.tasks.share();
    if (r.push()) (void)r.tasks.share();
    t.join();
    r.expect_all();
}

SCENARIO(spawn_deque, two_thieves, .preemptions = 3, .stale_reads = 1) {
    auto& r = *new ring;
    for (int i = 0; i < 3; ++i) r.push();
    (void)r.tasks.share();
    thread a([&] { r.steal(); }), b([&] { r.steal(); });
    r.pop();
    a.join();
    b.join();
    r.expect_all();
}

SCENARIO(spawn_deque, pop_oldest_against_steal, .stale_reads = 2) {
    against(
        [](ring& r) {
            r.spawn();
            r.spawn();
            r.got(r.tasks.pop_oldest());
        },
        [](ring& r) { r.steal(); });
}

// A task by lot out of the middle, with one below that is not to be touched: against a thief that takes what
// is public, and one that shows what is private.
SCENARIO(spawn_deque, pop_by_lot_against_thieves, .preemptions = 3, .stale_reads = 1) {
    auto& r = *new ring;
    for (int i = 0; i < 3; ++i) r.push();
    (void)r.tasks.share_half();
    const auto steal_one = [&] {
        std::array<tagged_job, 1> task;
        if (r.tasks.steal(task, true)) r.got(task[0]);
    };
    thread a([&] { steal_one(); }), b([&] {
        (void)r.tasks.uncover();
        steal_one();
    });
    const int drawn = r.got(r.tasks.pop_by_lot(1, 0));
    check(drawn != 1, "a task below the floor");
    a.join();
    b.join();
    r.expect_all();
}

// A thief that wants one scope's tasks may get another's by accident, but loses none.
SCENARIO(spawn_deque, steal_tagged, .stale_reads = 2) {
    auto& r = *new ring;
    r.push(first_scope);
    r.push(second_scope);
    (void)r.tasks.share();
    thread t([&] {
        const tagged_job found = r.tasks.steal_tagged(second_scope);
        r.got(found);
    });
    r.steal(false);
    r.spawn(second_scope);
    t.join();
    r.expect_all();
}

// Two take the same front one by one while the tag changes under them.
SCENARIO(spawn_deque, steal_tagged_after_wrap, .preemptions = 3, .stale_reads = 1) {
    auto& r = *new ring;
    for (int i = 0; i < 4; ++i) r.push(first_scope);
    (void)r.tasks.share();
    thread t([&] { r.got(r.tasks.steal_tagged(first_scope)); });
    r.got(r.tasks.pop_oldest());
    r.spawn(second_scope);
    t.join();
    r.expect_all();
}

// A thief shows what the owner keeps private while the owner takes the same tasks.
SCENARIO(spawn_deque, uncover_against_pop, .preemptions = 3, .stale_reads = 2) {
    auto& r = *new ring;
    r.push();
    (void)r.tasks.share();
    r.push();
    thread t([&] {
        (void)r.tasks.uncover();
        r.steal(false);
    });
    r.pop();
    r.pop();
    t.join();
    r.expect_all();
}

SCENARIO(spawn_deque, uncover_against_push, .preemptions = 3, .stale_reads = 2) {
    auto& r = *new ring;
    r.push();
    (void)r.tasks.share();
    r.push();
    thread t([&] {
        (void)r.tasks.uncover();
        r.steal(false);
    });
    r.spawn();
    r.pop();
    r.pop();
    t.join();
    r.expect_all();
}

SCENARIO(spawn_deque, uncover_against_share, .preemptions = 3, .stale_reads = 2) {
    auto& r = *new ring;
    for (int i = 0; i < 3; ++i) r.push();
    thread t([&] {
        (void)r.tasks.uncover();
        r.steal(false);
    });
    (void)r.tasks.share_half();
    r.pop();
    (void)r.tasks.share();
    r.pop();
    t.join();
    r.expect_all();
}

SCENARIO(spawn_deque, two_uncover, .preemptions = 2, .stale_reads = 1) {
    auto& r = *new ring;
    r.push();
    r.push();
    const auto thief = [&] {
        if (r.tasks.hides_tasks()) (void)r.tasks.uncover();
        r.steal(false);
    };
    thread a(thief), b(thief);
    r.pop();
    r.pop();
    a.join();
    b.join();
    r.expect_all();
}

// A thief that asks, and another that uncovers: the mark is not overwritten.
SCENARIO(spawn_deque, uncover_against_request, .preemptions = 3, .stale_reads = 1) {
    auto& r = *new ring;
    r.push();
    (void)r.tasks.share();  // withdraws the first request
    r.push();
    thread a([&] { (void)r.tasks.uncover(); }), b([&] { r.steal(true); });
    r.pop();
    r.spawn();
    r.pop();
    a.join();
    b.join();
    r.expect_all();
}

// The owner does nothing more after its push. A searcher asks, orders all threads, and then sees the task, or
// the owner has seen the request.
SCENARIO(spawn_deque, blocked_spawner_hides_nothing) {
    auto& r = *new ring;
    r.push();
    (void)r.tasks.share();
    r.steal(false);
    thread t([&] {
        r.tasks.request_for_sleep();
        (void)veda::rt::os::order_threads();
        if (r.tasks.hides_tasks()) (void)r.tasks.uncover();
        r.steal(false);
    });
    r.spawn();
    const bool shown = r.tasks.has_public();
    t.join();
    check(shown || !r.tasks.hides_tasks(), "a task stays hidden behind a spawner that blocks");
    r.expect_all();
}

// Whoever asks and then sleeps is shown the next task, or found by the owner's look after sharing.
SCENARIO(spawn_deque, asked_by_a_sleeper, .insert_stores = true) {
    auto& r = *new ring;
    auto& asleep = *new atomic<int>(0);
    bool found_sleeper = false;
    r.spawn();  // shows itself, and takes the first request down
    r.pop();
    thread sleeper([&] {
        asleep.store(1, order::seq_cst);
        r.tasks.request_for_sleep();
        if (r.tasks.has_public_for_sleep()) asleep.store(0, order::seq_cst);
    });
    for (int i = 0; i < 2; ++i) {
        r.push();
        if (r.share_if_wanted() && asleep.load(order::seq_cst)) found_sleeper = true;
    }
    sleeper.join();
    check(!(asleep.load(order::relaxed) && r.tasks.has_public() && !found_sleeper),
          "a sleeper is left alone with public work");
    check(found_sleeper || !asleep.load(order::relaxed) || r.share_if_wanted() ||
              r.tasks.has_public(),
          "a sleeper's request is lost");
    r.expect_all();
}

}  // namespace
