// access_log: what a web server's log says, from one file of any size in the Common Log Format.
//
//     access_log                the log of an invented day, 200,000 lines
//     access_log FILE [TOP]     a real one; the TOP most wanted paths
//
// Shows texts as sources (lines are cut where a thief begins), filter_map, histogram, sort, par_chunk_by and
// a progress bar; and that damaged lines are counted, not lost.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include <veda/progress_bar.hpp>
#include <veda/slices.hpp>
#include <veda/sort.hpp>
#include <veda/str.hpp>
#include <veda/veda.hpp>

namespace {

// 192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "GET /index.html HTTP/1.1" 200 2326
struct request {
    std::string_view path;
    unsigned hour = 0, status = 0;
    std::uint64_t bytes = 0;
};

template <class T>
bool read_number(std::string_view text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

// What stands between the first open and the next close; rest begins behind it.
std::optional<std::string_view> between(std::string_view& rest, char open, char close) {
    const std::size_t first = rest.find(open);
    if (first == rest.npos) return std::nullopt;
    const std::size_t last = rest.find(close, first + 1);
    if (last == rest.npos) return std::nullopt;
    const std::string_view found = rest.substr(first + 1, last - first - 1);
    rest.remove_prefix(last + 1);
    return found;
}

std::optional<request> parse(std::string_view line) {
    const auto time = between(line, '[', ']');
    const auto quoted = time ? between(line, '"', '"') : std::nullopt;
    if (!quoted || time->size() < 14) return std::nullopt;
    std::string_view asked = *quoted;
    const auto path = between(asked, ' ', ' ');
    const std::size_t space = line.rfind(' ');
    request r;
    if (!path || space == line.npos || space < 1) return std::nullopt;
    r.path = *path;
    const std::string_view size = line.substr(space + 1);
    if (!read_number(time->substr(12, 2), r.hour) || r.hour > 23) return std::nullopt;
    if (!read_number(line.substr(1, space - 1), r.status) || r.status < 100 || r.status > 599) {
        return std::nullopt;
    }
    if (size != "-" && !read_number(size, r.bytes)) return std::nullopt;
    return r;
}

// A day on which few paths are wanted often, and one line in a thousand is damaged.
std::string invented_log(int lines) {
    const auto line_of = [](int i) {
        std::minstd_rand random(static_cast<unsigned>(i) * 2'654'435'761u + 1u);
        if (random() % 1000 == 0) return std::string("\xff damaged\n");
        const unsigned wanted = 1 + 5000 / (1 + random() % 5000);
        char line[160];
        std::snprintf(line, sizeof line,
                      "192.0.2.%u - - [10/Oct/2026:%02u:%02u:%02u +0000] \"GET /page/%u HTTP/1.1\" %d %u\n",
                      unsigned(random() % 256), unsigned(random() % 12 + random() % 13),
                      unsigned(random() % 60), unsigned(random() % 60), wanted,
                      random() % 20 == 0 ? 404 : 200, unsigned(random() % 20'000));
        return std::string(line);
    };
    std::string log;
    for (const auto& line : veda::par(0, lines).map(line_of).collect<std::vector>()) log += line;
    return log;
}

struct wanted_path {
    std::string_view path;
    std::uint64_t requests = 0, bytes = 0;
};

// Sorted by path, each path is one run of neighbours.
std::vector<wanted_path> by_path(std::vector<request>& requests) {
    veda::sort(requests, {}, &request::path);
    auto paths = veda::par_chunk_by(requests,
                                    [](const request& a, const request& b) { return a.path == b.path; })
                     .map([](std::span<const request> run) {
                         std::uint64_t bytes = 0;
                         for (const request& r : run) bytes += r.bytes;
                         return wanted_path{run.front().path, run.size(), bytes};
                     })
                     .collect<std::vector<wanted_path>>();
    veda::stable_sort(paths, std::greater<>{}, &wanted_path::requests);
    return paths;
}

void draw_hours(const std::vector<std::uint64_t>& hours) {
    const std::uint64_t most = std::max<std::uint64_t>(std::ranges::max(hours), 1);
    for (std::size_t hour = 0; hour < hours.size(); ++hour) {
        const std::string bar(static_cast<std::size_t>(hours[hour] * 50 / most), '#');
        std::printf("  %02zu  %-50s %llu\n", hour, bar.c_str(),
                    static_cast<unsigned long long>(hours[hour]));
    }
}

// The same counted by one loop: what the chains must agree with.
bool agrees(std::string_view log, std::size_t parsed, std::size_t lines) {
    std::size_t all = 0, good = 0;
    while (!log.empty()) {
        const std::size_t end = std::min(log.find('\n'), log.size());
        ++all;
        good += parse(log.substr(0, end)) ? 1 : 0;
        log.remove_prefix(std::min(end + 1, log.size()));
    }
    return all == lines && good == parsed;
}

std::string read_all(const char* file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        std::fprintf(stderr, "access_log: %s cannot be read\n", file);
        std::exit(1);
    }
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int argc, char** argv) {
    const std::string log = argc > 1 ? read_all(argv[1]) : invented_log(200'000);
    const auto top = static_cast<std::size_t>(argc > 2 ? std::max(std::atoi(argv[2]), 0) : 5);

    const std::size_t lines = veda::str(log).lines().count();
    std::vector<request> requests = veda::str(log)
                                        .lines()
                                        .progress(veda::progress_bar("reading"))
                                        .filter_map(parse)
                                        .collect<std::vector<request>>();
    if (!agrees(log, requests.size(), lines)) {
        std::fprintf(stderr, "access_log: the chains and the serial loop do not agree\n");
        return 1;
    }
    const auto bytes = veda::par(requests).map(&request::bytes).sum<std::uint64_t>();
    std::printf("%zu lines, %zu of them damaged, %llu bytes served\n", lines, lines - requests.size(),
                static_cast<unsigned long long>(bytes));

    const auto classes = veda::par(requests).histogram(6, [](const request& r) { return r.status / 100; });
    for (std::size_t i = 1; i < classes.size(); ++i) {
        if (classes[i] != 0) std::printf("  %zuxx  %llu\n", i, static_cast<unsigned long long>(classes[i]));
    }
    std::printf("by hour\n");
    draw_hours(veda::par(requests).histogram(24, &request::hour));

    const std::vector<wanted_path> paths = by_path(requests);
    std::printf("%zu paths, the most wanted:\n", paths.size());
    for (const wanted_path& p : std::span(paths).first(std::min(top, paths.size()))) {
        std::printf("  %8llu  %12llu bytes  %.*s\n", static_cast<unsigned long long>(p.requests),
                    static_cast<unsigned long long>(p.bytes), static_cast<int>(p.path.size()),
                    p.path.data());
    }
}
