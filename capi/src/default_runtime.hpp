// default_runtime.hpp: the one runtime that starts at its first use and ends by veda_shutdown. Any thread may
// find, start and end it at any time. Nothing here waits for a task while it holds a lock: a task may ask for
// the default runtime.
#pragma once

#include "handles.hpp"

namespace veda::capi {

// Defined in runtime.cpp. On any error *out is null, and the calling thread's last sentence says why.
veda_status create_runtime(const veda_runtime_config_t* config, rt::registry** out,
                           bool is_default = false) noexcept;

// The default runtime, started if there is none. *out is null exactly if an error is returned; another thread
// may have ended the runtime by the time its handle is used, which then says so.
veda_status find_default(rt::registry** out, const char* function) noexcept;

// VEDA_E_STATE if there is one.
veda_status start_default(const veda_runtime_config_t* config, const char* function) noexcept;

// VEDA_E_BUSY if it is not idle in time, and then it has gone on as before: no call was refused.
veda_status end_default(std::uint64_t timeout_ns, const char* function) noexcept;

bool is_default(const rt::registry* pool) noexcept;

// In the child of a fork: there is none.
void forget_default() noexcept;

}  // namespace veda::capi
