// Configurations: what is refused and in which words, what the environment may say, and who beats whom.
#include "pool/config.hpp"
#include "pool/pinning.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <functional>

#include "base/status.hpp"
#include "os/cpu_limit.hpp"

namespace {

using namespace veda::rt;
using config = veda_runtime_config_t;

config zeroed() {
    config given{};
    given.struct_size = sizeof given;
    return given;
}

class Config : public testing::Test {
  protected:
    Config() {
        for (const char* name : {"VEDA_NUM_THREADS", "VEDA_WAIT_POLICY", "VEDA_SPIN_US",
                                 "VEDA_AFFINITY", "VEDA_LOG", "VEDA_TRACE", "VEDA_DETERMINISTIC",
                                 "VEDA_PLUGIN", "VEDA_DISPLAY_ENV"})
            unsetenv(name);
    }

    // Resolves a valid configuration; keeps what was said on stderr.
    settings resolve(const config* given) {
        settings out;
        testing::internal::CaptureStderr();
        const veda_status status = resolve_settings(given, out);
        said = testing::internal::GetCapturedStderr();
        EXPECT_EQ(status, VEDA_OK) << last_error();
        return out;
    }

    settings resolve_with(const char* variable, const char* value) {
        setenv(variable, value, 1);
        return resolve(nullptr);
    }

    std::string said;
};

// ---- refusals ----

struct refusal {
    const char* name;
    std::function<void(config&)> spoil;
    veda_status status;
    std::vector<const char*> sentence;  // pieces that it must hold: field, value, range
};

std::ostream& operator<<(std::ostream& out, const refusal& value) { return out << value.name; }

const refusal refusals[] = {
    {"worker_count_above", [](config& c) { c.worker_count = 2000; }, VEDA_E_RANGE,
     {"worker_count is 2000, must be 1..1024 (or 0 for automatic)"}},
    {"worker_count_just_above", [](config& c) { c.worker_count = 1025; }, VEDA_E_RANGE,
     {"worker_count is 1025", "1..1024"}},
    {"worker_count_minus_one", [](config& c) { c.worker_count = UINT32_MAX; }, VEDA_E_RANGE,
     {"worker_count is 4294967295", "1..1024"}},
    {"spare_workers_above", [](config& c) { c.spare_workers = 1025; }, VEDA_E_RANGE,
     {"spare_workers is 1025", "1..1024"}},
    {"policy_above", [](config& c) { c.policy = 5; }, VEDA_E_RANGE, {"policy is 5", "0..4"}},
    {"policy_deterministic", [](config& c) { c.policy = VEDA_POLICY_DETERMINISTIC; },
     VEDA_E_UNSUPPORTED, {"policy is 4", "VEDA_POLICY_DETERMINISTIC", "reserved", "0..3"}},
    {"pinning_above", [](config& c) { c.pinning = 4; }, VEDA_E_RANGE, {"pinning is 4", "0..3"}},
    {"wait_policy_above", [](config& c) { c.wait_policy = 4; }, VEDA_E_RANGE,
     {"wait_policy is 4", "0..3"}},
    {"stack_size_below", [](config& c) { c.stack_size = 65535; }, VEDA_E_RANGE,
     {"stack_size is 65535", "65536..1073741824"}},
    {"stack_size_above", [](config& c) { c.stack_size = (1ull << 30) + 1; }, VEDA_E_RANGE,
     {"stack_size is 1073741825", "65536..1073741824"}},
    {"spin_ns_above", [](config& c) { c.spin_ns = 1'000'000'001; }, VEDA_E_RANGE,
     {"spin_ns is 1000000001", "1..1000000000"}},
    {"prefix_too_long", [](config& c) { c.thread_name_prefix = "elevenbytes"; }, VEDA_E_RANGE,
     {"thread_name_prefix is \"elevenbytes\"", "0..10 bytes"}},
    {"prefix_far_too_long",
     [](config& c) {
         static const std::string longest(1000, 'x');
         c.thread_name_prefix = longest.c_str();
     },
     VEDA_E_RANGE,
     {"thread_name_prefix is \"xxxxx", "x\"..., must", "0..10 bytes"}},
    {"reserved_first", [](config& c) { c.reserved[0] = 9; }, VEDA_E_SIZE,
     {"reserved[0] is 9", "must be 0"}},
    {"reserved_last", [](config& c) { c.reserved[4] = 1; }, VEDA_E_SIZE,
     {"reserved[4] is 1", "must be 0"}},
    {"struct_size_zero", [](config& c) { c.struct_size = 0; }, VEDA_E_SIZE,
     {"struct_size is 0", "128..4096"}},
    {"struct_size_tiny", [](config& c) { c.struct_size = 4; }, VEDA_E_SIZE,
     {"struct_size is 4", "128..4096"}},
    {"struct_size_odd", [](config& c) { c.struct_size = 132; }, VEDA_E_SIZE,
     {"struct_size is 132", "multiple of 8"}},
    {"struct_size_of_a_pointer", [](config& c) { c.struct_size = sizeof(config*); }, VEDA_E_SIZE,
     {"struct_size is 8", "128..4096", "sizeof(veda_runtime_config_t)"}},
    {"struct_size_cut_short", [](config& c) { c.struct_size = 120; }, VEDA_E_SIZE,
     {"struct_size is 120", "128..4096"}},
    {"struct_size_uninitialised", [](config& c) { c.struct_size = 0xCCCCCCCC; }, VEDA_E_SIZE,
     {"struct_size is 3435973836", "128..4096"}},
};

class ConfigRefusal : public testing::TestWithParam<refusal> {};

TEST_P(ConfigRefusal, NamesFieldValueAndRange) {
    config given = zeroed();
    GetParam().spoil(given);
    settings out;
    out.worker_count = 77;
    EXPECT_EQ(resolve_settings(&given, out), GetParam().status);
    EXPECT_EQ(out.worker_count, 77u) << "out was touched";
    for (const char* piece : GetParam().sentence)
        EXPECT_NE(std::strstr(last_error(), piece), nullptr) << piece << " is not in: "
                                                             << last_error();
}

INSTANTIATE_TEST_SUITE_P(Fields, ConfigRefusal, testing::ValuesIn(refusals),
                         [](const auto& info) { return std::string(info.param.name); });

// ---- sizes: older and newer callers ----

struct newer_config {
    config known;
    std::uint64_t added[4];
};

TEST_F(Config, NewerCallerWithNothingNewSetIsWelcome) {
    newer_config given{};
    given.known.struct_size = sizeof given;
    given.known.worker_count = 3;
    EXPECT_EQ(resolve(&given.known).worker_count, 3u);
}

TEST_F(Config, NewerCallerWithSomethingNewSetIsRefused) {
    for (int word = 0; word < 4; ++word) {
        newer_config given{};
        given.known.struct_size = sizeof given;
        given.added[word] = 1ull << 63;
        settings out;
        EXPECT_EQ(resolve_settings(&given.known, out), VEDA_E_SIZE);
        EXPECT_NE(std::strstr(last_error(), "struct_size is 160"), nullptr) << last_error();
    }
}

// ---- defaults ----

TEST_F(Config, NullIsTheSameAsZeroed) {
    const config given = zeroed();
    const settings a = resolve(nullptr);
    const settings b = resolve(&given);
    EXPECT_EQ(a.worker_count, b.worker_count);
    EXPECT_EQ(a.policy, b.policy);
    EXPECT_EQ(a.spin_ns, b.spin_ns);
    EXPECT_EQ(a.name_prefix, b.name_prefix);
    EXPECT_EQ(said, "");
}

TEST_F(Config, CountsWorkersByTheTightestLimit) {
    const auto limits = os::read_cpu_limits();
    std::uint32_t expected = limits.affinity;
    if (limits.quota != 0) expected = std::min(expected, limits.quota);
    if (limits.pids_margin != 0) expected = std::min(expected, limits.pids_margin);
    const settings out = resolve(nullptr);
    EXPECT_EQ(out.worker_count, std::min(expected, 1024u));
    EXPECT_EQ(out.worker_count_origin, origin::detected);
    EXPECT_NE(out.worker_count_reason, "");
}

TEST_F(Config, SpareWorkersAreAsManyAsWorkersAndAtLeastEight) {
    config given = zeroed();
    given.worker_count = 2;
    EXPECT_EQ(resolve(&given).spare_workers, 8u);
    given.worker_count = 20;
    EXPECT_EQ(resolve(&given).spare_workers, 20u);
    given.spare_workers = 1;
    EXPECT_EQ(resolve(&given).spare_workers, 1u);
}

TEST_F(Config, EachPolicyHasItsSpin) {
    config given = zeroed();
    const std::pair<std::uint32_t, std::uint64_t> expected[] = {
        {VEDA_POLICY_FIXED, 50'000},
        {VEDA_POLICY_ADAPTIVE, 50'000},
        {VEDA_POLICY_ENERGY_EFFICIENT, 0},
        {VEDA_POLICY_LOW_LATENCY, 200'000}};
    for (const auto& [policy, spin_ns] : expected) {
        given.policy = policy;
        EXPECT_EQ(resolve(&given).spin_ns, spin_ns) << policy;
        EXPECT_EQ(resolve(&given).policy, policy);
    }
}

TEST_F(Config, PassiveNeverSpins) {
    config given = zeroed();
    given.spin_ns = 70'000;
    EXPECT_EQ(resolve(&given).spin_ns, 70'000u);
    given.wait_policy = VEDA_WAIT_PASSIVE;
    EXPECT_EQ(resolve(&given).spin_ns, 0u);
    given.wait_policy = VEDA_WAIT_ADAPTIVE;
    setenv("VEDA_WAIT_POLICY", "passive", 1);
    EXPECT_EQ(resolve(&given).spin_ns, 0u);
}

TEST_F(Config, TakesTheRestAsGiven) {
    int context = 0;
    std::string prefix = "tenbytes10";
    config given = zeroed();
    given.stack_size = 65536;
    given.pinning = VEDA_PIN_SPREAD;
    given.thread_name_prefix = prefix.c_str();
    given.on_worker_start = [](void*, std::uint32_t) {};
    given.on_worker_stop = [](void*, std::uint32_t) {};
    given.on_unhandled_error = [](void*, veda_status, const char*) {};
    given.hook_ctx = &context;
    const settings out = resolve(&given);
    prefix = "overwritten";
    EXPECT_EQ(out.stack_size, 65536u);
    EXPECT_EQ(out.pinning, VEDA_PIN_SPREAD);
    EXPECT_EQ(out.name_prefix, "tenbytes10");
    EXPECT_EQ(out.on_worker_start, given.on_worker_start);
    EXPECT_EQ(out.on_worker_stop, given.on_worker_stop);
    EXPECT_EQ(out.on_unhandled_error, given.on_unhandled_error);
    EXPECT_EQ(out.hook_ctx, &context);
}

// ---- environment ----

TEST_F(Config, NumThreads) {
    const settings out = resolve_with("VEDA_NUM_THREADS", "7");
    EXPECT_EQ(out.worker_count, 7u);
    EXPECT_EQ(out.worker_count_origin, origin::environment);
    EXPECT_EQ(out.worker_count_reason, "VEDA_NUM_THREADS");
    EXPECT_EQ(said, "");
}

TEST_F(Config, WaitPolicy) {
    EXPECT_EQ(resolve_with("VEDA_WAIT_POLICY", "adaptive").wait_policy, VEDA_WAIT_ADAPTIVE);
    EXPECT_EQ(resolve_with("VEDA_WAIT_POLICY", "active").wait_policy, VEDA_WAIT_ACTIVE);
    const settings out = resolve_with("VEDA_WAIT_POLICY", "passive");
    EXPECT_EQ(out.wait_policy, VEDA_WAIT_PASSIVE);
    EXPECT_EQ(out.wait_policy_origin, origin::environment);
    EXPECT_EQ(said, "");
}

TEST_F(Config, SpinMicroseconds) {
    const settings out = resolve_with("VEDA_SPIN_US", "120");
    EXPECT_EQ(out.spin_ns, 120'000u);
    EXPECT_EQ(out.spin_origin, origin::environment);
    EXPECT_EQ(resolve_with("VEDA_SPIN_US", "0").spin_ns, 0u);
    EXPECT_EQ(resolve_with("VEDA_SPIN_US", "1000000").spin_ns, 1'000'000'000u);
    EXPECT_EQ(said, "");
}

TEST_F(Config, AffinityByName) {
    EXPECT_EQ(resolve_with("VEDA_AFFINITY", "none").pinning, VEDA_PIN_NONE);
    EXPECT_EQ(resolve_with("VEDA_AFFINITY", "close").pinning, VEDA_PIN_CLOSE);
    const settings out = resolve_with("VEDA_AFFINITY", "spread");
    EXPECT_EQ(out.pinning, VEDA_PIN_SPREAD);
    EXPECT_EQ(out.pinning_origin, origin::environment);
    EXPECT_TRUE(out.cpu_list.empty());
    EXPECT_EQ(said, "");
}

TEST_F(Config, AffinityByListAlsoBoundsTheWorkers) {
    const int last = os::allowed_cpus().back();
    const settings out = resolve_with("VEDA_AFFINITY", std::to_string(last).c_str());
    EXPECT_EQ(out.cpu_list, std::vector<int>{last});
    EXPECT_EQ(out.pinning, VEDA_PIN_CLOSE);
    EXPECT_EQ(out.worker_count, 1u);
    EXPECT_EQ(said, "");
}

TEST_F(Config, ApiBeatsEnvironment) {
    setenv("VEDA_NUM_THREADS", "7", 1);
    setenv("VEDA_WAIT_POLICY", "passive", 1);
    setenv("VEDA_SPIN_US", "9", 1);
    setenv("VEDA_AFFINITY", "0", 1);
    config given = zeroed();
    given.worker_count = 3;
    given.wait_policy = VEDA_WAIT_ACTIVE;
    given.spin_ns = 1000;
    given.pinning = VEDA_PIN_SPREAD;
    const settings out = resolve(&given);
    EXPECT_EQ(out.worker_count, 3u);
    EXPECT_EQ(out.wait_policy, VEDA_WAIT_ACTIVE);
    EXPECT_EQ(out.spin_ns, 1000u);
    EXPECT_EQ(out.pinning, VEDA_PIN_SPREAD);
    EXPECT_TRUE(out.cpu_list.empty());
    EXPECT_EQ(out.worker_count_origin, origin::api);
    EXPECT_EQ(out.wait_policy_origin, origin::api);
    EXPECT_EQ(out.spin_origin, origin::api);
    EXPECT_EQ(out.pinning_origin, origin::api);
}

// Zero means both "not said" and the default; these say the default.
TEST_F(Config, ApiBeatsEnvironmentAlsoWithTheDefaults) {
    setenv("VEDA_WAIT_POLICY", "passive", 1);
    setenv("VEDA_AFFINITY", "0", 1);
    config given = zeroed();
    EXPECT_EQ(resolve(&given).wait_policy, VEDA_WAIT_PASSIVE);
    given.wait_policy = VEDA_WAIT_ADAPTIVE_ALWAYS;
    given.pinning = VEDA_PIN_NONE_ALWAYS;
    const settings out = resolve(&given);
    EXPECT_EQ(out.wait_policy, VEDA_WAIT_ADAPTIVE);
    EXPECT_GT(out.spin_ns, 0u);
    EXPECT_EQ(out.pinning, VEDA_PIN_NONE);
    EXPECT_TRUE(out.cpu_list.empty());
    EXPECT_EQ(out.wait_policy_origin, origin::api);
    EXPECT_EQ(out.pinning_origin, origin::api);
}

TEST_F(Config, EmptyVariableCountsAsNotSet) {
    for (const char* name : {"VEDA_NUM_THREADS", "VEDA_WAIT_POLICY", "VEDA_SPIN_US",
                             "VEDA_AFFINITY", "VEDA_DISPLAY_ENV", "VEDA_TRACE"}) {
        EXPECT_EQ(resolve_with(name, "").worker_count_origin, origin::detected);
        EXPECT_EQ(said, "") << name;
    }
}

struct bad_value {
    const char* variable;
    const char* value;
    const char* accepted;
};

std::ostream& operator<<(std::ostream& out, const bad_value& bad) {
    return out << bad.variable << "=" << bad.value;
}

class ConfigBadVariable : public Config, public testing::WithParamInterface<bad_value> {};

TEST_P(ConfigBadVariable, GetsOneWarningAndTheDefault) {
    const settings expected = resolve(nullptr);
    const settings out = resolve_with(GetParam().variable, GetParam().value);
    EXPECT_EQ(out.worker_count, expected.worker_count);
    EXPECT_EQ(out.wait_policy, expected.wait_policy);
    EXPECT_EQ(out.spin_ns, expected.spin_ns);
    EXPECT_EQ(out.pinning, expected.pinning);
    EXPECT_TRUE(out.cpu_list.empty());

    const std::string warning = std::string("veda: warn: ") + GetParam().variable + " is \"" +
                                GetParam().value + "\", must be " + GetParam().accepted +
                                "; using the default\n";
    EXPECT_EQ(said, warning);
    resolve(nullptr);
    EXPECT_EQ(said, "") << "a second warning";
}

const char* const cpu_list_hint = "none, spread, close, or a list of allowed CPUs such as 0-3,6";

INSTANTIATE_TEST_SUITE_P(
    Values, ConfigBadVariable,
    testing::Values(bad_value{"VEDA_NUM_THREADS", "0", "1..1024"},
                    bad_value{"VEDA_NUM_THREADS", "1025", "1..1024"},
                    bad_value{"VEDA_NUM_THREADS", "-1", "1..1024"},
                    bad_value{"VEDA_NUM_THREADS", "4 ", "1..1024"},
                    bad_value{"VEDA_NUM_THREADS", "four", "1..1024"},
                    bad_value{"VEDA_NUM_THREADS", "99999999999999999999", "1..1024"},
                    bad_value{"VEDA_WAIT_POLICY", "ACTIVE", "adaptive, active or passive"},
                    bad_value{"VEDA_WAIT_POLICY", "spin", "adaptive, active or passive"},
                    bad_value{"VEDA_SPIN_US", "1000001", "0..1000000"},
                    bad_value{"VEDA_SPIN_US", "1.5", "0..1000000"},
                    bad_value{"VEDA_AFFINITY", "compact", cpu_list_hint},
                    bad_value{"VEDA_AFFINITY", "3-1", cpu_list_hint},
                    bad_value{"VEDA_AFFINITY", "8191", cpu_list_hint},
                    bad_value{"VEDA_DISPLAY_ENV", "yes", "0 or 1"}));

TEST_F(Config, LaterFeaturesSayThatTheyDoNothingYet) {
    for (const char* name : {"VEDA_TRACE", "VEDA_DETERMINISTIC", "VEDA_PLUGIN"}) {
        resolve_with(name, "x");
        EXPECT_EQ(said, std::string("veda: warn: ") + name +
                            " is \"x\", but this version does not act on it yet\n");
    }
}

// ---- display ----

std::string displayed(const settings& effective) {
    testing::internal::CaptureStderr();
    display_settings(effective);
    return testing::internal::GetCapturedStderr();
}

TEST_F(Config, DisplayIsSilentUnlessAskedFor) {
    EXPECT_EQ(displayed(settings{}), "");
    setenv("VEDA_DISPLAY_ENV", "0", 1);
    EXPECT_EQ(displayed(settings{}), "");
}

TEST_F(Config, DisplayNamesEachSettingAndItsOrigin) {
    setenv("VEDA_DISPLAY_ENV", "1", 1);
    setenv("VEDA_NUM_THREADS", "7", 1);
    setenv("VEDA_AFFINITY", "0", 1);
    config given = zeroed();
    given.wait_policy = VEDA_WAIT_ACTIVE;
    given.policy = VEDA_POLICY_LOW_LATENCY;
    given.thread_name_prefix = "blue";
    const std::string text = displayed(resolve(&given));
    for (const char* line : {"worker_count = 7 (environment: VEDA_NUM_THREADS)\n",
                             "spare_workers = 8 (default)\n",
                             "policy = low-latency (configuration)\n",
                             "pinning = 0 (environment: VEDA_AFFINITY)\n",
                             "wait_policy = active (configuration)\n",
                             "spin_ns = 200000 (default)\n",
                             "stack_size = 8388608 (default)\n",
                             "thread_name_prefix = blue (configuration)\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << " is not in:\n" << text;
}

TEST_F(Config, DisplaySaysWhatLimitedADetectedCount) {
    setenv("VEDA_DISPLAY_ENV", "1", 1);
    settings effective;
    effective.worker_count = 3;
    effective.worker_count_reason = "cgroup quota in /x/cpu.max";
    EXPECT_NE(displayed(effective).find("worker_count = 3 (detected: cgroup quota in /x/cpu.max)"),
              std::string::npos);
}

TEST_F(Config, WorkerNamesKeepTheNumber) {
    EXPECT_EQ(worker_name("veda", 7), "veda-w07");
    EXPECT_EQ(worker_name("", 12), "-w12");
    EXPECT_EQ(worker_name("ten--bytes", 123), "ten--bytes-w123");
    EXPECT_EQ(worker_name("ten--bytes", 1000), "ten--byte-w1000");
    EXPECT_EQ(worker_name("ten--bytes", UINT32_MAX), "ten-w4294967295");
}

TEST(PinnedCpus, FollowThePinning) {
    using veda::rt::pinned_cpus;
    const std::vector<int> eight{0, 1, 2, 3, 8, 9, 10, 11};
    settings s;
    s.worker_count = 4;
    EXPECT_TRUE(pinned_cpus(s, eight).empty());
    s.pinning = VEDA_PIN_CLOSE;
    EXPECT_EQ(pinned_cpus(s, eight), eight);
    s.pinning = VEDA_PIN_SPREAD;
    EXPECT_EQ(pinned_cpus(s, eight), (std::vector<int>{0, 2, 8, 10}));
    s.worker_count = 3;
    EXPECT_EQ(pinned_cpus(s, eight), (std::vector<int>{0, 2, 9}));
    s.worker_count = 9;
    EXPECT_EQ(pinned_cpus(s, eight), eight);
    s.cpu_list = {9, 3};
    EXPECT_EQ(pinned_cpus(s, eight), s.cpu_list) << "a list names the CPUs itself";
}

}  // namespace
