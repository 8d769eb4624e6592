// stack_guard.hpp: a thread of the runtime whose stack is full dies with a sentence that says so,
// instead of a bare SIGSEGV. One on each thread's own stack, for as long as the thread runs;
// thread.cpp alone makes them.
//
// Polite: the handler is installed once, only where the program has none of its own, claims only
// faults in the guard of a thread of ours, and lets every fault take its usual course afterwards.
// Under a sanitizer, which has a handler of its own, nothing happens.
#pragma once

#include <cstddef>

namespace veda::rt::os {

class stack_guard {
  public:
    // name is the thread's; it must live as long as the guard.
    explicit stack_guard(const char* name) noexcept;
    ~stack_guard();
    stack_guard(const stack_guard&) = delete;

  private:
    void* handler_stack_ = nullptr;
};

// True if the address lies on the calling thread's own stack, not on one that the user has made (a
// coroutine's). Slow.
bool on_own_stack(const void* address) noexcept;

}  // namespace veda::rt::os
