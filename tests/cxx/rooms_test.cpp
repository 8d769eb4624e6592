// rooms_test.cpp: the inlined loops and forks let in what comes from outside. Without that they would go on
// for ever; that is what the time limit of the test is for.
#include <gtest/gtest.h>
#include <veda/veda.hpp>

#include <atomic>
#include <cstdint>
#include <thread>

namespace {

struct beside {
    std::atomic<bool> begun{false}, done{false};
    bool look() {
        begun.store(true);
        return done.load();
    }
};

// runs(state) goes on until state.done.
template <class F>
void expect_room_in(F runs, std::uint32_t workers) {
    veda::runtime pool(veda::config{}.workers(workers));
    beside state;
    std::thread outside([&] {
        while (!state.begun.load()) std::this_thread::yield();
        pool.spawn([&] { state.done.store(true); }).detach();
    });
    pool.run([&] { runs(state); });
    outside.join();
    pool.drain();
}

void recurse(beside& state, int depth) {
    if (depth == 0 || state.look()) return;
    veda::join([&] { recurse(state, depth - 1); }, [&] { recurse(state, depth - 1); });
}

void search(beside& state) {
    EXPECT_TRUE(veda::par(0ull, 1ull << 60).any_of([&](auto) { return state.look(); }));
}

// guarantee: progress-14
TEST(Rooms, InAChain) { expect_room_in(search, 1); }
TEST(Rooms, InAChainOnTwoWorkers) { expect_room_in(search, 2); }
TEST(Rooms, InARecursion) {
    expect_room_in([](beside& state) { recurse(state, 60); }, 1);
}
TEST(Rooms, AroundShortChains) {
    expect_room_in(
        [](beside& state) {
            while (!state.look()) veda::par(0, 64).for_each([&](int) { state.look(); });
        },
        2);
}

}  // namespace
