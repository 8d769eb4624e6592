// environment.hpp: reads VEDA_* variables; ignores them in set-uid programs.
#pragma once

namespace veda::rt::os {

// nullptr if unset.
const char* environment(const char* name) noexcept;

}  // namespace veda::rt::os
