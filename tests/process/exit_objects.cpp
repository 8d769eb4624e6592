// exit_objects: C++ objects with static and thread storage that use the library in their
// destructors, and a runtime that is one of them; in the child of a fork, too.
#include <atomic>
#include <cstdlib>
#include <thread>
#include <veda/veda.hpp>

#include "process.h"

namespace {

int expected_uses;
std::atomic<int> uses{0};

void use() {
    CHECK(veda::par(0, 1000).sum() == 499500);
    auto [a, b] = veda::join([] { return 1; }, [] { return 2; });
    CHECK(a + b == 3);
    ++uses;
}

struct uses_at_its_end {
    ~uses_at_its_end() {
        if (expected_uses != 0) use();
    }
};

// Made first, so it ends last.
struct judge {
    ~judge() {
        if (expected_uses != 0) _exit(uses == expected_uses ? 0 : 1);
    }
} last;

uses_at_its_end plain;

// Made during static initialisation, before main: it has workers already.
veda::runtime early{veda::config{}.workers(2)};

uses_at_its_end younger_than_the_runtime;

thread_local uses_at_its_end per_thread;

// guarantee: exit-2 at process_exit_objects.static_and_thread_storage
void static_and_thread_storage() {
    expected_uses = 4;
    (void)&per_thread;  // makes it
    std::thread([] { (void)&per_thread; }).join();
    CHECK(uses == 1);
    early.spawn([] {}).detach();
    std::exit(1);  // the judge knows better
}

// guarantee: exit-2 at process_exit_objects.never_used_before
void never_used_before() {
    expected_uses = 2;
    std::exit(1);
}

// A static runtime belongs to the parent; the child's exit must not trip over it.
// guarantee: fork-3 at process_exit_objects.in_the_child_of_a_fork
void in_the_child_of_a_fork() {
    CHECK(early.run([] { return 5; }) == 5);
    const pid_t child = fork_watched();
    if (child == 0) {
        try {
            early.run([] {});
            CHECK(false);
        } catch (const veda::error& refused) {
            CHECK_STATUS(refused.status(), VEDA_E_FORKED);
        }
        use();
        expected_uses = 3;
        std::exit(1);
    }
    check_child_ok(child);
    CHECK(early.run([] { return 6; }) == 6);
}

// The join's frames are the parent's: the child may not go on with them, whoever has the other half. With
// one worker nobody but this thread has it, and the join is an inlined one.
// guarantee: fork-5 at process_exit_objects.return_through_a_join
void return_through_a_join() {
    const veda::runtime alone{veda::config{}.workers(1)};
    const pid_t parent = getpid();
    pid_t child = -1;
    const auto forks = [&] {
        child = fork_watched();
        if (child == 0 && freopen("/dev/null", "w", stderr) == nullptr) _exit(4);
        return 1;
    };
    const auto second = [&] {
        if (getpid() != parent) _exit(3);
        return 2;
    };
    const auto both = alone.run([&] { return veda::join(forks, second); });
    CHECK(both.first == 1 && both.second == 2);
    const int status = status_of(child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

const process_case cases[] = {
    CASE(static_and_thread_storage),
    CASE(never_used_before),
    CASE(in_the_child_of_a_fork),
    CASE(return_through_a_join),
};

}  // namespace

PROCESS_MAIN(cases, 120)
