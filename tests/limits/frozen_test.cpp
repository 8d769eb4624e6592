// A worker that stands still, wherever it was, never stops the others from finishing what it does
// not hold. It is frozen by the freezer of the control groups where we may, else held in a signal
// handler.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>
#include <veda/veda.hpp>

#include "control_group.hpp"
#include "support/effort.hpp"

namespace {

using limits::control_group;
using std::chrono::steady_clock;

int thread_id() { return static_cast<int>(syscall(SYS_gettid)); }

template <class Condition>
testing::AssertionResult comes_true(Condition condition) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (steady_clock::now() > deadline) return testing::AssertionFailure() << "not in 10 s";
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    return testing::AssertionSuccess();
}

// Stops one thread of this process, and lets it go on.
class stopper {
  public:
    virtual ~stopper() = default;
    virtual bool stop(int thread) = 0;
    virtual void go_on(int thread) = 0;
};

class freezer final : public stopper {
  public:
    // A frozen thread cannot be killed, so a test that fails or is ended must not leave one behind:
    // another process thaws the group every 20 s, which at worst makes a fault shorter.
    explicit freezer(const control_group& group) : group_(group) {
        if (pipe2(pipe_, O_CLOEXEC) != 0) return;
        guardian_ = fork();
        if (guardian_ != 0) return;
        close(pipe_[1]);
        pollfd end{pipe_[0], POLLIN, 0};
        for (int turns = 0; turns < 20 && poll(&end, 1, 20'000) == 0; ++turns)
            group_.set("freezer.state", "THAWED");
        group_.set("freezer.state", "THAWED");
        _exit(0);
    }
    ~freezer() override {
        group_.set("freezer.state", "THAWED");
        close(pipe_[0]);
        close(pipe_[1]);
        waitpid(guardian_, nullptr, 0);
    }
    bool stop(int thread) override {
        if (!group_.take_thread(thread) || !group_.set("freezer.state", "FROZEN")) return false;
        return static_cast<bool>(
            comes_true([&] { return group_.get("freezer.state") == "FROZEN\n"; }));
    }
    void go_on(int thread) override {
        group_.set("freezer.state", "THAWED");
        group_.return_thread(thread);
    }

  private:
    const control_group& group_;
    int pipe_[2] = {-1, -1};
    pid_t guardian_ = -1;
};

// A handler that does not return. Of the signals that workers keep open, this one is for profilers.
class handler_trap final : public stopper {
  public:
    handler_trap() {
        struct sigaction action {};
        action.sa_handler = [](int) {
            caught_ = true;
            while (hold_) usleep(100);
            caught_ = false;
        };
        sigaction(SIGPROF, &action, nullptr);
    }
    bool stop(int thread) override {
        hold_ = true;
        return syscall(SYS_tgkill, getpid(), thread, SIGPROF) == 0 &&
               comes_true([] { return caught_.load(); });
    }
    void go_on(int) override {
        hold_ = false;
        EXPECT_TRUE(comes_true([] { return !caught_.load(); }));
    }

  private:
    static inline std::atomic<bool> hold_{false}, caught_{false};
};

// What the workers' threads are called by the kernel.
std::vector<int> threads_of(const veda::runtime& runtime) {
    std::vector<int> ids(runtime.worker_count());
    runtime.broadcast([&](std::uint32_t index) { ids[index] = thread_id(); });
    return ids;
}

// Everything that another thread may want from the runtime while one worker stands still.
void use_all_of_it(veda::runtime& runtime) {
    std::atomic<int> ran{0};
    for (int i = 0; i < 50; ++i) runtime.spawn([&] { ++ran; }).detach();
    ASSERT_TRUE(comes_true([&] {
        // A waiter in the runtime, or a drain, notices that nobody takes what is in sight.
        (void)veda_runtime_drain(runtime.raw(), 10'000'000);
        return ran == 50;
    })) << ran
        << " of 50 detached tasks ran";
}

// The worker stands still in the middle of a task: all else goes on.
void freeze_a_holder(stopper& stop) {
    veda::runtime runtime{veda::config{}.workers(3)};
    for (std::uint64_t round = 0; round < veda::test::scaled(20); ++round) {
        std::atomic<int> holder{0};
        std::atomic<bool> over{false};
        auto held = runtime.spawn([&] {
            holder = thread_id();
            while (!over) std::this_thread::yield();
            return 7;
        });
        ASSERT_TRUE(comes_true([&] { return holder != 0; }));
        ASSERT_TRUE(stop.stop(holder));
        over = true;
        use_all_of_it(runtime);
        EXPECT_FALSE(held.ready()) << "the worker really stood still";
        stop.go_on(holder);
        EXPECT_EQ(held.get(), 7);
    }
}

// The worker stands still wherever it is, mostly in a search or a steal. What the loop before it
// had given it may be held, so that loop is awaited only afterwards; what comes later must be
// finished.
void freeze_anywhere(stopper& stop) {
    veda::runtime runtime{veda::config{}.workers(3)};
    const std::vector<int> threads = threads_of(runtime);
    std::mt19937_64 random(veda::test::seed());
    int stopped = 0;
    for (std::uint64_t round = 0; round < veda::test::scaled(40); ++round) {
        std::atomic<bool> over{false};
        std::atomic<std::uint64_t> loops{0};
        std::thread busy([&] {
            while (!over) {
                std::atomic<int> seen{0};
                runtime.run([&] { veda::par(0, 2000).for_each([&](int) { ++seen; }); });
                EXPECT_EQ(seen, 2000);
                ++loops;
            }
        });
        while (loops < 2) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
        const int victim = threads[random() % threads.size()];
        const bool did = stop.stop(victim);
        over = true;
        if (did) {
            ++stopped;
            use_all_of_it(runtime);
            // Fork-join of its own, which nobody has to take part in; but who stands still may have
            // a part of it if it was just about to steal.
            stop.go_on(victim);
        }
        busy.join();
    }
    EXPECT_GT(stopped, 0) << "the fault never fired";
    std::printf("stopped a worker %d times\n", stopped);
}

// guarantee: threads-5
TEST(Frozen, InATask) {
    const control_group group("freezer");
    if (!group) GTEST_SKIP() << "no freezer of version 1 that this user may make groups in";
    freezer stop(group);
    freeze_a_holder(stop);
}

// guarantee: threads-5
TEST(Frozen, Anywhere) {
    const control_group group("freezer");
    if (!group) GTEST_SKIP() << "no freezer of version 1 that this user may make groups in";
    freezer stop(group);
    freeze_anywhere(stop);
}

TEST(HeldInAHandler, InATask) {
    handler_trap stop;
    freeze_a_holder(stop);
}

// guarantee: threads-5
TEST(HeldInAHandler, Anywhere) {
    handler_trap stop;
    freeze_anywhere(stop);
}

}  // namespace
