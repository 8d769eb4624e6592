// machine.hpp: the checker's parts put together, and the operations that the shims in shim.hpp,
// thread.hpp and os.cpp call. One machine, one body at a time.
#pragma once

#include <functional>
#include <source_location>
#include <string>

#include "model/checker/choices.hpp"
#include "model/checker/config.hpp"
#include "model/checker/memory.hpp"
#include "model/checker/scheduler.hpp"

namespace veda::model {

struct machine {
    config how;
    result found;
    choices path;
    memory words;
    scheduler threads;
    bool running = false;  // a body is being run
    int threads_left = 0;  // how many more the system grants to the runtime
    std::string trace;
};

machine& the() noexcept;
inline bool running() noexcept { return the().running; }

// Explores the body within the bounds of how.
result explore(const config& how, const std::function<void()>& body);

// Ends the execution, and the search, with this finding.
[[noreturn]] void fail(const std::string& message);

// -- operations, each a scheduling point ----------------------------------------------------------

using place = std::source_location;

std::uint64_t word_load(const void* word, unsigned size, order how, const place& at);
void word_store(void* word, unsigned size, std::uint64_t value, order how, const place& at);
std::uint64_t word_modify(void* word, unsigned size, rmw what, std::uint64_t operand, order how,
                          const char* name, const place& at);
// What a compare-exchange with one order has on failure.
constexpr order failure_of(order success) {
    return success == order::acq_rel   ? order::acquire
           : success == order::release ? order::relaxed
                                       : success;
}
// failure_given: the code names it, so it is an order of its own to the mutation gate.
bool word_compare_exchange(void* word, unsigned size, std::uint64_t& expected,
                           std::uint64_t desired, order success, order failure, bool failure_given,
                           bool weak, const char* name, const place& at);
void fence(order how, const place& at = place::current());
// A seq_cst fence on every thread at once, as membarrier makes one.
void barrier(const place& at = place::current());
// Gives way, as a spin loop does with cpu_relax.
void yield();

// False if the wait ended by time.
bool futex_wait(const void* word, std::uint32_t expected, bool timed);
void futex_wake(const void* word, int count);
void lock(const void* mutex);
bool try_lock(const void* mutex);
void unlock(const void* mutex);

void born(const void* address, unsigned size);
void died(const void* address);

}  // namespace veda::model
