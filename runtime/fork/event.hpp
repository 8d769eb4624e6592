// event.hpp: one-shot events: wait without holding a place.
#pragma once

#include <veda/task.h>

#include "os/futex.hpp"

namespace veda::rt {

// VEDA_E_BUSY if the time is over: the event may be waited for again. VEDA_E_STATE if somebody waits for
// it already. function is who is to blame in the sentence.
veda_status wait_for_event(veda_event_t& event, std::uint64_t timeout_ns = os::forever,
                           const char* function = "veda_event_wait") noexcept;
void set_event(veda_event_t& event) noexcept;
bool event_is_set(const veda_event_t& event) noexcept;

}  // namespace veda::rt
