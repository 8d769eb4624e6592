// ordered_test.cpp: a stream that is mapped in parallel and comes out in order.
#include "cxx/support.hpp"

#include <veda/par_map_ordered.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <ranges>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace veda::test;

int slowly(int x) {
    if (x % 8 == 3) busy();
    return x;
}

std::vector<int> up_to(int n) {
    std::vector<int> v(static_cast<std::size_t>(std::max(n, 0)));
    std::iota(v.begin(), v.end(), 0);
    return v;
}

TEST(ParMapOrdered, SinksInOrder) {
    in_every_pool([](std::uint32_t) {
        for (int n : lengths()) {
            const auto v = up_to(n);
            for (std::uint64_t buffer : {1u, 2u, 7u, 1000u}) {
                std::vector<int> out;  // unguarded: the sink is one thread's at a time
                veda::par_map_ordered(
                    v, [](const int& x) { return slowly(x) * 2; }, [&](int y) { out.push_back(y / 2); },
                    buffer);
                ASSERT_EQ(out, v) << buffer;
            }
        }
    });
}

// An input range shows each item once; its items can only be moved.
class tickets {
  public:
    explicit tickets(int count) : count_(count) {}
    class iterator {
      public:
        using value_type = std::unique_ptr<int>;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        explicit iterator(int left) : left_(left) {}
        std::unique_ptr<int> operator*() const {
            if (left_ == 3) throw std::runtime_error("source");
            return std::make_unique<int>(left_);
        }
        iterator& operator++() {
            --left_;
            return *this;
        }
        void operator++(int) { --left_; }
        bool operator==(std::default_sentinel_t) const { return left_ == 0; }

      private:
        int left_;
    };
    iterator begin() const { return iterator(count_); }
    std::default_sentinel_t end() const { return {}; }

  private:
    int count_;
};

TEST(ParMapOrdered, TakesEverySource) {
    in_every_pool([](std::uint32_t) {
        std::string out;
        const auto note = [&](const std::string& text) { out += text + " "; };
#if !defined(__clang__) || __clang_major__ >= 16  // older ones cannot compile libstdc++'s views
        std::istringstream text("4 8 15 16 23 42");
        veda::par_map_ordered(
            std::views::istream<int>(text), [](int x) { return std::to_string(x + 1); }, note, 3);
        EXPECT_EQ(out, "5 9 16 17 24 43 ");
        out.clear();
#endif
        const std::list<std::string> list{"a", "b"};
        veda::par_map_ordered(
            list, [](const std::string& s) { return s + s; }, note, 3);
        EXPECT_EQ(out, "aa bb ");
        // An rvalue container gives its elements away.
        std::vector<std::unique_ptr<int>> own;
        for (int i = 0; i < 300; ++i) own.push_back(std::make_unique<int>(slowly(i)));
        int sum = 0;
        veda::par_map_ordered(
            std::move(own), [](std::unique_ptr<int> p) { return p; },
            [&](std::unique_ptr<int> p) { sum = sum * 31 % 1009 + *p; }, 5);
        int expected = 0;
        for (int i = 0; i < 300; ++i) expected = expected * 31 % 1009 + i;
        EXPECT_EQ(sum, expected);
        EXPECT_EQ(veda::test::thrown_by([&] {
                      veda::par_map_ordered(
                          tickets(20), [](std::unique_ptr<int> p) { return *p; }, [&](int x) { sum = x; },
                          4);
                  }),
                  "source");
        EXPECT_EQ(sum, 4);  // everything before the throw was sunk
    });
}

TEST(ParMapOrdered, KeepsNoMoreThanItsBufferInFlight) {
    in_every_pool([](std::uint32_t) {
        for (int buffer : {1, 3, 16}) {
            std::atomic<int> in_flight{0};
            std::atomic<int> most{0};
            std::atomic<int> sinking{0};
            const auto v = up_to(500);
            const std::list<int> source(v.begin(), v.end());
            veda::par_map_ordered(
                source,
                [&](int x) {
                    const int now = ++in_flight;
                    int seen = most;
                    while (now > seen && !most.compare_exchange_weak(seen, now)) {
                    }
                    return slowly(x);
                },
                [&](int x) {
                    EXPECT_EQ(sinking.fetch_add(1), 0);
                    slowly(x);
                    --in_flight;
                    --sinking;
                },
                static_cast<std::uint64_t>(buffer));
            EXPECT_LE(most, buffer);
            EXPECT_GE(most, 1);
        }
    });
}

// Two items must be mapped at once, or this never ends.
TEST(ParMapOrdered, MapsInParallel) {
    veda::runtime pool(veda::config{}.workers(2));
    std::atomic<bool> second_begun{false};
    std::string out;
    pool.run([&] {
        veda::par_map_ordered(
            up_to(10),
            [&](int x) {
                if (x == 1) second_begun = true;
                if (x == 0) await(second_begun);
                return std::to_string(x);
            },
            [&](const std::string& s) { out += s; }, 2);
    });
    EXPECT_EQ(out, "0123456789");
}

// While the sink is stuck, others map until the buffer is full, and not further; afterwards they are
// back.
TEST(ParMapOrdered, HoldsTheSourceUpWhileTheSinkIsSlow) {
    veda::runtime pool(veda::config{}.workers(3));
    std::atomic<int> mapped{0};
    int sunk = 0;
    pool.run([&] {
        veda::par_map_ordered(
            up_to(1000), [&](int x) { return ++mapped, x; },
            [&](int x) {
                if (x == 0) {
                    while (mapped < 10) std::this_thread::yield();
                    busy(std::chrono::milliseconds(2));
                    EXPECT_EQ(mapped, 10);
                }
                ++sunk;
            },
            10);
    });
    EXPECT_EQ(sunk, 1000);
}

TEST(ParMapOrdered, ThrowsTheFirstInTheOrderOfItems) {
    const long before = counted::alive();
    in_every_pool([](std::uint32_t) {
        for (int at : {0, 1, 50, 299}) {
            int sunk = 0;
            const auto fail_from = [at](int x) {
                if (slowly(x) >= at) throw std::runtime_error("f " + std::to_string(x));
                return counted(x);
            };
            const auto v = up_to(300);
            EXPECT_EQ(thrown_by([&] {
                          veda::par_map_ordered(
                              v, fail_from, [&](const counted& c) { EXPECT_EQ(c.value(), sunk++); }, 8);
                      }),
                      "f " + std::to_string(at));
            EXPECT_EQ(sunk, at);
            sunk = 0;
            EXPECT_EQ(thrown_by([&] {
                          veda::par_map_ordered(
                              v, [](int x) { return counted(slowly(x)); },
                              [&](const counted& c) {
                                  if (c.value() == at) throw std::runtime_error("sink");
                                  ++sunk;
                              },
                              8);
                      }),
                      "sink");
            EXPECT_EQ(sunk, at);
        }
        for (long after : {1, 2, 50, 400}) {
            std::vector<counted> own;
            for (int i = 0; i < 200; ++i) own.emplace_back(i);
            counted::throw_after() = after;
            const auto run = [&] {
                veda::par_map_ordered(
                    std::move(own), [](counted c) { return c; }, [](counted) {}, 4);
            };
            EXPECT_EQ(thrown_by(run), "a copy or move failed");
            counted::throw_after() = 0;
        }
    });
    EXPECT_EQ(counted::alive(), before);
}

TEST(ParMapOrdered, NestsInOtherLoopsAndUnderLocks) {
    in_every_pool([](std::uint32_t) {
        std::mutex mutex;
        std::atomic<int> streams{0};
        veda::par(0, 20).for_each([&](int) {
            const std::lock_guard guard(mutex);
            int next = 0;
            veda::par_map_ordered(
                up_to(40), [](int x) { return veda::par(0, x).map(slowly).count(); },
                [&](std::uint64_t n) { EXPECT_EQ(n, static_cast<std::uint64_t>(next++)); }, 3);
            EXPECT_EQ(next, 40);
            ++streams;
        });
        EXPECT_EQ(streams, 20);
    });
}

TEST(ParMapOrdered, RefusesABufferOfNothing) {
    EXPECT_EQ(thrown_by([] {
                  veda::par_map_ordered(
                      up_to(3), [](int x) { return x; }, [](int) {}, 0);
              }),
              "VEDA_E_RANGE: par_map_ordered: buffer is 0, must be 1 or more");
    int sunk = 0;
    veda::par_map_ordered(
        up_to(3), [](int x) { return x; }, [&](int) { ++sunk; }, UINT64_MAX);
    EXPECT_EQ(sunk, 3);
}

}  // namespace
