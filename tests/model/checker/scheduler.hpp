// scheduler.hpp: which thread runs next. Every operation on shared memory is announced by point(),
// where any other thread may come first. Sleep sets leave out orders that differ only in the order
// of operations that do not see each other.
#pragma once

#include <cstdint>
#include <functional>

#include "model/checker/choices.hpp"
#include "model/checker/config.hpp"
#include "model/checker/fiber.hpp"
#include "model/checker/memory.hpp"

namespace veda::model {

enum class kind : std::uint8_t {
    local,  // touches nothing shared: the start of a thread, or going on after a wake
    load,
    store,
    modify,
    fence,
    barrier,
    futex_wait,
    futex_wake,
    lock,
    unlock,
    yield,
    join
};

class scheduler {
  public:
    void begin_execution(const config& how, choices& path, memory& words);
    void set_average(double steps) noexcept { average_steps_ = steps; }

    // Runs the body as thread 0 until every thread is done, or abandon() is called.
    void run(std::function<void()> body);
    [[noreturn]] void abandon() noexcept;

    int spawn(std::function<void()> entry);
    void point(kind what, const void* address, order how);
    // Until wake. timed: may end by itself where the configuration lets time pass; then false.
    bool block(kind why, const void* address, bool timed = false);
    void wake(int thread, kind then) noexcept;
    void wait_for_end(int thread);
    // Gives way until somebody else has stored something, or nobody else can run.
    void yield();

    int self() const noexcept { return self_; }
    int sleepers(kind why, const void* address, int* out) const noexcept;
    std::uint64_t tick() noexcept { return threads_[self_].ticks += how_->tick_step; }
    // The running thread's clock: a wait that ended by time took so long.
    void pass(std::uint64_t ticks) noexcept { threads_[self_].ticks += ticks; }
    int steps() const noexcept { return steps_; }
    bool pruned() const noexcept { return pruned_; }
    std::uint64_t timeouts() const noexcept { return timeouts_; }
    int take_spurious() noexcept { return spurious_++; }
    int spurious() const noexcept { return spurious_; }

  private:
    enum class state : std::uint8_t { ready, blocked, done };
    struct operation {
        kind what;
        const void* address;
        order how;
    };
    struct thread {
        fiber stack;
        std::function<void()> entry;
        state is;
        operation next;
        bool yielded, timed, timed_out;
        std::uint64_t yielded_at;  // how much others had stored then
        std::uint64_t ticks;
        int priority;
        int went_on;
    };

    static void thread_entry();
    static bool independent(const operation& a, const operation& b) noexcept;
    bool eligible(int t) const noexcept;
    std::uint64_t stores_of_others(int t) const noexcept;
    int options(int* out, bool& slept);
    int early_ends(int* out) const noexcept;
    int pick(const int* options, int count, int plain);
    void end_wait_by_time(int t) noexcept;
    bool wake_spinners();
    bool let_time_pass();
    int highest_priority(const int* options, int count);
    void put_to_sleep(const int* options, int chosen) noexcept;
    void reschedule();
    void go_to(int thread);
    [[noreturn]] void deadlock();

    const config* how_ = nullptr;
    choices* path_ = nullptr;
    memory* words_ = nullptr;
    thread threads_[max_threads];
    fiber outside_;  // the checker's own stack
    int count_ = 0, self_ = 0;
    int preemptions_ = 0, steps_ = 0, spurious_ = 0, early_timeouts_ = 0;
    std::uint32_t asleep_ = 0;  // the sleep set, a bit per thread
    bool pruned_ = false;
    std::uint64_t stores_at_idle_ = 0, timeouts_ = 0;
    int idle_rounds_ = 0;
    double average_steps_ = 50;
    int lowest_priority_ = 0;
    int change_points_[8] = {};
};

}  // namespace veda::model
