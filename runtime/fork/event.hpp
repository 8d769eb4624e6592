// event.hpp: one-shot events: wait without holding a place.
#pragma once

#include <veda/task.h>

namespace veda::rt {

void wait_for_event(veda_event_t& event) noexcept;
void set_event(veda_event_t& event) noexcept;
bool event_is_set(const veda_event_t& event) noexcept;

}  // namespace veda::rt
