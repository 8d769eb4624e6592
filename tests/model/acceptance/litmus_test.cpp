// The memory model, judged by small programs whose outcomes C++20 allows or forbids. The names are
// the field's: SB store buffering, MP message passing, IRIW, CoRR, 2+2W, LB load buffering.
#include <gtest/gtest.h>

#include "model/checker/harness.hpp"

namespace {

using namespace veda::model;
using word = atomic<int>;
constexpr auto relaxed = order::relaxed, acquire = order::acquire, release = order::release,
               acq_rel = order::acq_rel, seq_cst = order::seq_cst;

int r1, r2, r3, r4;

// Whether the weak outcome (the body returns true) occurs in some execution.
template <class Body>
bool possible(Body body, config how = {}) {
    bool seen = false;
    const result r = explore(how, [&] {
        r1 = r2 = r3 = r4 = -1;
        if (body()) seen = true;
    });
    EXPECT_FALSE(r.failed) << r.message;
    EXPECT_TRUE(r.complete);
    return seen;
}

struct two_words {
    word x{0}, y{0};
};

template <class F, class G>
void both(F f, G g) {
    thread a(f), b(g);
    a.join();
    b.join();
}

bool store_buffering(order store, order load, bool fenced = false, bool modify = false) {
    return possible([=] {
        two_words w;
        const auto half = [&](word& mine, word& other, int& seen) {
            if (modify)
                mine.fetch_add(1, store);
            else
                mine.store(1, store);
            if (fenced) fence(seq_cst);
            seen = other.load(load);
        };
        both([&] { half(w.x, w.y, r1); }, [&] { half(w.y, w.x, r2); });
        return r1 == 0 && r2 == 0;
    });
}

bool message_passing(order store, order load) {
    return possible([=] {
        two_words w;
        both(
            [&] {
                w.x.store(1, relaxed);
                w.y.store(1, store);
            },
            [&] {
                r1 = w.y.load(load);
                r2 = w.x.load(relaxed);
            });
        return r1 == 1 && r2 == 0;
    });
}

bool independent_reads(order store, order load) {
    return possible([=] {
        two_words w;
        thread a([&] { w.x.store(1, store); }), b([&] { w.y.store(1, store); });
        both(
            [&] {
                r1 = w.x.load(load);
                r2 = w.y.load(load);
            },
            [&] {
                r3 = w.y.load(load);
                r4 = w.x.load(load);
            });
        a.join();
        b.join();
        return r1 == 1 && r2 == 0 && r3 == 1 && r4 == 0;
    });
}

bool two_plus_two_writes(config how) {
    return possible(
        [] {
            two_words w;
            both(
                [&] {
                    w.x.store(1, relaxed);
                    w.y.store(2, relaxed);
                },
                [&] {
                    w.y.store(1, relaxed);
                    w.x.store(2, relaxed);
                });
            return w.x.load(relaxed) == 1 && w.y.load(relaxed) == 1;
        },
        how);
}

TEST(Litmus, StoreBufferingRelaxedIsWeak) { EXPECT_TRUE(store_buffering(relaxed, relaxed)); }
TEST(Litmus, StoreBufferingReleaseAcquireIsWeak) { EXPECT_TRUE(store_buffering(release, acquire)); }
TEST(Litmus, StoreBufferingSeqCstIsOrdered) { EXPECT_FALSE(store_buffering(seq_cst, seq_cst)); }
TEST(Litmus, StoreBufferingSeqCstFencesAreOrdered) {
    EXPECT_FALSE(store_buffering(relaxed, relaxed, true));
}
TEST(Litmus, StoreBufferingSeqCstStoreRelaxedLoadIsWeak) {
    EXPECT_TRUE(store_buffering(seq_cst, relaxed));
}
TEST(Litmus, StoreBufferingAcqRelModifyIsNoFence) {
    EXPECT_TRUE(store_buffering(acq_rel, relaxed, false, true));
}
TEST(Litmus, StoreBufferingSeqCstModifyIsNoFence) {
    EXPECT_TRUE(store_buffering(seq_cst, relaxed, false, true));
}

TEST(Litmus, MessagePassingRelaxedIsWeak) { EXPECT_TRUE(message_passing(relaxed, relaxed)); }
TEST(Litmus, MessagePassingReleaseAcquireIsOrdered) {
    EXPECT_FALSE(message_passing(release, acquire));
}
TEST(Litmus, MessagePassingReleaseRelaxedIsWeak) { EXPECT_TRUE(message_passing(release, relaxed)); }

TEST(Litmus, MessagePassingWithFencesIsOrdered) {
    EXPECT_FALSE(possible([] {
        two_words w;
        both(
            [&] {
                w.x.store(1, relaxed);
                fence(release);
                w.y.store(1, relaxed);
            },
            [&] {
                r1 = w.y.load(relaxed);
                fence(acquire);
                r2 = w.x.load(relaxed);
            });
        return r1 == 1 && r2 == 0;
    }));
}

// A relaxed read-modify-write continues a release sequence; since C++20 nothing else does.
bool release_sequence(bool by_modify) {
    return possible([=] {
        two_words w;
        thread a([&] {
            w.x.store(1, relaxed);
            w.y.store(1, release);
            if (!by_modify) w.y.store(2, relaxed);
        });
        thread c([&] {
            int one = 1;
            if (by_modify) w.y.compare_exchange_strong(one, 2, relaxed, relaxed);
        });
        thread b([&] {
            r1 = w.y.load(acquire);
            r2 = w.x.load(relaxed);
        });
        a.join();
        b.join();
        c.join();
        return r1 == 2 && r2 == 0;
    });
}
TEST(Litmus, ReleaseSequenceGoesThroughModify) { EXPECT_FALSE(release_sequence(true)); }
TEST(Litmus, ReleaseSequenceEndsAtOwnStore) { EXPECT_TRUE(release_sequence(false)); }

TEST(Litmus, ReadsOfOneWordAreCoherent) {
    EXPECT_FALSE(possible([] {
        two_words w;
        both([&] { w.x.store(1, relaxed); },
             [&] {
                 r1 = w.x.load(relaxed);
                 r2 = w.x.load(relaxed);
             });
        return r1 == 1 && r2 == 0;
    }));
}

TEST(Litmus, IndependentReadsReleaseAcquireAreWeak) {
    EXPECT_TRUE(independent_reads(release, acquire));
}
TEST(Litmus, IndependentReadsSeqCstAreOrdered) {
    EXPECT_FALSE(independent_reads(seq_cst, seq_cst));
}

// A hole of the model, told in README.md.
TEST(Litmus, LoadBufferingIsNotModelled) {
    EXPECT_FALSE(possible([] {
        two_words w;
        both(
            [&] {
                r1 = w.y.load(relaxed);
                w.x.store(1, relaxed);
            },
            [&] {
                r2 = w.x.load(relaxed);
                w.y.store(1, relaxed);
            });
        return r1 == 1 && r2 == 1;
    }));
}

TEST(Litmus, TwoPlusTwoWritesNeedInsertion) {
    EXPECT_FALSE(two_plus_two_writes({}));
    EXPECT_TRUE(two_plus_two_writes({.insert_stores = true}));
}

// One side fenced, the other with a seq_cst store: enough only if its load is seq_cst too.
bool fence_against(order other_load) {
    return possible([=] {
        two_words w;
        both(
            [&] {
                w.x.store(1, relaxed);
                fence(seq_cst);
                r1 = w.y.load(relaxed);
            },
            [&] {
                w.y.store(1, seq_cst);
                r2 = w.x.load(other_load);
            });
        return r1 == 0 && r2 == 0;
    });
}
TEST(Litmus, FenceAgainstSeqCstStoreAndRelaxedLoadIsWeak) { EXPECT_TRUE(fence_against(relaxed)); }
TEST(Litmus, FenceAgainstSeqCstAccessesIsOrdered) { EXPECT_FALSE(fence_against(seq_cst)); }

// What a sequentially consistent memory would do.
TEST(Litmus, StrongMemoryHasNoStoreBuffering) {
    EXPECT_FALSE(possible(
        [] {
            two_words w;
            both(
                [&] {
                    w.x.store(1, relaxed);
                    r1 = w.y.load(relaxed);
                },
                [&] {
                    w.y.store(1, relaxed);
                    r2 = w.x.load(relaxed);
                });
            return r1 == 0 && r2 == 0;
        },
        {.weak_memory = false}));
}

}  // namespace
