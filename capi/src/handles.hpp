// handles.hpp: what the opaque handles of the C ABI are, and how a pointer from outside is checked
// before anybody looks through it.
//
// A runtime handle is looked up in the table of live runtimes, so that a pointer to anything else, or
// to a runtime that was destroyed, is found out without being read. Scopes lie in the caller's own
// memory and carry a magic word.
#pragma once

#include "internals.hpp"

namespace veda::capi {

inline veda_runtime_t* handle_of(rt::registry* pool) noexcept {
    return reinterpret_cast<veda_runtime_t*>(pool);
}

// The registry behind a handle; nullptr with the error stored in status.
rt::registry* checked(veda_runtime_t* handle, const char* function, veda_status& status) noexcept;
rt::scope* checked(veda_scope_t* handle, const char* function, veda_status& status) noexcept;

// The table of live runtimes. False if it is full.
[[nodiscard]] bool add_live(rt::registry* pool) noexcept;
// False if somebody else removed it before.
[[nodiscard]] bool remove_live(rt::registry* pool) noexcept;

// Atomic, because what is no scope at all may be something that other threads write.
inline bool is_open(rt::scope& s) noexcept {
    return rt::atomic_view(s.magic).load(rt::relaxed) == rt::scope::live;
}

veda_status null_argument(const char* function, const char* argument) noexcept;

}  // namespace veda::capi
