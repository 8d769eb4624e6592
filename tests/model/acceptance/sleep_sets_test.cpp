// The reductions lose nothing: on random programs the outcomes with sleep sets are those of a
// search of everything, and weak memory allows at least what strong memory does.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "model/checker/harness.hpp"
#include "support/effort.hpp"

namespace {

using namespace veda::model;

constexpr order loads[] = {order::relaxed, order::acquire, order::seq_cst};
constexpr order stores[] = {order::relaxed, order::release, order::seq_cst};
constexpr order changes[] = {order::relaxed, order::acq_rel, order::seq_cst};
constexpr order fences[] = {order::acquire, order::release, order::seq_cst, order::acq_rel};

enum class op { load, store, add, compare_exchange, fence };

struct instruction {
    op what;
    int word, value;
    order how;
};

struct program {
    int threads, length;
    bool waits = false;  // a compare-exchange waits instead, for a time, and an addition wakes
    instruction code[3][4];
};

program random_program(std::uint64_t seed) {
    std::uint64_t state = seed * 7919 + 0x1234567;
    const auto dice = [&](int sides) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return static_cast<int>(state % sides);
    };
    for (int i = 0; i < 10; ++i) dice(2);
    program p;
    p.threads = 2 + dice(2);
    p.length = p.threads == 2 ? 3 : 2;
    for (int t = 0; t < p.threads; ++t) {
        for (int i = 0; i < p.length; ++i) {
            const int kind = dice(10);
            instruction& x = p.code[t][i];
            x.what = kind < 4   ? op::load
                     : kind < 7 ? op::store
                     : kind < 8 ? op::add
                     : kind < 9 ? op::compare_exchange
                                : op::fence;
            x.word = dice(2);
            x.value = 1 + dice(2);
            x.how = x.what == op::load    ? loads[dice(3)]
                    : x.what == op::store ? stores[dice(3)]
                    : x.what == op::fence ? fences[dice(4)]
                                          : changes[dice(3)];
        }
    }
    return p;
}

int execute(const instruction& x, atomic<int>& word, bool waits) {
    if (waits && x.what == op::compare_exchange) return futex_wait(word.address(), 0, true);
    if (waits && x.what == op::add) futex_wake(word.address(), 1);
    switch (x.what) {
        case op::load:
            return word.load(x.how);
        case op::store:
            word.store(x.value, x.how);
            return 0;
        case op::add:
            return word.fetch_add(x.value, x.how);
        case op::compare_exchange: {
            int expected = 0;
            return word.compare_exchange_strong(expected, x.value, x.how) ? 9 : expected;
        }
        case op::fence:
            fence(x.how);
            return 0;
    }
    return 0;
}

std::set<std::string> outcomes(const program& p, const config& how, std::uint64_t& executions) {
    std::set<std::string> seen;
    std::string line(16, '.');
    const result r = explore(how, [&] {
        line.assign(16, '.');
        atomic<int> words[2];
        thread threads[3];
        for (int t = 0; t < p.threads; ++t)
            threads[t] = thread([&, t] {
                for (int i = 0; i < p.length; ++i) {
                    const int value = execute(p.code[t][i], words[p.code[t][i].word], p.waits);
                    line[t * 4 + i] = static_cast<char>('0' + value);
                }
            });
        for (int t = 0; t < p.threads; ++t) threads[t].join();
        line[14] = static_cast<char>('0' + words[0].load(order::relaxed));
        line[15] = static_cast<char>('0' + words[1].load(order::relaxed));
        the().running = false;  // the set outlives the execution
        seen.insert(line);
        the().running = true;
    });
    EXPECT_FALSE(r.failed) << r.message;
    EXPECT_TRUE(r.complete);
    executions += r.executions;
    return seen;
}

TEST(SleepSets, LoseNoOutcomeOfRandomPrograms) {
    const auto programs = static_cast<int>(veda::test::scaled(300));
    std::uint64_t reduced = 0, full = 0, strong = 0;
    for (int i = 0; i < programs; ++i) {
        const program p = random_program(static_cast<std::uint64_t>(i));
        const auto with = outcomes(p, {}, reduced);
        const auto without = outcomes(p, {.preemptions = 1000}, full);
        EXPECT_EQ(with, without) << "program " << i;
        for (const std::string& o :
             outcomes(p, {.preemptions = 1000, .weak_memory = false}, strong))
            EXPECT_TRUE(without.count(o)) << "program " << i << ": " << o;
        // A bound on old values does not spoil the reduction.
        EXPECT_EQ(outcomes(p, {.stale_reads = 1}, reduced),
                  outcomes(p, {.preemptions = 1000, .stale_reads = 1}, full))
            << "program " << i;
    }
    std::printf("%d programs: %llu executions with sleep sets, %llu without (%.1f times)\n",
                programs, static_cast<unsigned long long>(reduced),
                static_cast<unsigned long long>(full),
                static_cast<double>(full) / static_cast<double>(reduced));
    EXPECT_GT(full, 10 * reduced);
}

// The end of a timed wait is an operation like any other.
TEST(SleepSets, LoseNoEndOfATimedWait) {
    const auto programs = static_cast<int>(veda::test::scaled(150));
    std::uint64_t reduced = 0, full = 0, changed = 0;
    for (int i = 0; i < programs; ++i) {
        program p = random_program(static_cast<std::uint64_t>(i));
        p.waits = true;
        const auto bounds = [](int preemptions, int ends) {
            return config{.preemptions = preemptions, .timeouts = true, .early_timeouts = ends};
        };
        const auto with = outcomes(p, bounds(unlimited, 1), reduced);
        EXPECT_EQ(with, outcomes(p, bounds(1000, 1), full)) << "program " << i;
        changed += with != outcomes(p, bounds(unlimited, 0), reduced);
    }
    EXPECT_GT(changed, 0u) << "no wait ended early";
}

}  // namespace
