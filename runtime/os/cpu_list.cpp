// cpu_list.cpp: the parser. It must survive any text, for one source of it is the environment.
#include "os/cpu_list.hpp"

#include <algorithm>
#include <charconv>

namespace veda::rt::os {

namespace {

constexpr int highest_cpu = 8191;  // what Linux can be built for; bounds the work for "0-999999999"

std::string_view trim(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::optional<int> parse_cpu(std::string_view text) {
    int cpu = -1;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, cpu);
    if (error != std::errc{} || stop != end || cpu < 0 || cpu > highest_cpu) return std::nullopt;
    return cpu;
}

bool add_range(std::string_view piece, std::vector<int>& cpus) {
    const auto dash = piece.find('-');
    const auto first = parse_cpu(piece.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_cpu(piece.substr(dash + 1));
    if (!first || !last || *first > *last) return false;
    for (int cpu = *first; cpu <= *last; ++cpu)
        if (std::find(cpus.begin(), cpus.end(), cpu) == cpus.end()) cpus.push_back(cpu);
    return true;
}

}  // namespace

std::optional<std::vector<int>> parse_cpu_list(std::string_view text) {
    text = trim(text);
    std::vector<int> cpus;
    for (;;) {
        const auto comma = text.find(',');
        if (!add_range(text.substr(0, comma), cpus)) return std::nullopt;
        if (comma == std::string_view::npos) return cpus;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace veda::rt::os
