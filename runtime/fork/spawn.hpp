// spawn.hpp: detached tasks, memory for tasks, and giving way.
#pragma once

#include <veda/task.h>

#include <cstddef>

#include "pool/worker.hpp"

namespace veda::rt {

void spawn_detached(registry& pool, veda_job_t* job) noexcept;

// A task made from a plain function; nullptr if out of memory. It frees itself before it runs fn.
using task_fn = void (*)(void* ctx, veda_worker_t* worker);
veda_job_t* make_task(task_fn fn, void* ctx) noexcept;

void* allocate_task(std::size_t size) noexcept;
void free_task(void* memory, std::size_t size) noexcept;

std::int32_t yield() noexcept;
std::int32_t yield_local() noexcept;

// Something of this runtime failed, and nobody will fetch that. From any thread.
void report_unhandled(const registry& pool, veda_status status, const char* message) noexcept;

}  // namespace veda::rt
