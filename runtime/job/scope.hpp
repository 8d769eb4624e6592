// scope.hpp: what lies in the 128 opaque bytes of a veda_scope_t.
#pragma once

#include <veda/scope.h>

#include <cstdint>

#include "base/atomic.hpp"
#include "job/scope_latch.hpp"
#include "job/task_list.hpp"
#include "os/process.hpp"

namespace veda::rt {

class worker;
class registry;

struct scope {
    // Of an open scope. In the child of a fork it is another one, so that a scope of the parent is found
    // out by the same compare.
    static std::uint64_t open_mark() noexcept { return first_mark + os::generation; }
    static constexpr std::uint64_t first_mark = 0x76656461'73636f70;  // "vedascop"

    // Who may touch what: magic, owner, pool and entered are constant from begin to wait. latch is
    // for all. error is written once by the first failing task. floor and depth belong to the owner.
    std::uint64_t magic;
    scope_latch latch;
    worker* owner;
    registry* pool;
    atomic<std::uint64_t> failures;  // how many tasks failed
    char* message;         // the first error's, malloc'ed; written by whoever set error
    atomic<veda_status> error;
    std::uint32_t floor;   // the owner's spawn deque at begin: what lies above is younger
    std::uint32_t entered; // begin made the thread a guest
    std::uint32_t depth;   // how many scopes its owner had open, with this one
    task_list waiting;     // its tasks in the injector, which alone touches it
};
static_assert(sizeof(scope) <= sizeof(veda_scope_t));

}  // namespace veda::rt
