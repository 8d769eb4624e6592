// order_threads.hpp: a memory barrier on every thread of the process at once (the membarrier system call).
// It moves the price of an order from a path that is taken all the time to one that is taken rarely: the
// frequent side only keeps its own program order (keep_program_order in base/atomic.hpp).
#pragma once

namespace veda::rt::os {

// False where the system refuses the call. The first call registers the process.
bool can_order_threads() noexcept;

// Between the beginning of this call and its end, every thread of the process has executed a full barrier:
// what a thread wrote before it is visible to the caller afterwards, and what the caller wrote before the
// call is visible to every thread after its barrier. False if the system refuses, also from now on.
bool order_threads() noexcept;

}  // namespace veda::rt::os
