// config.cpp: checks the caller's configuration, then asks the environment, then the machine.
// Called by the C API when a runtime is created; it starts nothing and changes nothing on any
// error.
#include "pool/config.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/sized.hpp"
#include "base/status.hpp"
#include "os/cpu_limit.hpp"
#include "os/cpu_share.hpp"
#include "pool/environment_settings.hpp"

namespace veda::rt {

namespace {

using config = veda_runtime_config_t;

constexpr std::uint32_t oldest_config = 128;  // sizeof(config) of the first header of ABI 1
constexpr std::uint64_t smallest_stack = 64u << 10;
constexpr std::uint64_t largest_stack = 1u << 30;
constexpr std::uint64_t default_stack = 8u << 20;
constexpr std::uint64_t longest_spin_ns = 1'000'000'000;
constexpr std::size_t longest_prefix = 10;
constexpr std::size_t shown_prefix = 60;  // of one that is too long
constexpr std::uint32_t fewest_spares = 8;

veda_status check_counts(const config& given) {
    if (given.worker_count > VEDA_MAX_WORKERS)
        return fail(VEDA_E_RANGE, "worker_count is %u, must be 1..%u (or 0 for automatic)",
                    given.worker_count, VEDA_MAX_WORKERS);
    if (given.spare_workers > VEDA_MAX_WORKERS && given.spare_workers != VEDA_NO_SPARE_WORKERS)
        return fail(VEDA_E_RANGE,
                    "spare_workers is %u, must be 1..%u (or 0 for automatic, or VEDA_NO_SPARE_WORKERS)",
                    given.spare_workers, VEDA_MAX_WORKERS);
    if (given.stack_size != 0 &&
        (given.stack_size < smallest_stack || given.stack_size > largest_stack))
        return fail(VEDA_E_RANGE, "stack_size is %llu, must be %llu..%llu bytes (or 0 for 8 MiB)",
                    static_cast<unsigned long long>(given.stack_size),
                    static_cast<unsigned long long>(smallest_stack),
                    static_cast<unsigned long long>(largest_stack));
    if (given.spin_ns > longest_spin_ns)
        return fail(VEDA_E_RANGE,
                    "spin_ns is %llu, must be 1..%llu (or 0 for the default of the policy)",
                    static_cast<unsigned long long>(given.spin_ns),
                    static_cast<unsigned long long>(longest_spin_ns));
    return VEDA_OK;
}

veda_status check_choices(const config& given) {
    if (given.policy > VEDA_POLICY_DETERMINISTIC)
        return fail(VEDA_E_RANGE, "policy is %u, must be a VEDA_POLICY_* value, 0..%u",
                    given.policy, VEDA_POLICY_DETERMINISTIC);
    if (given.policy == VEDA_POLICY_DETERMINISTIC)
        return fail(VEDA_E_UNSUPPORTED,
                    "policy is %u (VEDA_POLICY_DETERMINISTIC), which is reserved: this version "
                    "supports 0..%u",
                    given.policy, VEDA_POLICY_LOW_LATENCY);
    if (given.pinning > VEDA_PIN_NONE_ALWAYS)
        return fail(VEDA_E_RANGE, "pinning is %u, must be a VEDA_PIN_* value, 0..%u", given.pinning,
                    VEDA_PIN_NONE_ALWAYS);
    if (given.wait_policy > VEDA_WAIT_ADAPTIVE_ALWAYS)
        return fail(VEDA_E_RANGE, "wait_policy is %u, must be a VEDA_WAIT_* value, 0..%u",
                    given.wait_policy, VEDA_WAIT_ADAPTIVE_ALWAYS);
    return VEDA_OK;
}

veda_status check_rest(const config& given) {
    const char* prefix = given.thread_name_prefix;
    const std::size_t length = prefix != nullptr ? strnlen(prefix, shown_prefix + 1) : 0;
    if (length > longest_prefix)
        return fail(VEDA_E_RANGE, "thread_name_prefix is \"%.*s\"%s, must be 0..%zu bytes long",
                    static_cast<int>(shown_prefix), prefix, length > shown_prefix ? "..." : "",
                    longest_prefix);
    return check_reserved(given.reserved, "");
}

veda_status check(const config& given) {
    if (veda_status status = check_counts(given)) return status;
    if (veda_status status = check_choices(given)) return status;
    return check_rest(given);
}

origin given_or_default(bool given) { return given ? origin::api : origin::detected; }

// What has no variable in the environment.
void take_plain_fields(const config& given, settings& out) {
    out.policy = given.policy;
    out.policy_origin = given_or_default(given.policy != VEDA_POLICY_FIXED);
    out.stack_size = given.stack_size != 0 ? given.stack_size : default_stack;
    out.stack_size_origin = given_or_default(given.stack_size != 0);
    out.name_prefix = given.thread_name_prefix != nullptr ? given.thread_name_prefix : "veda";
    out.name_prefix_origin = given_or_default(given.thread_name_prefix != nullptr);
    out.on_worker_start = given.on_worker_start;
    out.on_worker_stop = given.on_worker_stop;
    out.on_unhandled_error = given.on_unhandled_error;
    out.thread_name = given.thread_name;
    out.hook_ctx = given.hook_ctx;
}

void choose_pinning(const config& given, const environment_settings& environment, settings& out) {
    if (given.pinning != VEDA_PIN_NONE) {
        out.pinning = given.pinning == VEDA_PIN_NONE_ALWAYS ? VEDA_PIN_NONE : given.pinning;
        out.pinning_origin = origin::api;
    } else if (environment.pinning) {
        out.pinning = *environment.pinning;
        out.cpu_list = environment.cpu_list;
        out.pinning_origin = origin::environment;
    }
}

void choose_wait_policy(const config& given, const environment_settings& environment,
                        settings& out) {
    if (given.wait_policy != VEDA_WAIT_ADAPTIVE) {
        const bool adaptive = given.wait_policy == VEDA_WAIT_ADAPTIVE_ALWAYS;
        out.wait_policy = adaptive ? VEDA_WAIT_ADAPTIVE : given.wait_policy;
        out.wait_policy_origin = origin::api;
    } else if (environment.wait_policy) {
        out.wait_policy = *environment.wait_policy;
        out.wait_policy_origin = origin::environment;
    }
}

std::uint64_t default_spin_ns(std::uint32_t policy) {
    if (policy == VEDA_POLICY_LOW_LATENCY) return 200'000;
    if (policy == VEDA_POLICY_ENERGY_EFFICIENT) return 0;
    return 50'000;
}

// Needs the policy and the wait policy. A passive worker never spins, whatever the budget says.
void choose_spin(const config& given, const environment_settings& environment, settings& out) {
    out.spin_ns = default_spin_ns(out.policy);
    if (given.spin_ns != 0) {
        out.spin_ns = given.spin_ns;
        out.spin_origin = origin::api;
    } else if (environment.spin_ns) {
        out.spin_ns = *environment.spin_ns;
        out.spin_origin = origin::environment;
    }
    if (out.wait_policy == VEDA_WAIT_PASSIVE && out.spin_ns != 0) {
        out.spin_ns = 0;
        out.spin_origin = out.wait_policy_origin;
    }
}

void lower_to(std::uint32_t limit, std::string reason, settings& out) {
    if (limit == 0 || limit >= out.worker_count) return;
    out.worker_count = limit;
    out.worker_count_reason = std::move(reason);
}

// Needs the pinning: workers that share a CPU of a list would only be in each other's way.
void detect_worker_count(settings& out, bool shares) {
    const os::cpu_limits limits = os::read_cpu_limits();
    out.worker_count = std::max(1u, limits.affinity);
    out.worker_count_reason = "affinity mask";
    lower_to(static_cast<std::uint32_t>(out.cpu_list.size()), "CPUs named by VEDA_AFFINITY", out);
    lower_to(limits.quota, "cgroup quota in " + limits.quota_file, out);
    // One thread of the margin is left for the one that follows these limits.
    const std::uint32_t threads = limits.pids_margin - (limits.pids_margin > 1 ? 1 : 0);
    lower_to(threads, "pids limit in " + limits.pids_file, out);
    lower_to(VEDA_MAX_WORKERS, "the most that veda supports", out);
    out.most_workers = std::clamp(os::configured_cpus(), out.worker_count, VEDA_MAX_WORKERS);
    if (const auto listed = static_cast<std::uint32_t>(out.cpu_list.size()))
        out.most_workers = std::min(out.most_workers, std::max(listed, out.worker_count));
    out.shares = shares;
    if (shares)
        lower_to(os::share_of(out.worker_count),
                 "a fair part of " + std::to_string(out.worker_count) + " CPUs, for " +
                     std::to_string(os::seats_taken()) + " copies of veda run in this process",
                 out);
}

void choose_worker_count(const config& given, const environment_settings& environment,
                         settings& out, bool shares) {
    if (given.worker_count != 0) {
        out.worker_count = given.worker_count;
        out.worker_count_origin = origin::api;
        out.worker_count_reason = "worker_count of the configuration";
    } else if (environment.worker_count) {
        out.worker_count = *environment.worker_count;
        out.worker_count_origin = origin::environment;
        out.worker_count_reason = "VEDA_NUM_THREADS";
    } else {
        detect_worker_count(out, shares);
    }
    switch (given.spare_workers) {
        case 0: out.spare_workers = std::max(fewest_spares, out.worker_count); break;
        case VEDA_NO_SPARE_WORKERS: out.spare_workers = 0; break;
        default: out.spare_workers = given.spare_workers;
    }
    out.spare_workers_origin = given_or_default(given.spare_workers != 0);
}

}  // namespace

veda_status resolve_settings(const veda_runtime_config_t* config, settings& out, bool shares) {
    veda_runtime_config_t given{};
    if (config != nullptr)
        if (veda_status status =
                copy_sized(*config, given, oldest_config, "", "veda_runtime_config_t"))
            return status;
    if (veda_status status = check(given)) return status;

    const environment_settings environment = read_environment_settings();
    settings chosen;
    take_plain_fields(given, chosen);
    choose_pinning(given, environment, chosen);
    choose_wait_policy(given, environment, chosen);
    choose_spin(given, environment, chosen);
    choose_worker_count(given, environment, chosen, shares);
    out = std::move(chosen);
    return VEDA_OK;
}

std::string worker_name(const std::string& prefix, std::uint32_t slot) {
    constexpr std::size_t shown = 15;
    const std::string number = (slot < 10 ? "-w0" : "-w") + std::to_string(slot);
    return prefix.substr(0, shown - number.size()) + number;
}

}  // namespace veda::rt
