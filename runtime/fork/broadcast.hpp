// broadcast.hpp: one call on each regular worker.
#pragma once

#include "fork/spawn.hpp"

namespace veda::rt {

veda_status broadcast(registry& pool, task_fn fn, void* ctx) noexcept;

}  // namespace veda::rt
