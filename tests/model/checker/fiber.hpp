// fiber.hpp: a thread of the body under test: a stack of its own and a copy of the program's
// thread-local variables, run by the one thread of the checker. It knows no scheduling.
#pragma once

#include <cstddef>

namespace veda::model {

class fiber {
  public:
    static constexpr std::size_t stack_bytes = 256 << 10;

    fiber() noexcept = default;
    fiber(const fiber&) = delete;

    // Prepares a fresh run of entry, which must never return.
    void prepare(void (*entry)());
    // Leaves the fiber that runs (from) and goes on in to, where it last left.
    static void switch_to(fiber& from, fiber& to) noexcept;

    // The running thread's own, for fibers that were not prepared: remembers its thread-locals.
    void adopt_thread();

  private:
    void* stack_pointer_ = nullptr;
    char* stack_ = nullptr;
    char* thread_locals_ = nullptr;
};

}  // namespace veda::model
