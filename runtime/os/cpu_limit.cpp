// cpu_limit.cpp: reads the quota and pids files of every control group that holds this process. For
// the pool, when it counts its workers. What cannot be read or understood is no limit: a strange
// file must not stop a program from starting.
#include "os/cpu_limit.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "os/cgroup.hpp"
#include "os/text_file.hpp"

namespace veda::rt::os {

namespace {

// The first word of text; moves text behind it.
std::string_view take_word(std::string_view& text) {
    constexpr std::string_view space = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
    const auto word = text.substr(0, text.find_first_of(space));
    text.remove_prefix(word.size());
    return word;
}

std::optional<std::uint64_t> parse_number(std::string_view word) {
    std::uint64_t number = 0;
    const char* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number);
    if (word.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

// A file that holds one number and nothing else. "max" and "-1" are no number.
std::optional<std::uint64_t> read_number(const std::string& path) {
    const auto content = read_text_file(path);
    if (!content) return std::nullopt;
    std::string_view rest = *content;
    const auto number = parse_number(take_word(rest));
    return take_word(rest).empty() ? number : std::nullopt;
}

// Whole CPUs in a quota, at least 1; nothing if the pair makes no sense.
std::optional<std::uint32_t> whole_cpus(std::optional<std::uint64_t> quota,
                                        std::optional<std::uint64_t> period) {
    if (!quota || !period || *quota == 0 || *period == 0) return std::nullopt;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*quota / *period, 1, UINT32_MAX));
}

// cpu.max: "quota period", "quota" (the period is then 100 ms), or "max period".
std::optional<std::uint32_t> read_quota_v2(const std::string& path) {
    const auto content = read_text_file(path);
    if (!content) return std::nullopt;
    std::string_view rest = *content;
    const auto quota = parse_number(take_word(rest));
    const auto period = take_word(rest);
    return whole_cpus(quota, period.empty() ? 100'000 : parse_number(period));
}

// How many more threads the group admits; at least 1, for 0 says "no limit" to the caller.
std::optional<std::uint32_t> read_pids_margin(const std::string& directory) {
    const auto most = read_number(directory + "/pids.max");
    if (!most) return std::nullopt;
    const auto current = read_number(directory + "/pids.current").value_or(0);
    const auto margin = *most > current ? *most - current : 0;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(margin, 1, UINT32_MAX));
}

// Keeps the tighter of two limits, and the file that set it.
void tighten(std::uint32_t& limit, std::string& source, std::optional<std::uint32_t> found,
             const std::string& file) {
    if (!found || (limit != 0 && limit <= *found)) return;
    limit = *found;
    source = file;
}

void read_quotas(const cgroup_directories& groups, cpu_limits& limits) {
    for (const auto& group : groups.v1) {
        const auto file = group + "/cpu.cfs_quota_us";
        const auto found = whole_cpus(read_number(file), read_number(group + "/cpu.cfs_period_us"));
        tighten(limits.quota, limits.quota_file, found, file);
    }
    for (const auto& group : groups.v2) {
        const auto file = group + "/cpu.max";
        tighten(limits.quota, limits.quota_file, read_quota_v2(file), file);
    }
}

void read_pids(const cgroup_directories& groups, cpu_limits& limits) {
    for (const auto& directories : {groups.v1, groups.v2})
        for (const auto& group : directories)
            tighten(limits.pids_margin, limits.pids_file, read_pids_margin(group),
                    group + "/pids.max");
}

}  // namespace

// "/" and "" are the same prefix, so that reported paths do not begin with two slashes.
cpu_limit_reader::cpu_limit_reader(const std::string& root)
    : root_(root.substr(0, root.find_last_not_of('/') + 1)) {}

cpu_limits cpu_limit_reader::read() {
    const auto groups = read_text_file(root_ + "/proc/self/cgroup").value_or("");
    if (groups != groups_) {
        cpu_ = find_cgroups(root_, "cpu");
        pids_ = find_cgroups(root_, "pids");
        groups_ = groups;
    }
    cpu_limits limits;
    limits.affinity = static_cast<std::uint32_t>(allowed_cpus().size());
    read_quotas(cpu_, limits);
    read_pids(pids_, limits);
    return limits;
}

cpu_limits read_cpu_limits(const std::string& root) { return cpu_limit_reader(root).read(); }

}  // namespace veda::rt::os
