// Waiting: on top of a waiting frame runs only what the wait is for, the place is lent meanwhile, and
// nothing hangs, also when every thread there may be waits.
#include <gtest/gtest.h>

#include <latch>
#include <mutex>
#include <thread>
#include <vector>

#include "pool/registry.hpp"
#include "support/crew.hpp"
#include "support/effort.hpp"
#include "support/own_runtime.hpp"

namespace {

using veda::test::broadcast;
using veda::test::own_runtime;
using veda::test::run;
using veda::test::spawn;

veda::rt::registry& registry_of(veda_runtime_t* runtime) {
    return *reinterpret_cast<veda::rt::registry*>(runtime);
}

// Until no worker runs or searches. One that has just been started looks around before it sleeps, and would
// take what a guest shows.
void wait_until_asleep(veda_runtime_t* runtime) {
    while (registry_of(runtime).people.load().active != 0) std::this_thread::yield();
}

// ---- what runs on top of what ----

// What the innermost wait on this thread is for: a fork or a scope, or nothing while code runs.
thread_local const void* waits_for = nullptr;

// For the length of a wait.
class waiting {
  public:
    explicit waiting(const void* what) { waits_for = what; }
    ~waiting() { waits_for = nullptr; }
    waiting(const waiting&) = delete;
};

// For the length of a task: its own frames wait for nothing yet.
class running {
  public:
    ~running() { waits_for = below_; }
    running() { waits_for = nullptr; }
    running(const running&) = delete;

  private:
    const void* below_ = waits_for;
};

struct observations {
    std::atomic<std::uint64_t> leaves{0}, foreign{0}, detached{0};
    std::atomic<bool> over{false};
};

// A tree of forks. Each knows its parent, which is alive as long as it runs.
struct node : veda_job_t {
    node(observations& observed, const node* above, int height)
        : veda_job_t{}, all(&observed), parent(above), depth(height) {
        run = [](veda_job_t* job, veda_worker_t*) {
            auto* self = static_cast<node*>(job);
            if (waits_for && !self->is_part_of(waits_for)) ++self->all->foreign;
            const running here;
            self->walk();
        };
    }
    bool is_part_of(const void* whole) const {
        for (const node* at = this; at; at = at->parent)
            if (at == whole) return true;
        return false;
    }
    void walk() {
        if (depth == 0) {
            ++all->leaves;
            for (int i = 0; i < 200; ++i) veda::rt::cpu_relax();
            return;
        }
        node left(*all, this, depth - 1), right(*all, this, depth - 1);
        veda_worker_t* self = veda_worker_current();
        EXPECT_EQ(veda_fork(self, &right), VEDA_OK);
        left.walk();
        std::int32_t answer;
        {
            const waiting here(&right);
            answer = veda_join(self, &right);
        }
        if (answer == VEDA_JOIN_TAKE) right.walk();
    }

    observations* all;
    const node* parent;
    int depth;
};

// Several trees at once, and detached tasks that come from outside all the time: a join runs neither
// another tree's forks nor a task.
void expect_joins_run_nothing_foreign(std::uint32_t workers) {
    constexpr int depth = 7, trees = 12;
    const std::uint64_t rounds = veda::test::scaled(10);
    own_runtime runtime(workers);
    observations all;
    auto detached = [&] {
        if (waits_for) ++all.foreign;
        ++all.detached;
    };
    std::thread outside([&] {
        // Not more than a few at a time, so that the trees are not starved.
        for (std::uint64_t sent = 0; !all.over.load();)
            if (sent < all.detached.load() + 8) {
                EXPECT_EQ(spawn(runtime, detached), VEDA_OK);
                ++sent;
            } else {
                std::this_thread::yield();
            }
    });
    auto tree = [&] {
        // A tree is a task of the scope below, and of nothing else.
        const running here;
        node(all, nullptr, depth).walk();
    };
    for (std::uint64_t round = 0; round < rounds; ++round) {
        veda_scope_t scope;
        ASSERT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        auto guarded_tree = [&] {
            if (waits_for && waits_for != &scope) ++all.foreign;
            tree();
        };
        for (int i = 0; i < trees; ++i) ASSERT_EQ(spawn(scope, guarded_tree), VEDA_OK);
        const waiting here(&scope);
        ASSERT_EQ(veda_scope_wait(&scope), VEDA_OK);
    }
    all.over.store(true);
    outside.join();
    runtime.end();
    EXPECT_EQ(all.foreign.load(), 0u);
    EXPECT_EQ(all.leaves.load(), rounds * trees << depth);
}

// guarantee: progress-1
TEST(Wait, JoinRunsNothingForeign) {
    for (std::uint32_t workers : {1u, 2u, 4u}) expect_joins_run_nothing_foreign(workers);
}

// The promise in its strongest form: a lock that is held across a join is never wanted by the thread
// that holds it.
TEST(Wait, MutexHeldAcrossJoin) {
    const std::uint64_t rounds = veda::test::scaled(300);
    own_runtime runtime(3);
    std::mutex mutex;
    std::atomic<std::thread::id> holder{};
    std::uint64_t entered = 0;  // guarded by mutex
    std::atomic<std::uint64_t> again{0};
    observations all;
    auto task = [&] {
        if (holder.load() == std::this_thread::get_id()) {
            ++again;
            return;
        }
        const std::lock_guard guard(mutex);
        holder.store(std::this_thread::get_id());
        ++entered;
        node(all, nullptr, 3).walk();
        holder.store({});
    };
    for (std::uint64_t round = 0; round < rounds; ++round) {
        veda_scope_t scope;
        ASSERT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        for (int i = 0; i < 8; ++i) ASSERT_EQ(spawn(scope, task), VEDA_OK);
        ASSERT_EQ(veda_scope_wait(&scope), VEDA_OK);
    }
    EXPECT_EQ(again.load(), 0u);
    EXPECT_EQ(entered, rounds * 8);
    EXPECT_EQ(all.leaves.load(), rounds * 8 * 8);
}

// A task of the outer scope, spawned while the inner one is open: the inner wait, on the same thread
// and with nobody to help, passes it over.
// guarantee: progress-1
TEST(Wait, InnerScopeDoesNotRunTheOuterScopesTasks) {
    own_runtime runtime(1);
    wait_until_asleep(runtime);
    std::vector<char> order;
    run(runtime, [&] {
        const std::thread::id me = std::this_thread::get_id();
        auto inner_task = [&] { order.push_back('i'); };
        auto outer_task = [&] {
            EXPECT_EQ(std::this_thread::get_id(), me);
            order.push_back('o');
        };
        veda_scope_t outer, inner;
        ASSERT_EQ(veda_scope_begin(&outer, runtime), VEDA_OK);
        ASSERT_EQ(spawn(outer, outer_task), VEDA_OK);
        ASSERT_EQ(veda_scope_begin(&inner, runtime), VEDA_OK);
        ASSERT_EQ(spawn(inner, inner_task), VEDA_OK);
        ASSERT_EQ(spawn(outer, outer_task), VEDA_OK);
        ASSERT_EQ(spawn(inner, inner_task), VEDA_OK);
        ASSERT_EQ(spawn(outer, outer_task), VEDA_OK);
        ASSERT_EQ(veda_scope_wait(&inner), VEDA_OK);
        order.push_back('|');
        ASSERT_EQ(veda_scope_wait(&outer), VEDA_OK);
    });
    EXPECT_EQ(std::string(order.begin(), order.end()), "ii|ooo");
}

// Scopes in scopes at random, with several workers.
struct scope_tree {
    void grow(int depth) {
        veda_scope_t scope;
        EXPECT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        auto child = [&, depth] {
            if (waits_for && waits_for != &scope) ++all.foreign;
            const running here;
            if (depth == 0)
                ++all.leaves;
            else
                grow(depth - 1);
        };
        for (int i = 0; i < 3; ++i) EXPECT_EQ(spawn(scope, child), VEDA_OK);
        if (depth == 0) node(all, nullptr, 2).walk();
        const waiting here(&scope);
        EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);
    }

    veda_runtime_t* runtime;
    observations all;
};

// guarantee: progress-1
TEST(Wait, ScopeRunsOnlyItsOwnTasks) {
    const std::uint64_t rounds = veda::test::scaled(30);
    for (std::uint32_t workers : {1u, 2u, 4u}) {
        own_runtime runtime(workers);
        scope_tree tree{runtime, {}};
        for (std::uint64_t round = 0; round < rounds; ++round)
            run(runtime, [&] {
                const running here;
                tree.grow(4);
            });
        EXPECT_EQ(tree.all.foreign.load(), 0u);
        // 81 innermost scopes of three leaves, each with a small tree of forks.
        EXPECT_EQ(tree.all.leaves.load(), rounds * 81 * (3 + 4));
    }
}

// ---- lending ----

// One worker: the task that would set the event runs only if the waiting one gives up the place.
// guarantee: progress-3
TEST(Wait, EventLendsThePlace) {
    own_runtime runtime(1);
    veda_event_t event{};
    std::atomic<bool> waited{false};
    auto waiter = [&] {
        EXPECT_EQ(veda_event_wait(&event), VEDA_OK);
        waited.store(true);
    };
    auto setter = [&] { EXPECT_EQ(veda_event_set(&event), VEDA_OK); };
    EXPECT_EQ(spawn(runtime, waiter), VEDA_OK);
    EXPECT_EQ(spawn(runtime, setter), VEDA_OK);
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    EXPECT_TRUE(waited.load());
    // Lent, and not relieved because it looked stuck.
    EXPECT_GE(registry_of(runtime).count(veda::rt::counter::lends), 1u);
}

TEST(Wait, EventLendsTheGuestsPlace) {
    own_runtime runtime(1);
    veda_event_t event{};
    auto setter = [&] { EXPECT_EQ(veda_event_set(&event), VEDA_OK); };
    run(runtime, [&] {
        EXPECT_EQ(spawn(runtime, setter), VEDA_OK);
        EXPECT_EQ(veda_event_wait(&event), VEDA_OK);
        EXPECT_TRUE(veda_event_is_set(&event));
    });
}

// As many waiting tasks as there are workers and spares but one; the setter comes last.
TEST(Wait, LendsAsOftenAsThereAreSpares) {
    constexpr std::uint32_t workers = 3, spares = 5, waiters = workers + spares - 1;
    for (std::uint64_t round = 0; round < veda::test::scaled(50); ++round) {
        own_runtime runtime(workers, spares);
        std::vector<veda_event_t> events(waiters);
        std::atomic<std::uint32_t> next{0}, woken{0};
        auto waiter = [&] {
            EXPECT_EQ(veda_event_wait(&events[next.fetch_add(1)]), VEDA_OK);
            woken.fetch_add(1);
        };
        auto setter = [&] {
            for (veda_event_t& event : events) EXPECT_EQ(veda_event_set(&event), VEDA_OK);
        };
        for (std::uint32_t i = 0; i < waiters; ++i) ASSERT_EQ(spawn(runtime, waiter), VEDA_OK);
        ASSERT_EQ(spawn(runtime, setter), VEDA_OK);
        runtime.end();
        EXPECT_EQ(woken.load(), waiters);
    }
}

// Blocking in the user's own code, inside the runtime, on something that another task brings.
TEST(Wait, BlockingLendsThePlace) {
    own_runtime runtime(1);
    std::latch brought(1);
    std::atomic<bool> over{false};
    auto blocked = [&] {
        veda_blocking_begin();
        veda_blocking_begin();  // nests
        brought.wait();
        veda_blocking_end();
        veda_blocking_end();
        over.store(true);
    };
    auto bringer = [&] { brought.count_down(); };
    ASSERT_EQ(spawn(runtime, blocked), VEDA_OK);
    ASSERT_EQ(spawn(runtime, bringer), VEDA_OK);
    runtime.end();
    EXPECT_TRUE(over.load());
}

TEST(Wait, LendersTakeTheirPlacesBack) {
    own_runtime runtime(2);
    veda::rt::registry& pool = registry_of(runtime);
    for (std::uint64_t round = 0; round < veda::test::scaled(200); ++round) {
        veda_event_t event{};
        auto waiter = [&] { veda_event_wait(&event); };
        auto setter = [&] { veda_event_set(&event); };
        ASSERT_EQ(spawn(runtime, waiter), VEDA_OK);
        ASSERT_EQ(spawn(runtime, setter), VEDA_OK);
        ASSERT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    }
    // Whoever lent and did not take back, or took twice, would be counted here for ever.
    while (pool.people.load().active > 0) std::this_thread::yield();
    EXPECT_EQ(pool.people.load().searching, 0u);
}

// ---- nothing hides behind a task that does not return ----

// A task spawns and then blocks in its own code on something that only the tasks behind it bring. The other
// worker was busy when they were spawned, so nobody had asked for them.
//
// guarantee: progress-9
TEST(Wait, BlockedSpawnerHidesNothing) {
    own_runtime runtime(2);
    std::latch busy(1), spawned(1), brought(4);
    std::atomic<bool> go_on{false};
    auto keep_busy = [&] {
        busy.count_down();
        while (!go_on.load()) std::this_thread::yield();
    };
    auto bring = [&] { brought.count_down(); };
    auto spawner = [&] {
        for (int i = 0; i < 4; ++i) EXPECT_EQ(spawn(runtime, bring), VEDA_OK);
        spawned.count_down();
        brought.wait();
    };
    ASSERT_EQ(spawn(runtime, keep_busy), VEDA_OK);
    busy.wait();
    ASSERT_EQ(spawn(runtime, spawner), VEDA_OK);
    spawned.wait();
    go_on.store(true);
    runtime.end();
    EXPECT_TRUE(brought.try_wait());
}

// The tasks lie behind a task of their own scope, in the ring of a worker that takes one after the other.
//
// guarantee: progress-9
TEST(Wait, BlockedTaskOfAScopeHidesNothing) {
    own_runtime runtime(2);
    std::latch busy(1), brought(3);
    std::atomic<bool> go_on{false};
    auto keep_busy = [&] {
        busy.count_down();
        while (!go_on.load()) std::this_thread::yield();
    };
    auto bring = [&] { brought.count_down(); };
    auto block = [&] {
        go_on.store(true);
        brought.wait();
    };
    ASSERT_EQ(spawn(runtime, keep_busy), VEDA_OK);
    busy.wait();
    run(runtime, [&] {
        veda_scope_t scope;
        ASSERT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        for (int i = 0; i < 3; ++i) ASSERT_EQ(spawn(scope, bring), VEDA_OK);
        ASSERT_EQ(spawn(scope, block), VEDA_OK);  // the newest, so the first to run
        ASSERT_EQ(veda_scope_wait(&scope), VEDA_OK);
    });
}

// One worker, held by a task that blocks, and a guest that waits: it lets in a thread that finds what the
// task hides, also where the task runs on top of a scope's wait.
//
// guarantee: progress-9
TEST(Wait, WaiterFindsWhatABlockedTaskHides) {
    own_runtime runtime(1, 8);
    std::latch open(1), given(1), brought(1);
    veda_event_t event{};
    veda_scope_t scope;
    auto nothing = [] {};
    auto set = [&] { EXPECT_EQ(veda_event_set(&event), VEDA_OK); };
    auto block = [&] { brought.wait(); };
    auto opener = [&] {
        EXPECT_EQ(spawn(runtime, nothing), VEDA_OK);
        EXPECT_EQ(spawn(runtime, set), VEDA_OK);
        ASSERT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        open.count_down();
        given.wait();
        EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);  // runs block, which comes from outside
    };
    ASSERT_EQ(spawn(runtime, opener), VEDA_OK);
    open.wait();
    ASSERT_EQ(spawn(scope, block), VEDA_OK);
    given.count_down();
    run(runtime, [&] { EXPECT_EQ(veda_event_wait(&event), VEDA_OK); });
    brought.count_down();
}

// Two tasks that keep spawning each other do not keep an older one of the same ring waiting.
//
// guarantee: progress-10
TEST(Wait, TasksThatWakeEachOtherStarveNobody) {
    own_runtime runtime(1);
    std::atomic<bool> over{false};
    auto older = [&] { over.store(true); };
    struct player {
        veda_runtime_t* runtime;
        std::atomic<bool>* over;
        player* other;
        void operator()() {
            if (!over->load()) EXPECT_EQ(spawn(runtime, *other), VEDA_OK);
        }
    };
    player ping{runtime, &over, nullptr}, pong{runtime, &over, &ping};
    ping.other = &pong;
    auto begin = [&] {
        EXPECT_EQ(spawn(runtime, older), VEDA_OK);
        EXPECT_EQ(spawn(runtime, ping), VEDA_OK);
    };
    ASSERT_EQ(spawn(runtime, begin), VEDA_OK);
    runtime.end();
    EXPECT_TRUE(over.load());
}

// Tasks of a scope that keep spawning each other do not keep other tasks of the scope waiting, although its
// opener waits for it with another scope's tasks below: neither one that is older, nor one that comes from
// outside meanwhile.
//
// guarantee: progress-10
TEST(Wait, TasksOfAScopeThatWakeEachOtherStarveNobody) {
    own_runtime runtime(1);
    veda_scope_t outer{}, inner{};
    std::atomic<int> ended{0};
    std::latch playing{1};
    auto other = [&] { ended.fetch_add(1); };
    struct player {
        veda_scope_t* scope;
        std::atomic<int>* ended;
        std::latch* playing;
        player* next;
        bool first = true;
        void operator()() {
            if (std::exchange(first, false)) playing->count_down();
            if (ended->load() < 3) {
                EXPECT_EQ(spawn(*scope, *next), VEDA_OK);
            }
        }
    };
    player ping{&inner, &ended, &playing, nullptr, false}, pong{&inner, &ended, &playing, &ping};
    ping.next = &pong;
    std::thread outside([&] {
        playing.wait();
        EXPECT_EQ(spawn(inner, other), VEDA_OK);
    });
    run(runtime, [&] {
        auto nothing = [] {};
        EXPECT_EQ(veda_scope_begin(&outer, runtime), VEDA_OK);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(spawn(outer, nothing), VEDA_OK);
        EXPECT_EQ(veda_scope_begin(&inner, runtime), VEDA_OK);
        for (int i = 0; i < 2; ++i) EXPECT_EQ(spawn(inner, other), VEDA_OK);
        EXPECT_EQ(spawn(inner, ping), VEDA_OK);
        EXPECT_EQ(veda_scope_wait(&inner), VEDA_OK);
        EXPECT_EQ(ended.load(), 3);
        EXPECT_EQ(veda_scope_wait(&outer), VEDA_OK);
    });
    outside.join();
}

// ---- exhaustion ----

// Two workers, one spare and a guest: four threads, and each of them waits for something that lies in
// the queue of another one, behind a task that nobody there may run. Nobody is left to lend to.
//
//   first    (a fork of the fourth) waits for its scope, whose task lies with the second
//   second   waits for its scope, whose task lies with the third
//   third    waits for its scope, whose task lies with the fourth
//   fourth   waits for the join of the first
struct ring_of_waits {
    explicit ring_of_waits(veda_runtime_t* of) : runtime(of) {}

    // Puts a task that is foreign to every wait in front, and behind it one of somebody's scope.
    void leave_behind(veda_scope_t& scope) {
        EXPECT_EQ(spawn(outer, count), VEDA_OK);
        EXPECT_EQ(spawn(scope, count), VEDA_OK);
    }
    void arrive() {
        veda_blocking_begin();
        all_here.arrive_and_wait();
    }
    void wait_for(veda_scope_t& scope) {
        all_set.arrive_and_wait();
        veda_blocking_end();
        EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);
    }

    struct first_fork : veda_job_t {
        ring_of_waits* ring;
    };
    void run_first() {
        arrive();
        EXPECT_EQ(veda_scope_begin(&scopes[0], runtime), VEDA_OK);
        opened[0].count_down();
        wait_for(scopes[0]);
    }
    // Number 1 and 2.
    void run_middle(int number) {
        arrive();
        opened[number - 1].wait();
        leave_behind(scopes[number - 1]);
        EXPECT_EQ(veda_scope_begin(&scopes[number], runtime), VEDA_OK);
        opened[number].count_down();
        wait_for(scopes[number]);
    }
    void run_fourth() {
        veda_worker_t* self = veda_worker_current();
        first_fork first{};
        first.ring = this;
        first.run = [](veda_job_t* job, veda_worker_t*) {
            static_cast<first_fork*>(job)->ring->run_first();
        };
        EXPECT_EQ(veda_fork(self, &first), VEDA_OK);
        arrive();
        opened[2].wait();
        leave_behind(scopes[2]);
        all_set.arrive_and_wait();
        veda_blocking_end();
        EXPECT_EQ(veda_join(self, &first), VEDA_JOIN_DONE);
    }

    veda_runtime_t* runtime;
    veda_scope_t outer{}, scopes[3]{};
    std::latch all_here{4}, all_set{4}, opened[3]{std::latch{1}, std::latch{1}, std::latch{1}};
    std::atomic<int> counted{0};
    struct counter {
        std::atomic<int>* counted;
        void operator()() const { counted->fetch_add(1); }
    } count{&counted};
};

// guarantee: progress-4
TEST(Exhausted, RingOfWaits) {
    own_runtime runtime(2, 1);
    for (std::uint64_t round = 0; round < veda::test::scaled(30); ++round) {
        ring_of_waits ring(runtime);
        auto second = [&] { ring.run_middle(1); };
        auto third = [&] { ring.run_middle(2); };
        ASSERT_EQ(veda_scope_begin(&ring.outer, runtime), VEDA_OK);
        ASSERT_EQ(spawn(ring.outer, second), VEDA_OK);
        ASSERT_EQ(spawn(ring.outer, third), VEDA_OK);
        ring.run_fourth();  // by this thread, the guest: as a task, all of them might go to the others
        ASSERT_EQ(veda_scope_wait(&ring.outer), VEDA_OK);
        ASSERT_EQ(ring.counted.load(), 6);
    }
}

// Twenty tasks, all waiting in nested scopes, whose tasks partly come from outside.
TEST(Exhausted, NestedScopes) {
    const std::uint64_t rounds = veda::test::scaled(20);
    own_runtime runtime(1, 1);
    std::atomic<std::uint64_t> ran{0};
    auto leaf = [&] { ran.fetch_add(1); };
    auto inner = [&] {
        veda_scope_t scope;
        EXPECT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(spawn(scope, leaf), VEDA_OK);
        std::thread([&] { EXPECT_EQ(spawn(scope, leaf), VEDA_OK); }).join();
        EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);
        ran.fetch_add(1);
    };
    auto middle = [&] {
        veda_scope_t scope;
        EXPECT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        std::thread([&] { EXPECT_EQ(spawn(scope, inner), VEDA_OK); }).join();
        EXPECT_EQ(spawn(scope, inner), VEDA_OK);
        EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);
        ran.fetch_add(1);
    };
    for (std::uint64_t round = 0; round < rounds; ++round) {
        veda_scope_t outer;
        ASSERT_EQ(veda_scope_begin(&outer, runtime), VEDA_OK);
        for (int i = 0; i < 20; ++i) ASSERT_EQ(spawn(outer, middle), VEDA_OK);
        ASSERT_EQ(veda_scope_wait(&outer), VEDA_OK);
        ASSERT_EQ(ran.load(), (round + 1) * 20 * (1 + 2 * 5));
    }
}

// The same with joins: every thread waits, forks lie anywhere.
// guarantee: progress-4
TEST(Exhausted, NestedScopesAndJoins) {
    const std::uint64_t rounds = veda::test::scaled(20);
    own_runtime runtime(2, 1);
    observations all;
    auto leaf = [&] { node(all, nullptr, 3).walk(); };
    auto inner = [&] {
        veda_scope_t scope;
        EXPECT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(spawn(scope, leaf), VEDA_OK);
        node(all, nullptr, 3).walk();
        EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);
    };
    for (std::uint64_t round = 0; round < rounds; ++round) {
        veda_scope_t outer;
        ASSERT_EQ(veda_scope_begin(&outer, runtime), VEDA_OK);
        for (int i = 0; i < 20; ++i) ASSERT_EQ(spawn(outer, inner), VEDA_OK);
        ASSERT_EQ(veda_scope_wait(&outer), VEDA_OK);
    }
    EXPECT_EQ(all.leaves.load(), rounds * 20 * 4 * 8);
}

// ---- broadcast ----

// Counts itself by worker.
struct roll_call {
    explicit roll_call(std::size_t workers) : calls(workers) {}
    void operator()() {
        const std::int32_t index = veda_worker_index();
        if (index < 0 || static_cast<std::size_t>(index) >= size)
            ++strangers;
        else
            calls.add(index);
    }
    void expect_each_once() const {
        EXPECT_TRUE(calls.each_once());
        EXPECT_EQ(strangers.load(), 0u);
    }

    veda::test::tally calls;
    std::size_t size = 0;
    std::atomic<std::uint32_t> strangers{0};
};

void expect_broadcast_reaches_all(veda_runtime_t* runtime, std::uint32_t workers) {
    roll_call roll(workers);
    roll.size = workers;
    EXPECT_EQ(broadcast(runtime, roll), VEDA_OK);
    roll.expect_each_once();
}

// guarantee: progress-7
TEST(Broadcast, ReachesSleepers) {
    for (std::uint32_t workers : {1u, 2u, 5u, 33u}) {
        own_runtime runtime(workers);
        for (int round = 0; round < 10; ++round) expect_broadcast_reaches_all(runtime, workers);
    }
}

TEST(Broadcast, ReachesWorkersThatWaitForEvents) {
    constexpr std::uint32_t workers = 4;
    own_runtime runtime(workers);
    std::vector<veda_event_t> events(workers);
    std::atomic<std::uint32_t> begun{0};
    auto waiter = [&] { veda_event_wait(&events[begun.fetch_add(1)]); };
    for (std::uint32_t i = 0; i < workers; ++i) ASSERT_EQ(spawn(runtime, waiter), VEDA_OK);
    while (begun.load() < workers) std::this_thread::yield();
    for (int round = 0; round < 20; ++round) expect_broadcast_reaches_all(runtime, workers);
    for (veda_event_t& event : events) EXPECT_EQ(veda_event_set(&event), VEDA_OK);
    runtime.end();  // before the events
}

// One worker waits in a join whose job hangs on another one, and one in a scope.
// guarantee: progress-8
TEST(Broadcast, ReachesWorkersThatWaitForForksAndScopes) {
    constexpr std::uint32_t workers = 4;
    own_runtime runtime(workers);
    veda_event_t fork_may_end{}, task_may_end{};
    std::latch all_waiting(4);
    struct held_fork : veda_job_t {
        veda_event_t* may_end;
        std::latch* begun;
        std::atomic<bool> taken{false};
    };
    auto joins = [&] {
        held_fork held;
        static_cast<veda_job_t&>(held) = {};
        held.may_end = &fork_may_end;
        held.begun = &all_waiting;
        held.run = [](veda_job_t* job, veda_worker_t*) {
            auto* self = static_cast<held_fork*>(job);
            self->taken.store(true);
            self->begun->count_down();
            veda_event_wait(self->may_end);
        };
        veda_worker_t* self = veda_worker_current();
        EXPECT_EQ(veda_fork(self, &held), VEDA_OK);
        while (!held.taken.load()) std::this_thread::yield();
        all_waiting.count_down();
        EXPECT_EQ(veda_join(self, &held), VEDA_JOIN_DONE);
    };
    auto task = [&] {
        all_waiting.count_down();
        veda_event_wait(&task_may_end);
    };
    auto waits = [&] {
        veda_scope_t scope;
        EXPECT_EQ(veda_scope_begin(&scope, runtime), VEDA_OK);
        EXPECT_EQ(spawn(scope, task), VEDA_OK);
        all_waiting.count_down();
        EXPECT_EQ(veda_scope_wait(&scope), VEDA_OK);
    };
    ASSERT_EQ(spawn(runtime, joins), VEDA_OK);
    ASSERT_EQ(spawn(runtime, waits), VEDA_OK);
    all_waiting.wait();
    for (int round = 0; round < 20; ++round) expect_broadcast_reaches_all(runtime, workers);
    EXPECT_EQ(veda_event_set(&fork_may_end), VEDA_OK);
    EXPECT_EQ(veda_event_set(&task_may_end), VEDA_OK);
    runtime.end();  // before the events
}

TEST(Broadcast, FromAWorkerAndFromAGuest) {
    constexpr std::uint32_t workers = 3;
    own_runtime runtime(workers);
    for (int round = 0; round < 10; ++round) {
        run(runtime, [&] { expect_broadcast_reaches_all(runtime, workers); });
        auto task = [&] { expect_broadcast_reaches_all(runtime, workers); };
        ASSERT_EQ(spawn(runtime, task), VEDA_OK);
        ASSERT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    }
}

// Several at once, over workers that work.
TEST(Broadcast, Stampede) {
    constexpr std::uint32_t workers = 3;
    const std::uint64_t rounds = veda::test::scaled(200);
    own_runtime runtime(workers);
    observations all;
    veda::test::run_together(3, [&](unsigned index) {
        for (std::uint64_t round = 0; round < rounds; ++round)
            if (index == 0)
                run(runtime, [&] { node(all, nullptr, 6).walk(); });
            else
                expect_broadcast_reaches_all(runtime, workers);
    });
    EXPECT_EQ(all.leaves.load(), rounds << 6);
}

}  // namespace
