// environment_settings.hpp: the VEDA_* variables, parsed. For config.cpp only. An invalid value
// gets one warning that names the variable, the value and what is accepted, and counts as not set.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace veda::rt {

struct environment_settings {
    std::optional<std::uint32_t> worker_count;  // VEDA_NUM_THREADS
    std::optional<std::uint32_t> wait_policy;   // VEDA_WAIT_POLICY, VEDA_WAIT_*
    std::optional<std::uint64_t> spin_ns;       // VEDA_SPIN_US
    std::optional<std::uint32_t> pinning;       // VEDA_AFFINITY, VEDA_PIN_*
    std::vector<int> cpu_list;                  // VEDA_AFFINITY=<cpulist>; pinning is then CLOSE
    bool display = false;                       // VEDA_DISPLAY_ENV=1
};

environment_settings read_environment_settings();

}  // namespace veda::rt
