// scopes.hpp: begin, fill and end a scope. All on the caller's own veda_scope_t.
#pragma once

#include "job/scope.hpp"
#include "pool/worker.hpp"

namespace veda::rt {

// VEDA_E_BUSY if the thread is outside and every guest place is taken.
veda_status begin_scope(scope& s, registry& pool) noexcept;

void spawn_in(scope& s, veda_job_t* job) noexcept;
void spawn_in(scope& s, veda_job_t* first, std::size_t count, std::size_t stride) noexcept;

void fail_scope(scope& s, veda_status status, const char* message) noexcept;

// The scope's first error, or VEDA_OK. The scope is closed.
veda_status end_scope(scope& s) noexcept;

}  // namespace veda::rt
