// thread.hpp: the one place that starts operating-system threads and moves them between CPUs.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace veda::rt::os {

struct thread_options {
    const char* name = "veda";       // at most 15 bytes are shown
    std::size_t stack_size = 8 << 20;
    int cpu = -1;                    // pin to this CPU; -1: none. Failure is not an error
};

// A started thread. It blocks asynchronous signals, which belong to the user's threads, but keeps what
// profilers and crash handlers need: a sampling profiler that does not see workers is of no use, and a
// blocked fault would kill the process past its own handler. It cannot be cancelled, and has a stack_guard.
class thread {
  public:
    // 0, or the errno of pthread_create (EAGAIN: the system refuses more threads).
    int start(const thread_options& options, void (*entry)(void*), void* argument) noexcept;
    void join() noexcept;
    bool started() const noexcept { return started_; }

  private:
    pthread_t handle_{};
    bool started_ = false;
};

// In the child of a fork: where the thread that forked was one of ours, the child, and what it executes, must
// not go on with all signals blocked. It gets the mask of the user's thread that started ours.
void open_signals_in_child() noexcept;

std::uint32_t thread_id() noexcept;  // the kernel's, of the calling thread
// CPU time that a thread of this process has used, in nanoseconds; unknown_time if the system does not say.
inline constexpr std::uint64_t unknown_time = UINT64_MAX;
std::uint64_t cpu_time_of(std::uint32_t thread_id) noexcept;
// True if the kernel says that the thread sleeps until somebody wakes it, or is stopped. False if it runs,
// waits for a CPU, or for a page or a disk, which comes by itself; also where the kernel says nothing.
bool sleeps(std::uint32_t thread_id) noexcept;
int current_cpu() noexcept;
void yield_thread() noexcept;
// At most so long; a signal may end it early.
void sleep_ns(std::uint64_t ns) noexcept;

// Moves the calling thread to another of its CPUs; its mask is the same afterwards. False if it may run
// nowhere else.
bool move_off_cpu(int cpu) noexcept;

// Asks the scheduler to run the calling thread in short slices (Linux 6.12 and later; elsewhere nothing
// happens). A thread with a short slice may preempt one with a longer slice when it is woken.
//
// Why: a virtual machine's kernel takes a halted CPU for a preempted one, and starts a woken thread on
// the waker's CPU although others are idle. If the waker then spins, the woken thread would wait for
// the end of the waker's slice, milliseconds later.
void ask_for_short_slices(std::uint64_t slice_ns) noexcept;

}  // namespace veda::rt::os
