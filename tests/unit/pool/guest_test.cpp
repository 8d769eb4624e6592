// Guests: threads from outside that become workers for a while.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "os/futex.hpp"
#include "pool/enter.hpp"
#include "support/crew.hpp"
#include "support/effort.hpp"
#include "support/own_runtime.hpp"

namespace {

using namespace veda::rt;
using veda::test::own_runtime;
using veda::test::run;
using veda::test::spawn;

registry& registry_of(veda_runtime_t* runtime) { return *reinterpret_cast<registry*>(runtime); }

TEST(Guest, Smoke) {
    own_runtime runtime(2);
    registry& pool = registry_of(runtime);
    EXPECT_EQ(worker::current(), nullptr);
    worker* guest = pool.enter();
    ASSERT_NE(guest, nullptr);
    EXPECT_EQ(worker::current(), guest);
    EXPECT_EQ(guest->kind, worker_kind::guest);
    EXPECT_GE(guest->slot, 2 + pool.config().spare_workers);
    EXPECT_LT(guest->slot, pool.slot_count());
    EXPECT_EQ(pool.at(guest->slot), guest);
    EXPECT_EQ(worker::outer_of(guest), nullptr);
    EXPECT_TRUE(is_inside(pool));
    pool.leave(*guest);
    EXPECT_EQ(worker::current(), nullptr);
    EXPECT_FALSE(is_inside(pool));
}

TEST(Guest, HoldsAPlace) {
    own_runtime runtime(1);
    registry& pool = registry_of(runtime);
    while (pool.people.load().active > 0) std::this_thread::yield();
    {
        const entered here(pool);
        EXPECT_EQ(pool.people.load().active, 1u);
        EXPECT_FALSE(pool.has_free_place());
        EXPECT_FALSE(pool.drain(0)) << "a guest is inside";
        // From a frame of its own, as every call is: from the same one it would look like a longjmp.
        [&]() __attribute__((noinline)) {
            const entered again(pool);
            EXPECT_EQ(again.get(), here.get()) << "inside already";
        }();
        EXPECT_EQ(pool.people.load().active, 1u);
    }
    EXPECT_EQ(pool.people.load().active, 0u);
    EXPECT_TRUE(pool.drain(0));
}

TEST(Guest, GetsTheSameSlotAgain) {
    own_runtime runtime(1);
    registry& pool = registry_of(runtime);
    worker* first = pool.enter();
    worker* second = pool.enter();  // not by the C functions, which would see that it is inside
    EXPECT_NE(first, second);
    EXPECT_EQ(worker::outer_of(second), first);
    pool.leave(*second);
    EXPECT_EQ(worker::current(), first);
    pool.leave(*first);
    EXPECT_EQ(pool.enter(), second) << "the slot that this thread had last, which is warm";
    pool.leave(*second);
}

TEST(Guest, OfTwoRuntimesAtOnce) {
    own_runtime outer(1), inner(1);
    int runs = 0;
    EXPECT_EQ(run(outer, [&] {
                  worker* first = worker::current();
                  EXPECT_EQ(run(inner, [&] {
                                EXPECT_NE(worker::current(), first);
                                EXPECT_EQ(worker::outer_of(worker::current()), first);
                                EXPECT_TRUE(is_inside(registry_of(outer)));
                                EXPECT_TRUE(is_inside(registry_of(inner)));
                                ++runs;
                            }),
                            VEDA_OK);
                  EXPECT_EQ(worker::current(), first);
                  EXPECT_FALSE(is_inside(registry_of(inner)));
                  ++runs;
              }),
              VEDA_OK);
    EXPECT_EQ(runs, 2);
}

// All guest places, taken by one thread; whoever comes then is told so.
class FullOfGuests : public testing::Test {
  protected:
    FullOfGuests() {
        guests.resize(registry::max_guests);
        for (worker*& guest : guests) guest = pool.enter();
    }
    ~FullOfGuests() override { let_all_leave(); }

    void let_all_leave() {
        for (; !guests.empty(); guests.pop_back()) pool.leave(*guests.back());
    }

    own_runtime runtime{1};
    registry& pool = registry_of(runtime);
    std::vector<worker*> guests;
};

TEST_F(FullOfGuests, EachHasASlotOfItsOwn) {
    std::set<worker*> distinct(guests.begin(), guests.end());
    EXPECT_EQ(distinct.size(), registry::max_guests);
    EXPECT_EQ(distinct.count(nullptr), 0u);
    EXPECT_EQ(guests.back()->slot, pool.slot_count() - 1);
}

TEST_F(FullOfGuests, OneMoreIsRefused) {
    worker* before = worker::current();
    EXPECT_EQ(pool.enter(), nullptr);
    EXPECT_EQ(worker::current(), before);
    std::thread([&] {
        EXPECT_EQ(pool.enter(), nullptr);
        EXPECT_EQ(worker::current(), nullptr);
        veda_scope_t scope;
        EXPECT_EQ(veda_scope_begin(&scope, runtime), VEDA_E_BUSY);
        EXPECT_NE(std::string(last_error()).find("1024 guest places"), std::string::npos);
    }).join();
}

TEST_F(FullOfGuests, APlaceThatIsLeftIsFree) {
    worker* last = guests.back();
    guests.pop_back();
    pool.leave(*last);
    EXPECT_EQ(pool.enter(), last);
    EXPECT_EQ(pool.enter(), nullptr);
    guests.push_back(last);
}

// veda_run still runs: on a worker, once there is a place.
TEST_F(FullOfGuests, RunIsDelegated) {
    std::atomic<bool> ran{false};
    std::thread outside([&] {
        EXPECT_EQ(run(runtime,
                      [&] {
                          EXPECT_NE(worker::current()->kind, worker_kind::guest);
                          ran.store(true);
                      }),
                  VEDA_OK);
        EXPECT_TRUE(ran.load());
    });
    while (pool.pending_detached() == 0 && !ran.load()) std::this_thread::yield();
    let_all_leave();
    outside.join();
}

// Threads enter and leave at will, more of them than places to run: no slot has two guests, and
// nobody is counted in the end.
TEST(Guest, Stampede) {
    constexpr unsigned crew = 8;
    const std::uint64_t rounds = veda::test::scaled(100'000);
    own_runtime runtime(2);
    registry& pool = registry_of(runtime);
    std::vector<std::atomic<std::uint32_t>> holders(pool.slot_count());
    std::atomic<std::uint64_t> wrong{0};
    veda::test::run_together(crew, [&](unsigned) {
        for (std::uint64_t round = 0; round < rounds; ++round) {
            worker* guest = pool.enter();
            if (!guest || holders[guest->slot].exchange(1) != 0) {
                ++wrong;
                return;
            }
            wrong += worker::current() != guest || guest->kind != worker_kind::guest;
            holders[guest->slot].store(0);
            pool.leave(*guest);
        }
    });
    EXPECT_EQ(wrong.load(), 0u);
    EXPECT_TRUE(pool.drain(os::forever));
    while (pool.people.load().active > 0) std::this_thread::yield();
    EXPECT_EQ(pool.people.load().searching, 0u);
}

// With one place, what a guest spawns waits in its queue until it leaves, and then runs elsewhere.
TEST(Guest, LeavesItsTasksToTheOthers) {
    own_runtime runtime(1);
    registry& pool = registry_of(runtime);
    while (pool.people.load().active > 0) std::this_thread::yield();
    std::atomic<int> here{0}, elsewhere{0};
    const std::thread::id guest = std::this_thread::get_id();
    auto task = [&] { ++(std::this_thread::get_id() == guest ? here : elsewhere); };
    EXPECT_EQ(run(runtime,
                  [&] {
                      for (int i = 0; i < 100; ++i) EXPECT_EQ(spawn(runtime, task), VEDA_OK);
                      EXPECT_EQ(elsewhere.load(), 0) << "the only place is taken";
                  }),
              VEDA_OK);
    EXPECT_TRUE(pool.drain(os::forever));
    EXPECT_EQ(here.load(), 0);
    EXPECT_EQ(elsewhere.load(), 100);
}

// Guests that fork, join and spawn, each many times, beside one another.
TEST(Guest, Stress) {
    constexpr unsigned crew = 4;
    const std::uint64_t rounds = veda::test::scaled(5'000);
    own_runtime runtime(2);
    std::atomic<std::uint64_t> ran{0};
    struct job : veda_job_t {
        std::atomic<std::uint64_t>* ran;
    };
    auto task = [&] { ran.fetch_add(1); };
    veda::test::run_together(crew, [&](unsigned) {
        for (std::uint64_t round = 0; round < rounds; ++round)
            run(runtime, [&] {
                veda_worker_t* self = veda_worker_current();
                job jobs[10];
                for (job& forked : jobs) {
                    forked.ran = &ran;
                    forked.run = [](veda_job_t* which, veda_worker_t*) {
                        static_cast<job*>(which)->ran->fetch_add(1);
                    };
                    EXPECT_EQ(veda_fork(self, &forked), VEDA_OK);
                }
                spawn(runtime, task);
                for (int i = 9; i >= 0; --i)
                    if (veda_join(self, &jobs[i]) == VEDA_JOIN_TAKE) jobs[i].run(&jobs[i], self);
            });
    });
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK);
    EXPECT_EQ(ran.load(), crew * rounds * 11);
}

}  // namespace
