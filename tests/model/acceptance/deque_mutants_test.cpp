// The checker finds the bugs of other people's deques: the work-stealing deque of Chase and Lev
// with the orders of Lê et al. (2013), its fixes, and 18 ways to break it that have been published
// or shipped. What is known to be stronger than needed must stay clean.
#include <gtest/gtest.h>

#include <string>

#include "model/checker/harness.hpp"

namespace {

using namespace veda::model;
constexpr auto relaxed = order::relaxed, acquire = order::acquire, release = order::release,
               acq_rel = order::acq_rel, seq_cst = order::seq_cst;

struct variant {
    const char* name;
    bool broken;
    order take_fence = seq_cst, steal_fence = seq_cst;
    bool take_fenced = true, steal_fenced = true, push_fenced = true;
    order publish_array = release, push_top = acquire, push_bottom = relaxed, take_bottom = relaxed;
    order take_cas = seq_cst, steal_cas = seq_cst;
    order steal_top = acquire, steal_bottom = acquire, steal_array = acquire;
    bool reload_after_growth = true, unsigned_compare = false;
    bool cas_for_last = true, slot_after_cas = false;
};

constexpr int empty = -1, lost_race = -2;

struct ring {
    explicit ring(long size)
        : capacity(size), slots(new atomic<int>[size]), marks(new cell<int>[size]) {}
    long capacity;
    atomic<int>* slots;
    cell<int>* marks;  // written when a slot is filled again: that must come after it was read
};

class chase_lev {
  public:
    chase_lev(long capacity, const variant& v) : v_(v), array_(new ring(capacity)) {}

    void push(int value) {
        const long b = bottom_.load(relaxed), t = top_.load(v_.push_top);
        ring* a = array_.load(relaxed);
        if (b - t > a->capacity - 1) {
            ring* grown = new ring(a->capacity * 2);
            for (long i = t; i < b; ++i)
                grown->slots[i % grown->capacity].store(a->slots[i % a->capacity].load(relaxed),
                                                        relaxed);
            array_.store(grown, v_.publish_array);
            if (v_.reload_after_growth) a = grown;
        }
        if (b >= a->capacity) a->marks[b % a->capacity].set(1);
        a->slots[b % a->capacity].store(value, relaxed);
        if (v_.push_fenced) fence(release);
        bottom_.store(b + 1, v_.push_bottom);
    }

    int take() {
        const long b = bottom_.load(relaxed) - 1;
        ring* a = array_.load(relaxed);
        bottom_.store(b, v_.take_bottom);
        if (v_.take_fenced) fence(v_.take_fence);
        long t = top_.load(relaxed);
        const bool some = v_.unsigned_compare
                              ? static_cast<unsigned long>(t) <= static_cast<unsigned long>(b)
                              : t <= b;
        if (!some) {
            bottom_.store(b + 1, v_.take_bottom);
            return empty;
        }
        int value = a->slots[(b % a->capacity + a->capacity) % a->capacity].load(relaxed);
        if (t != b) return value;
        if (!v_.cas_for_last)
            top_.store(t + 1, relaxed);
        else if (!top_.compare_exchange_strong(t, t + 1, v_.take_cas, relaxed))
            value = empty;
        bottom_.store(b + 1, v_.take_bottom);
        return value;
    }

    int steal() {
        long t = top_.load(v_.steal_top);
        if (v_.steal_fenced) fence(v_.steal_fence);
        const long b = bottom_.load(v_.steal_bottom);
        if (t >= b) return empty;
        if (v_.slot_after_cas) {
            if (!top_.compare_exchange_strong(t, t + 1, v_.steal_cas, relaxed)) return lost_race;
            ring* a = array_.load(v_.steal_array);
            return a->slots[t % a->capacity].load(relaxed);
        }
        ring* a = array_.load(v_.steal_array);
        const int value = a->slots[t % a->capacity].load(relaxed);
        const auto moment = a->marks[t % a->capacity].moment();
        if (!top_.compare_exchange_strong(t, t + 1, v_.steal_cas, relaxed)) return lost_race;
        a->marks[t % a->capacity].was_read_at(moment);
        return value;
    }

  private:
    const variant& v_;
    atomic<long> top_{0}, bottom_{0};
    atomic<ring*> array_;
};

// Owner: u pushes, o takes; first alone, then against the thieves.
struct scenario {
    const char* name;
    long capacity;
    const char *before, *during;
    int thieves, steals;
};
constexpr scenario scenarios[] = {
    {"take the only one", 2, "", "uo", 1, 1},
    {"push and take two", 2, "", "uuoo", 1, 1},
    {"grow", 2, "", "uuuo", 1, 2},
    {"two thieves", 2, "u", "uo", 2, 1},
    {"one thief steals twice", 4, "uu", "oou", 1, 2},
    {"two thieves, two jobs", 2, "uu", "oo", 2, 1},
    {"wrap and grow", 2, "uu", "uuo", 1, 2},
    {"empty", 2, "", "o", 1, 1},
    {"wrap", 2, "u", "uu", 1, 2},
    {"wrap, two thieves", 2, "u", "uuu", 2, 1},
};

class tally {
  public:
    void add(int value) {
        if (value < 0) return;
        check(value > 0 && value < 16, "a value that was never pushed");
        check(++seen_[value] == 1, "a job twice");
    }
    int count(int value) const { return seen_[value]; }

  private:
    int seen_[16] = {};
};

void run(const scenario& s, const variant& v) {
    auto& deque = *new chase_lev(s.capacity, v);
    tally got;
    int next = 1;
    const auto owner = [&](const char* ops) {
        for (; *ops; ++ops) {
            if (*ops == 'u')
                deque.push(next++);
            else
                got.add(deque.take());
        }
    };
    owner(s.before);
    thread thieves[3];
    int stolen[3][4] = {};
    for (int i = 0; i < s.thieves; ++i)
        thieves[i] = thread([&, i] {
            int last = 0;
            for (int k = 0; k < s.steals; ++k) {
                const int value = stolen[i][k] = deque.steal();
                if (value <= 0) continue;
                check(value > last, "steals out of order");
                last = value;
            }
        });
    owner(s.during);
    for (int i = 0; i < s.thieves; ++i) thieves[i].join();
    for (int i = 0; i < s.thieves; ++i)
        for (int k = 0; k < s.steals; ++k) got.add(stolen[i][k] ? stolen[i][k] : empty);
    for (int value; (value = deque.take()) >= 0;) got.add(value);
    for (int value = 1; value < next; ++value) check(got.count(value) == 1, "a job lost");
}

variant made(const char* name, bool broken, void (*change)(variant&)) {
    variant v{name, broken};
    change(v);
    return v;
}

const variant variants[] = {
    made("as published, with the fixes", false, [](variant&) {}),
    made("push and take store bottom with release, no fence", false,
         [](variant& v) { v.push_bottom = v.take_bottom = release, v.push_fenced = false; }),
    made("too strong: take CAS relaxed", false, [](variant& v) { v.take_cas = relaxed; }),
    made("too strong: steal reads top relaxed", false, [](variant& v) { v.steal_top = relaxed; }),
    // The one that C++11's fences need and C++20's do not; see reliability of the model in
    // README.md.
    made("steal CAS acq_rel", false, [](variant& v) { v.steal_cas = acq_rel; }),
    made("only push stores bottom with release, no fence", true,
         [](variant& v) { v.push_bottom = release, v.push_fenced = false; }),
    made("take fence acq_rel", true, [](variant& v) { v.take_fence = acq_rel; }),
    made("growth publishes the array relaxed", true, [](variant& v) { v.publish_array = relaxed; }),
    made("push reads top relaxed", true, [](variant& v) { v.push_top = relaxed; }),
    made("push without release", true, [](variant& v) { v.push_fenced = false; }),
    made("steal fence acq_rel", true, [](variant& v) { v.steal_fence = acq_rel; }),
    made("steal reads bottom relaxed", true, [](variant& v) { v.steal_bottom = relaxed; }),
    made("steal CAS relaxed", true, [](variant& v) { v.steal_cas = relaxed; }),
    made("steal reads the array relaxed", true, [](variant& v) { v.steal_array = relaxed; }),
    made("push keeps the old array", true, [](variant& v) { v.reload_after_growth = false; }),
    made("unsigned underflow", true, [](variant& v) { v.unsigned_compare = true; }),
    made("no fence in take", true, [](variant& v) { v.take_fenced = false; }),
    made("no fence in steal", true, [](variant& v) { v.steal_fenced = false; }),
    made("the last one without CAS", true, [](variant& v) { v.cas_for_last = false; }),
    made("the slot is read after the CAS", true, [](variant& v) { v.slot_after_cas = true; }),
};

result explore_all(const variant& v, const config& how, std::uint64_t& executions) {
    for (const scenario& s : scenarios) {
        result r = explore(how, [&] { run(s, v); });
        executions += r.executions;
        if (r.failed) {
            r.message = std::string(s.name) + ": " + r.message;
            return r;
        }
        EXPECT_TRUE(r.complete) << s.name;
    }
    return {};
}

TEST(DequeMutants, ExhaustiveSearchFindsTheBrokenOnesOnly) {
    int caught = 0;
    for (const variant& v : variants) {
        std::uint64_t executions = 0;
        const result r = explore_all(v, {}, executions);
        EXPECT_EQ(r.failed, v.broken) << v.name << ": " << r.message;
        caught += r.failed;
        std::printf("%-50s %-7s %8llu executions  %s\n", v.name, r.failed ? "caught" : "clean",
                    static_cast<unsigned long long>(executions), r.message.c_str());
    }
    EXPECT_EQ(caught, 15);
}

// Each search finds a bug in its own way; all print a path that leads back to it.
TEST(DequeMutants, EveryFindingReplays) {
    const variant& v = variants[5];
    for (const config& how :
         {config{}, config{.preemptions = 3}, config{.how = search::random, .max_seconds = 20},
          config{.how = search::pct, .max_seconds = 20}}) {
        bool found = false;
        for (const scenario& s : scenarios) {
            const result r = explore(how, [&] { run(s, v); });
            if (!r.failed) continue;
            found = true;
            config again = how;
            again.replay = r.replay;
            again.trace = true;
            const result replayed = explore(again, [&] { run(s, v); });
            EXPECT_TRUE(replayed.failed);
            EXPECT_EQ(replayed.message, r.message);
            EXPECT_EQ(replayed.executions, 1u);
            EXPECT_NE(replayed.trace.find("deque_mutants_test.cpp"), std::string::npos);
            break;
        }
        EXPECT_TRUE(found) << "search " << static_cast<int>(how.how);
    }
}

}  // namespace
