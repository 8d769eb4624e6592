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

// A started thread. Workers block asynchronous signals, which belong to the user's threads, but keep
// what profilers and crash handlers need.
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

std::uint32_t thread_id() noexcept;  // the kernel's
int current_cpu() noexcept;
void yield_thread() noexcept;

// While a thread sleeps, keeps its next wake-up off the given CPU; the thread itself calls
// restore_cpus when it runs again. False (and nothing to restore) if it may run nowhere else.
//
// Why: a virtual machine's kernel takes a halted CPU for a preempted one, and starts a woken thread on
// the waker's CPU although others are idle. If the waker then spins, the woken thread waits for a
// whole scheduler slice.
struct cpu_mask {
    std::uint64_t bits[16];
};
bool avoid_cpu(std::uint32_t thread_id, int cpu, cpu_mask& saved) noexcept;
void restore_cpus(const cpu_mask& saved) noexcept;

}  // namespace veda::rt::os
