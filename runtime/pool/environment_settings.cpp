// environment_settings.cpp: the parsers. VEDA_LOG's is not here: the log reads it itself, perhaps before
// there is any runtime.
#include "pool/environment_settings.hpp"

#include <veda/runtime.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "os/cpu_limit.hpp"
#include "os/cpu_list.hpp"
#include "os/environment.hpp"
#include "os/log.hpp"

namespace veda::rt {

namespace {

constexpr std::uint64_t longest_spin_us = 1'000'000;

// An empty variable counts as not set, as users of shells expect.
const char* value_of(const char* variable) {
    const char* value = os::environment(variable);
    return value != nullptr && *value != '\0' ? value : nullptr;
}

void warn_invalid(const char* variable, const char* value, const char* accepted) {
    os::log(os::log_level::warn, "%s is \"%.80s\", must be %s; using the default", variable, value,
            accepted);
}

std::optional<std::uint64_t> read_number(const char* variable, std::uint64_t least,
                                         std::uint64_t most, const char* accepted) {
    const char* value = value_of(variable);
    if (value == nullptr) return std::nullopt;
    std::uint64_t number = 0;
    const char* end = value + std::strlen(value);
    const auto [stop, error] = std::from_chars(value, end, number);
    if (error == std::errc{} && stop == end && number >= least && number <= most) return number;
    warn_invalid(variable, value, accepted);
    return std::nullopt;
}

std::optional<std::uint32_t> read_worker_count() {
    const auto number = read_number("VEDA_NUM_THREADS", 1, VEDA_MAX_WORKERS, "1..1024");
    if (!number) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::optional<std::uint64_t> read_spin_ns() {
    const auto number = read_number("VEDA_SPIN_US", 0, longest_spin_us, "0..1000000");
    if (!number) return std::nullopt;
    return *number * 1000;
}

std::optional<std::uint32_t> read_wait_policy() {
    const char* value = value_of("VEDA_WAIT_POLICY");
    if (value == nullptr) return std::nullopt;
    const std::string_view name = value;
    if (name == "adaptive") return VEDA_WAIT_ADAPTIVE;
    if (name == "active") return VEDA_WAIT_ACTIVE;
    if (name == "passive") return VEDA_WAIT_PASSIVE;
    warn_invalid("VEDA_WAIT_POLICY", value, "adaptive, active or passive");
    return std::nullopt;
}

// A list that names a CPU which this process may not use is refused as a whole: half of a pinning
// is a surprise.
std::vector<int> parse_allowed_list(std::string_view text) {
    const auto list = os::parse_cpu_list(text);
    if (!list) return {};
    const auto allowed = os::allowed_cpus();
    const bool usable = std::all_of(list->begin(), list->end(), [&](int cpu) {
        return std::binary_search(allowed.begin(), allowed.end(), cpu);
    });
    return usable ? *list : std::vector<int>{};
}

void read_affinity(environment_settings& out) {
    const char* value = value_of("VEDA_AFFINITY");
    if (value == nullptr) return;
    const std::string_view name = value;
    if (name == "none") {
        out.pinning = VEDA_PIN_NONE;
    } else if (name == "close") {
        out.pinning = VEDA_PIN_CLOSE;
    } else if (name == "spread") {
        out.pinning = VEDA_PIN_SPREAD;
    } else if (out.cpu_list = parse_allowed_list(name); !out.cpu_list.empty()) {
        out.pinning = VEDA_PIN_CLOSE;
    } else {
        warn_invalid("VEDA_AFFINITY", value,
                     "none, spread, close, or a list of allowed CPUs such as 0-3,6");
    }
}

bool read_display() {
    const char* value = value_of("VEDA_DISPLAY_ENV");
    if (value == nullptr || std::strcmp(value, "0") == 0) return false;
    if (std::strcmp(value, "1") == 0) return true;
    warn_invalid("VEDA_DISPLAY_ENV", value, "0 or 1");
    return false;
}

// Better one line than a user who waits for a trace that never comes.
void warn_about_later_features() {
    for (const char* variable : {"VEDA_TRACE", "VEDA_DETERMINISTIC", "VEDA_PLUGIN"})
        if (const char* value = value_of(variable))
            os::log(os::log_level::warn, "%s is \"%.80s\", but this version does not act on it yet",
                    variable, value);
}

}  // namespace

environment_settings read_environment_settings() {
    environment_settings found;
    (void)os::log_threshold();  // which warns about a bad VEDA_LOG even if nothing else is said
    found.worker_count = read_worker_count();
    found.wait_policy = read_wait_policy();
    found.spin_ns = read_spin_ns();
    read_affinity(found);
    found.display = read_display();
    warn_about_later_features();
    return found;
}

}  // namespace veda::rt
