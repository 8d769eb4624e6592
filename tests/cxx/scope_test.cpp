// scope_test.cpp: a scope ends after all its tasks, whatever they do.
#include "support.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

using namespace veda::test;

// guarantee: join-3
TEST(Scope, RunsEveryTaskBeforeItEnds) {
    in_every_pool([](std::uint32_t) {
        for (int n : {0, 1, 2, 100, 1000}) {
            std::vector<int> ran(static_cast<std::size_t>(n), 0);
            veda::scope([&](auto& s) {
                for (auto& r : ran) s.spawn([&r] { ++r; });
            });
            EXPECT_EQ(std::count(ran.begin(), ran.end(), 1), n);
        }
    });
}

TEST(Scope, GivesWhatItsBodyGives) {
    EXPECT_EQ(veda::scope([](auto&) { return 5; }), 5);
    EXPECT_EQ(veda::scope([] { return 6; }), 6);
    int x = 0;
    static_assert(std::is_same_v<decltype(veda::scope([&](auto&) -> int& { return x; })), int&>);
    EXPECT_EQ(&veda::scope([&](auto&) -> int& { return x; }), &x);
    EXPECT_EQ(*veda::scope([](auto&) { return std::make_unique<int>(8); }), 8);
}

void tree(veda::task_scope& s, int depth, std::atomic<int>& leaves) {
    if (depth == 0) {
        ++leaves;
        return;
    }
    s.spawn([depth, &leaves](veda::task_scope& inner) { tree(inner, depth - 1, leaves); });
    s.spawn([depth, &leaves](veda::task_scope& inner) { tree(inner, depth - 1, leaves); });
}

// guarantee: join-3
TEST(Scope, LetsTasksSpawnTasks) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> leaves{0};
        veda::scope([&](auto& s) { tree(s, 10, leaves); });
        EXPECT_EQ(leaves, 1024);
    });
}

TEST(Scope, Nests) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> ran{0};
        veda::scope([&](auto& outer) {
            for (int i = 0; i < 100; ++i) {
                outer.spawn([&] {
                    veda::scope([&](auto& inner) {
                        for (int k = 0; k < 10; ++k) inner.spawn([&] { ++ran; });
                    });
                });
            }
        });
        EXPECT_EQ(ran, 1000);
    });
}

TEST(Scope, TakesTasksFromOtherThreads) {
    std::atomic<int> ran{0};
    veda::scope([&](auto& s) {
        std::thread other([&] {
            for (int i = 0; i < 50; ++i) s.spawn([&] { ++ran; });
        });
        other.join();
    });
    EXPECT_EQ(ran, 50);
}

// guarantee: errors-4
TEST(Scope, RethrowsATasksExceptionAfterAllTasks) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> ran{0};
        EXPECT_EQ(thrown_by([&] {
                      veda::scope([&](auto& s) {
                          for (int i = 0; i < 100; ++i) {
                              s.spawn([&, i] {
                                  ++ran;
                                  if (i == 50) throw std::runtime_error("fifty");
                              });
                          }
                      });
                  }),
                  "fifty");
        EXPECT_EQ(ran, 100);
    });
}

TEST(Scope, PutsTheBodysExceptionFirst) {
    std::atomic<int> ran{0};
    EXPECT_EQ(thrown_by([&] {
                  veda::scope([&](auto& s) {
                      s.spawn([&] {
                          ++ran;
                          throw std::runtime_error("task");
                      });
                      throw std::runtime_error("body");
                  });
              }),
              "body");
    EXPECT_EQ(ran, 1);
}

// A closure is destroyed after its exception was kept and before its task is complete: what is
// spawned from there throws second.
// guarantee: errors-5
TEST(Scope, KeepsTheFirstOfManyExceptions) {
    struct spawns_at_the_end {
        veda::task_scope* scope;
        explicit spawns_at_the_end(veda::task_scope& s) : scope(&s) {}
        spawns_at_the_end(spawns_at_the_end&& other) : scope(std::exchange(other.scope, nullptr)) {}
        ~spawns_at_the_end() {
            if (scope != nullptr) scope->spawn([] { throw std::runtime_error("second"); });
        }
    };
    in_every_pool([](std::uint32_t) {
        EXPECT_EQ(
            thrown_by([&] {
                veda::scope([&](auto& s) {
                    s.spawn([last = spawns_at_the_end(s)] { throw std::runtime_error("first"); });
                });
            }),
            "first");
    });
}

TEST(Scope, DestroysEveryClosureOnceBeforeItEnds) {
    const long before = counted::alive();
    veda::scope([&](auto& s) {
        for (int i = 0; i < 100; ++i) s.spawn([c = counted(i)] { ASSERT_GE(c.value(), 0); });
    });
    EXPECT_EQ(counted::alive(), before);
    EXPECT_THROW(veda::scope([&](auto& s) {
                     for (int i = 0; i < 100; ++i) s.spawn([c = counted(i)] { throw 1; });
                 }),
                 int);
    EXPECT_EQ(counted::alive(), before);
}

TEST(Scope, DoesNotSpawnAClosureThatCannotBeMovedIn) {
    const long before = counted::alive();
    EXPECT_EQ(thrown_by([&] {
                  veda::scope([&](auto& s) {
                      auto closure = [c = counted(1)] {};
                      counted::throw_after() = 1;
                      s.spawn(closure);
                  });
              }),
              "a copy or move failed");
    EXPECT_EQ(counted::alive(), before);
}

// Closures that fit into a job's spare words, exactly and not quite.
TEST(Scope, KeepsClosuresOfEverySize) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> ran{0};
        veda::scope([&](auto& s) {
            for (int i = 0; i < 500; ++i) {
                s.spawn([&ran] { ++ran; });
                s.spawn([&ran, a = i] { ran += a >= 0; });
                s.spawn([&ran, a = i, b = &s] { ran += b != nullptr && a >= 0; });
                s.spawn([&ran, a = i, b = &s, c = i] { ran += b != nullptr && a == c; });
                s.spawn([&ran, a = std::make_unique<int>(i), c = i](veda::task_scope& own) {
                    if (*a == c) own.spawn([&ran] { ++ran; });
                });
                s.spawn([&ran, text = std::string("longer than any small string is")] {
                    ran += text.size() == 31;
                });
            }
        });
        EXPECT_EQ(ran, 3000);
    });
}

// Two scopes filled in turn by one task, which is the worst case for counts that are kept locally.
TEST(Scope, AlternatesBetweenScopes) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> outer_ran{0}, inner_ran{0};
        veda::scope([&](auto& outer) {
            for (int i = 0; i < 50; ++i) {
                outer.spawn([&](veda::task_scope& own) {
                    veda::scope([&](auto& inner) {
                        for (int k = 0; k < 40; ++k) {
                            inner.spawn([&] { ++inner_ran; });
                            own.spawn([&] { ++outer_ran; });
                        }
                    });
                });
            }
        });
        EXPECT_EQ(outer_ran, 2000);
        EXPECT_EQ(inner_ran, 2000);
    });
}

TEST(Scope, AlignsClosuresThatAskForIt) {
    struct alignas(128) wide {
        int value = 3;
    };
    std::atomic<int> misaligned{0};
    veda::scope([&](auto& s) {
        for (int i = 0; i < 10; ++i) {
            s.spawn([w = wide{}, &misaligned] {
                if (reinterpret_cast<std::uintptr_t>(&w) % 128 != 0 || w.value != 3) ++misaligned;
            });
        }
    });
    EXPECT_EQ(misaligned, 0);
}

TEST(Scope, MovesClosuresThatCannotBeCopied) {
    std::atomic<int> sum{0};
    veda::scope([&](auto& s) {
        for (int i = 0; i < 10; ++i) {
            s.spawn([p = std::make_unique<int>(i), &sum] { sum += *p; });
        }
    });
    EXPECT_EQ(sum, 45);
}

#ifndef VEDA_NO_INLINE_TIER
// What a worker keeps for its next tasks: each block once, and not more than a few.
TEST(Scope, KeepsAFewBlocksOfItsTasks) {
    veda::runtime pool(veda::config{}.workers(1));
    pool.run([] {
        using veda::detail::free_block, veda::detail::most_free_blocks;
        const auto kept = [] {
            std::vector<const free_block*> all;
            auto* at = static_cast<const free_block*>(veda::detail::this_head()->free_blocks);
            for (; at != nullptr; at = at->next) all.push_back(at);
            for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->count, all.size() - i);
            std::sort(all.begin(), all.end());
            EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
            return all;
        };
        const auto run_tasks = [](std::size_t n) {
            veda::scope([n](auto& s) {
                for (std::size_t i = 0; i < n; ++i) s.spawn([] {});
            });
        };
        run_tasks(3);
        const auto three = kept();
        EXPECT_EQ(three.size(), 3u);
        run_tasks(3);
        EXPECT_EQ(kept(), three);
        run_tasks(1000);
        EXPECT_EQ(kept().size(), most_free_blocks);
    });
}
#endif

TEST(Scope, ManyRoundsOfManySmallScopes) {
    in_every_pool([](std::uint32_t) {
        std::atomic<int> ran{0};
        for (int round = 0; round < 100; ++round) {
            veda::scope([&](auto& s) {
                for (int i = 0; i < 20; ++i) s.spawn([&] { ++ran; });
            });
        }
        EXPECT_EQ(ran, 2000);
    });
}

}  // namespace
