// config.hpp: turns what the user asked for, the environment and the machine into settings that are
// complete and valid. API beats environment beats detection. Nothing here starts anything.
#pragma once

#include <veda/runtime.h>

#include <cstdint>
#include <string>
#include <vector>

namespace veda::rt {

enum class origin { detected, environment, api };

// Everything a registry needs to know; each value with where it came from, for VEDA_DISPLAY_ENV.
struct settings {
    std::uint32_t worker_count = 1;
    // A count that was found, not given, follows the machine, up to so many; else 0.
    std::uint32_t most_workers = 0;
    bool shares = false;  // such a count is this copy's fair part of what the machine allows
    std::uint32_t spare_workers = 8;
    std::uint32_t policy = VEDA_POLICY_ADAPTIVE;
    std::uint32_t pinning = VEDA_PIN_NONE;
    std::vector<int> cpu_list;  // VEDA_AFFINITY=<cpulist>: worker i on cpu_list[i % size]
    std::uint32_t wait_policy = VEDA_WAIT_ADAPTIVE;
    std::uint64_t spin_ns = 0;
    std::uint64_t stack_size = 8u << 20;
    std::string name_prefix = "veda";
    void (*on_worker_start)(void*, std::uint32_t) = nullptr;
    void (*on_worker_stop)(void*, std::uint32_t) = nullptr;
    void (*on_unhandled_error)(void*, veda_status, const char*) = nullptr;
    void (*thread_name)(void*, std::uint32_t, char*, std::size_t) = nullptr;
    void* hook_ctx = nullptr;

    origin worker_count_origin = origin::detected;
    origin wait_policy_origin = origin::detected;
    origin spin_origin = origin::detected;
    origin pinning_origin = origin::detected;
    origin spare_workers_origin = origin::detected;
    origin policy_origin = origin::detected;
    origin stack_size_origin = origin::detected;
    origin name_prefix_origin = origin::detected;
    std::string worker_count_reason;  // "affinity mask", "cgroup quota in <file>", ...
};

// Validates config (nullptr: defaults), then fills in environment and detection. On error the
// sentence names the field, the value and the range, and out is untouched.
// shares: it is for the default runtime, which divides the CPUs with those of other copies of the library.
veda_status resolve_settings(const veda_runtime_config_t* config, settings& out,
                             bool shares = false);

// What a worker's thread is called: the prefix, "-w" and the slot. Linux shows 15 bytes, so the prefix is cut
// where the number is long; never the number.
std::string worker_name(const std::string& prefix, std::uint32_t slot);

// VEDA_DISPLAY_ENV=1: the effective settings and where each came from, on stderr, once a runtime.
void display_settings(const settings& effective);

}  // namespace veda::rt
