// The checker finds the published ways to lose a wake-up or to touch a latch too late, and leaves
// the right ones alone. The models are small copies; the suites look at the runtime's own.
#include <gtest/gtest.h>

#include <vector>

#include "model/checker/harness.hpp"

namespace {

using namespace veda::model;
constexpr auto relaxed = order::relaxed, acquire = order::acquire, release = order::release,
               acq_rel = order::acq_rel, seq_cst = order::seq_cst;
using word = atomic<std::uint32_t>;

void wait_on(word& w, std::uint32_t expected) { futex_wait(w.address(), expected, false); }

// Explores, and replays what it found.
result judge(const config& how, const std::function<void()>& body) {
    const result r = explore(how, body);
    if (r.failed) {
        config again = how;
        again.replay = r.replay;
        EXPECT_EQ(explore(again, body).message, r.message);
    }
    return r;
}
void expect_clean(const std::function<void()>& body, config how = {}) {
    const result r = judge(how, body);
    EXPECT_FALSE(r.failed) << r.message << "\nreplay(\"" << r.replay << "\")";
    EXPECT_TRUE(r.complete);
}
void expect_caught(const std::function<void()>& body, const char* message, config how = {}) {
    const result r = judge(how, body);
    EXPECT_TRUE(r.failed);
    EXPECT_NE(r.message.find(message), std::string::npos) << r.message;
}
constexpr const char* lost = "lost wake-up";

// -- an event count: a queue, a count of sleepers, an epoch to sleep on ---------------------------

struct event_count_rules {
    bool producer_fence = true, sleeper_fence = true, look_again = true, bump_epoch = true;
    order announce = relaxed;
};

class event_count {
  public:
    explicit event_count(event_count_rules rules) : rules_(rules) {}

    void produce() {
        queue_.fetch_add(1, release);
        if (rules_.producer_fence) fence(seq_cst);
        if (sleepers_.load(relaxed) == 0) return;
        if (rules_.bump_epoch) epoch_.fetch_add(1, release);
        futex_wake(epoch_.address(), 1);
    }
    void consume() {
        while (!take()) {
            const std::uint32_t epoch = epoch_.load(acquire);
            sleepers_.fetch_add(1, rules_.announce);
            if (rules_.sleeper_fence) fence(seq_cst);
            if (!rules_.look_again || queue_.load(relaxed) == 0) wait_on(epoch_, epoch);
            sleepers_.fetch_sub(1, relaxed);
        }
    }

  private:
    bool take() {
        int waiting = queue_.load(acquire);
        while (waiting > 0)
            if (queue_.compare_exchange_weak(waiting, waiting - 1, acquire, relaxed)) return true;
        return false;
    }
    event_count_rules rules_;
    word epoch_{0};
    atomic<int> sleepers_{0}, queue_{0};
};

std::function<void()> one_of_each(event_count_rules rules, int pairs = 1) {
    return [=] {
        auto& shared = *new event_count(rules);
        std::vector<thread> all;
        for (int i = 0; i < pairs; ++i) {
            all.emplace_back([&] { shared.produce(); });
            all.emplace_back([&] { shared.consume(); });
        }
        for (thread& t : all) t.join();
    };
}

TEST(EventCount, IsRightWithFencesOnBothSides) { expect_clean(one_of_each({})); }
TEST(EventCount, NeedsTheProducersFence) {
    expect_caught(one_of_each({.producer_fence = false}), lost);
}
TEST(EventCount, NeedsTheSleepersFence) {
    expect_caught(one_of_each({.sleeper_fence = false}), lost);
}
TEST(EventCount, ASeqCstModifyIsNoFence) {
    expect_caught(one_of_each({.sleeper_fence = false, .announce = seq_cst}), lost);
}
TEST(EventCount, NeedsTheSecondLook) { expect_caught(one_of_each({.look_again = false}), lost); }
TEST(EventCount, NeedsTheEpoch) { expect_caught(one_of_each({.bump_epoch = false}), lost); }
TEST(EventCount, SurvivesASpuriousReturn) { expect_clean(one_of_each({}), {.spurious_wakes = 1}); }
TEST(EventCount, IsRightForTwoPairsWithinBounds) {
    expect_clean(one_of_each({}, 2), {.preemptions = 1, .stale_reads = 1});
}
TEST(EventCount, PriorityChangesFindTheMissingFence) {
    expect_caught(one_of_each({.producer_fence = false}), lost,
                  {.how = search::pct, .max_seconds = 20});
}

// -- a latch in the waiter's frame ----------------------------------------------------------------

std::function<void()> latch_in_frame(bool read_after_set) {
    return [=] {
        struct latch {
            word state{0};
            cell<int> owner{7};
        };
        auto* l = new latch;
        thread setter([=] {
            if (!read_after_set) (void)l->owner.get();
            const std::uint32_t before = l->state.exchange(2, acq_rel);
            if (read_after_set) (void)l->owner.get();
            if (before == 1) futex_wake(l->state.address(), 1);
        });
        std::uint32_t seen = l->state.load(acquire);
        while (seen != 2) {
            std::uint32_t zero = 0;
            if (seen == 0 && !l->state.compare_exchange_strong(zero, 1, acq_rel, acquire)) {
                seen = zero;
                continue;
            }
            wait_on(l->state, 1);
            seen = l->state.load(acquire);
        }
        delete l;
        setter.join();
    };
}
TEST(FrameLatch, MayBeReadBeforeItIsSet) { expect_clean(latch_in_frame(false)); }
TEST(FrameLatch, MustNotBeReadAfterItIsSet) {
    const result r = judge({}, latch_in_frame(true));
    EXPECT_TRUE(r.failed);
    EXPECT_LE(r.executions, 10u);  // lifetimes are found early
}

// -- a join counter -------------------------------------------------------------------------------

std::function<void()> join_counter(order decrement) {
    return [=] {
        struct children {
            atomic<int> missing{2};
            cell<int> a{0}, b{0};
        };
        auto* c = new children;
        thread x([=] { c->a.set(1), c->missing.fetch_sub(1, decrement); });
        thread y([=] { c->b.set(1), c->missing.fetch_sub(1, decrement); });
        while (c->missing.load(acquire) != 0) yield();
        check(c->a.get() + c->b.get() == 2, "a result lost");
        x.join();
        y.join();
    };
}
TEST(JoinCounter, AcqRelIsRight) { expect_clean(join_counter(acq_rel)); }
TEST(JoinCounter, ReleaseIsRight) { expect_clean(join_counter(release)); }
TEST(JoinCounter, RelaxedLosesWrites) { expect_caught(join_counter(relaxed), "data race"); }

// -- a count of searchers -------------------------------------------------------------------------

enum class repair { none, producer_fence, producer_fence_and_second_look };

std::function<void()> last_searcher(repair how) {
    return [=] {
        struct pool {
            atomic<int> queue{0}, searching{1}, sleeping{0};
            word wake{0};
        };
        auto* p = new pool;
        thread producer([=] {
            p->queue.store(1, release);
            if (how != repair::none) fence(seq_cst);
            if (p->searching.load(how == repair::none ? seq_cst : relaxed) != 0) return;
            p->wake.fetch_add(1, release);
            futex_wake(p->wake.address(), 1);
        });
        thread worker([=] {
            while (p->queue.load(acquire) == 0) {
                const std::uint32_t before = p->wake.load(acquire);
                p->searching.fetch_sub(1, seq_cst);
                p->sleeping.fetch_add(1, relaxed);
                bool sleep = true;
                if (how == repair::producer_fence_and_second_look) {
                    fence(seq_cst);
                    sleep = p->queue.load(acquire) == 0;
                }
                if (sleep) wait_on(p->wake, before);
                p->sleeping.fetch_sub(1, relaxed);
                p->searching.fetch_add(1, relaxed);
            }
        });
        producer.join();
        worker.join();
    };
}
TEST(LastSearcher, NeedsMoreThanASeqCstLoad) { expect_caught(last_searcher(repair::none), lost); }
TEST(LastSearcher, NeedsMoreThanTheProducersFence) {
    expect_caught(last_searcher(repair::producer_fence), lost);
}
TEST(LastSearcher, IsRightWithASecondLook) {
    expect_clean(last_searcher(repair::producer_fence_and_second_look));
}

// -- what never ends ------------------------------------------------------------------------------

TEST(Liveness, ASpinForNothingIsALivelock) {
    expect_caught(
        [] {
            atomic<int> flag(0);
            while (flag.load(relaxed) == 0) yield();
        },
        "livelock");
}
TEST(Liveness, ALoopWithoutYieldHasTooManySteps) {
    expect_caught(
        [] {
            atomic<int> flag(0);
            while (flag.load(relaxed) == 0) {
            }
        },
        "too many steps");
}
TEST(Liveness, LocksInOppositeOrderDeadlock) {
    const auto body = [](bool opposite) {
        return [=] {
            auto *a = new mutex, *b = new mutex;
            thread t([=] {
                std::lock_guard first(*a);
                std::lock_guard second(*b);
            });
            {
                std::lock_guard first(opposite ? *b : *a);
                std::lock_guard second(opposite ? *a : *b);
            }
            t.join();
        };
    };
    expect_clean(body(false));
    expect_caught(body(true), "deadlock");
}
// A wake-up that only a time-out would repair is lost. Where time may pass, it is counted.
TEST(Liveness, TimedWaitsAreUntimed) {
    const auto body = [] {
        word w{0};
        while (futex_wait(w.address(), 0, true)) {
        }
    };
    expect_caught(body, lost);
    const result r = judge({.timeouts = true}, body);
    EXPECT_TRUE(r.complete);
    EXPECT_EQ(r.timeouts, r.executions);
}

// -- time, spurious returns and weak failures
// ------------------------------------------------------

// A waiter that gives up takes its announcement back with a plain store, over whoever has taken it
// up in the meantime. Only a time-out in the very moment of the setting shows that.
std::function<void()> patient_waiter(bool take_back_by_compare) {
    return [=] {
        enum : std::uint32_t { unset, waiting, set };
        auto& state = *new word{unset};
        thread setter([&] {
            if (state.exchange(set, acq_rel) == waiting) futex_wake(state.address(), 1);
        });
        std::uint32_t seen = unset;
        if (state.compare_exchange_strong(seen, waiting, relaxed, relaxed) &&
            !futex_wait(state.address(), waiting, true)) {
            std::uint32_t mine = waiting;
            if (take_back_by_compare)
                (void)state.compare_exchange_strong(mine, unset, relaxed, relaxed);
            else
                state.store(unset, relaxed);
        }
        setter.join();
        check(state.load(relaxed) == set, "the setting is lost");
    };
}
TEST(Time, AnEarlyEndShowsALostSetting) {
    expect_clean(patient_waiter(false));
    expect_clean(patient_waiter(false), {.timeouts = true});
    expect_caught(patient_waiter(false), "the setting is lost", {.early_timeouts = 1});
    expect_clean(patient_waiter(true), {.early_timeouts = 1});
}
TEST(Time, AnEarlyEndNeedsNoPreemption) {
    expect_caught(patient_waiter(false), "the setting is lost",
                  {.preemptions = 1, .early_timeouts = 1});
}
TEST(Time, DiceAndPrioritiesEndWaitsEarly) {
    for (const search how : {search::random, search::pct})
        expect_caught(patient_waiter(false), "the setting is lost",
                      {.how = how, .early_timeouts = 1, .max_seconds = 20});
}
// A wait that may end early is still no cure for a lost wake-up.
TEST(Time, AnEarlyEndHidesNoLostWake) {
    expect_caught(
        [] {
            word w{0}, other{0};
            thread t([&] { other.store(1, relaxed); });
            while (futex_wait(w.address(), 0, true)) {
            }
            t.join();
        },
        lost, {.early_timeouts = 1});
}

// A waiter that takes every return of the wait for a wake, once it has slept.
TEST(Spurious, AReturnIsNoWake) {
    const auto body = [](bool look_again) {
        return [=] {
            auto& ready = *new word{0};
            thread t([&] {
                ready.store(1, release);
                futex_wake(ready.address(), 1);
            });
            do wait_on(ready, 0);
            while (look_again && ready.load(acquire) == 0);
            check(ready.fetch_add(0, acquire) == 1, "it went on too early");
            t.join();
        };
    };
    expect_clean(body(false));
    expect_caught(body(false), "it went on too early", {.spurious_wakes = 1});
    expect_clean(body(true), {.spurious_wakes = 1});
}

// A weak compare-exchange that is taken for a strong one: its failure is taken for another thread's
// success.
TEST(WeakFailure, IsNoOtherThreadsSuccess) {
    const auto body = [](bool loops) {
        return [=] {
            word owner{0};
            const auto take = [&] {
                std::uint32_t free = 0;
                bool taken;
                do taken = owner.compare_exchange_weak(free, 1, acquire, relaxed);
                while (loops && !taken && free == 0);
            };
            thread t(take);
            take();
            t.join();
            check(owner.load(relaxed) == 1, "nobody has taken it");
        };
    };
    expect_clean(body(false), {.weak_failures = 1});
    expect_caught(body(false), "nobody has taken it", {.weak_failures = 2});
    expect_clean(body(true), {.weak_failures = 2});
}

// -- lifetimes and thread-locals ------------------------------------------------------------------

TEST(Lifetime, FreedMemoryIsNotUsed) {
    expect_caught(
        [] {
            auto* w = new word{0};
            thread t([=] { w->store(1, relaxed); });
            delete w;
            t.join();
        },
        "object");
}
TEST(Lifetime, AnObjectIsNotUsedBeforeItIsSeenConstructed) {
    const auto body = [](order hand_over) {
        return [=] {
            auto* shared = new atomic<word*>(nullptr);
            thread t([=] {
                if (word* w = shared->load(acquire)) (void)w->load(relaxed);
            });
            shared->store(new word{1}, hand_over);
            t.join();
        };
    };
    expect_clean(body(release));
    expect_caught(body(relaxed), "construction");
}

thread_local int mine = 5;

TEST(ThreadLocals, AreOnesOwn) {
    expect_clean([] {
        word w{0};
        const auto body = [&] {
            check(mine == 5, "a thread-local is not fresh");
            const int start = ++mine;
            w.fetch_add(1, relaxed);
            check(mine == start, "a thread-local is another thread's");
        };
        thread a(body), b(body);
        a.join();
        b.join();
        check(mine == 5, "a thread-local is another thread's");
    });
}

}  // namespace
