// display_settings.cpp: VEDA_DISPLAY_ENV=1. Prints, decides nothing.
#include <veda/version.h>

#include <cstdio>

#include "os/uncancelled.hpp"
#include "pool/config.hpp"
#include "pool/environment_settings.hpp"

namespace veda::rt {

namespace {

// variable is the one that would have set it, if there is one.
std::string source_of(origin from, const char* variable) {
    switch (from) {
        case origin::api:
            return "configuration";
        case origin::environment:
            return std::string("environment: ") + variable;
        case origin::detected:
            break;
    }
    return "default";
}

const char* policy_name(std::uint32_t policy) {
    constexpr const char* names[] = {"fixed", "adaptive", "energy-efficient", "low-latency",
                                     "deterministic"};
    return names[policy];
}

const char* wait_policy_name(std::uint32_t policy) {
    constexpr const char* names[] = {"adaptive", "active", "passive"};
    return names[policy];
}

std::string pinning_text(const settings& effective) {
    constexpr const char* names[] = {"none", "close", "spread"};
    if (effective.cpu_list.empty()) return names[effective.pinning];
    std::string list;
    for (int cpu : effective.cpu_list) list += (list.empty() ? "" : ",") + std::to_string(cpu);
    return list;
}

void add_line(std::string& text, const char* name, const std::string& value,
              const std::string& from) {
    text += std::string("veda:   ") + name + " = " + value + " (" + from + ")\n";
}

// A passive wait policy sets the spin too.
const char* spin_variable(const settings& effective) {
    return effective.wait_policy == VEDA_WAIT_PASSIVE ? "VEDA_WAIT_POLICY" : "VEDA_SPIN_US";
}

// A detected count says what it was detected from.
std::string worker_count_source(const settings& effective) {
    if (effective.worker_count_origin == origin::detected)
        return "detected: " + effective.worker_count_reason;
    return source_of(effective.worker_count_origin, "VEDA_NUM_THREADS");
}

std::string describe(const settings& effective) {
    std::string text = "veda: effective settings of version " + std::to_string(VEDA_VERSION_MAJOR) +
                       "." + std::to_string(VEDA_VERSION_MINOR) + "." +
                       std::to_string(VEDA_VERSION_PATCH) + "\n";
    add_line(text, "worker_count", std::to_string(effective.worker_count),
             worker_count_source(effective));
    add_line(text, "spare_workers", std::to_string(effective.spare_workers),
             source_of(effective.spare_workers_origin, ""));
    add_line(text, "policy", policy_name(effective.policy),
             source_of(effective.policy_origin, ""));
    add_line(text, "pinning", pinning_text(effective),
             source_of(effective.pinning_origin, "VEDA_AFFINITY"));
    add_line(text, "wait_policy", wait_policy_name(effective.wait_policy),
             source_of(effective.wait_policy_origin, "VEDA_WAIT_POLICY"));
    add_line(text, "spin_ns", std::to_string(effective.spin_ns),
             source_of(effective.spin_origin, spin_variable(effective)));
    add_line(text, "stack_size", std::to_string(effective.stack_size),
             source_of(effective.stack_size_origin, ""));
    add_line(text, "thread_name_prefix", effective.name_prefix,
             source_of(effective.name_prefix_origin, ""));
    return text;
}

}  // namespace

void display_settings(const settings& effective) {
    if (!read_environment_settings().display) return;
    const std::string text = describe(effective);
    const os::uncancelled shield;
    std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace veda::rt
