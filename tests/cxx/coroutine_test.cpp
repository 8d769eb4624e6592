// coroutine_test.cpp: a coroutine that is resumed on another thread uses that thread's worker and values.
//
// Clang 16 keeps the address of a thread-local variable in the coroutine's frame, so that a fork goes to the
// worker that the coroutine has left. CMakeLists.txt builds this file by clang 16 as well, where it is there.
#include "support.hpp"

#include <gtest/gtest.h>

#include <coroutine>
#include <set>
#include <veda/combinable.hpp>

namespace {

// A coroutine that nobody awaits: it begins at once and frees itself at its end.
struct wanderer {
    struct promise_type {
        wanderer get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
    };
};

// Goes on as a task of another runtime, so on another thread.
struct moves_to {
    veda::runtime& there;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> rest) const {
        there.spawn([rest] { rest.resume(); }).detach();
    }
    void await_resume() const noexcept {}
};

constexpr int moves = 100;

// Where the calling worker puts its next fork. A call, so that the test itself reads nothing thread-local.
[[gnu::noinline]] veda_job_t** next_place() {
    return reinterpret_cast<const veda_worker_head_t*>(veda_worker_current())->head;
}
[[gnu::noinline]] const void* this_worker() { return veda_worker_current(); }

struct findings {
    std::set<const void*> workers;
    int right_places = 0;
    int sum = 0;
    std::atomic<bool> done{false};
};

wanderer fork_everywhere(veda::runtime& even, veda::runtime& odd, findings& found) {
    for (int i = 0; i < moves; ++i) {
        co_await moves_to{i % 2 == 0 ? even : odd};
        found.workers.insert(this_worker());
        veda_job_t** const before = next_place();
        auto [during, value] = veda::join([] { return next_place(); }, [i] { return i; });
        found.right_places += during == before + 1 && next_place() == before;
        found.sum += value;
    }
    found.done.store(true, std::memory_order_release);
}

TEST(Coroutine, ForksOnTheWorkerThatItMovedTo) {
    veda::runtime even(veda::config{}.workers(1));
    veda::runtime odd(veda::config{}.workers(1));
    findings found;
    fork_everywhere(even, odd, found);
    veda::test::await(found.done);
    EXPECT_GE(found.workers.size(), 2u);
    EXPECT_EQ(found.right_places, moves);
    EXPECT_EQ(found.sum, moves * (moves - 1) / 2);
}

struct values_found {
    int own = 0;
    std::atomic<bool> done{false};
};

wanderer note_workers(veda::runtime& even, veda::runtime& odd,
                      veda::combinable<const void*>& noted, values_found& found) {
    for (int i = 0; i < moves; ++i) {
        co_await moves_to{i % 2 == 0 ? even : odd};
        const void*& mine = noted.local();
        found.own += mine == nullptr || mine == this_worker();
        mine = this_worker();
    }
    found.done.store(true, std::memory_order_release);
}

TEST(Coroutine, UsesTheValueOfTheThreadThatItMovedTo) {
    veda::runtime even(veda::config{}.workers(1));
    veda::runtime odd(veda::config{}.workers(1));
    veda::combinable<const void*> noted([] { return nullptr; });
    values_found found;
    note_workers(even, odd, noted, found);
    veda::test::await(found.done);
    EXPECT_GE(noted.size(), 2u);
    EXPECT_EQ(found.own, moves);
}

}  // namespace
