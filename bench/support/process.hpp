// process.hpp: what the kernel says about this process: memory, threads, context switches.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace bench {

// The number behind "Key:" in a /proc status file, or 0.
inline std::uint64_t status_number(const std::string& file, const std::string& key) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(key + ":")) return std::stoull(line.substr(key.size() + 1));
    }
    return 0;
}

inline std::uint64_t peak_rss_kib() { return status_number("/proc/self/status", "VmHWM"); }

// Memory that belongs to this process alone: pages of shared libraries that were merely looked at
// do not count.
inline std::uint64_t anonymous_kib() { return status_number("/proc/self/status", "RssAnon"); }

struct switch_counts {
    std::uint64_t sleeps = 0;       // voluntary context switches: each ends in one wake-up
    std::uint64_t preemptions = 0;  // involuntary ones

    friend switch_counts operator-(switch_counts later, switch_counts earlier) {
        return {later.sleeps - earlier.sleeps, later.preemptions - earlier.preemptions};
    }
};

// Of all threads of this process, those that have ended too.
inline switch_counts count_switches() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return {static_cast<std::uint64_t>(usage.ru_nvcsw), static_cast<std::uint64_t>(usage.ru_nivcsw)};
}

struct thread_counts : switch_counts {
    std::uint64_t threads = 0;
};

// Sums over all threads but the calling one, which in these programs is the main thread.
inline thread_counts count_other_threads() {
    namespace fs = std::filesystem;
    thread_counts sum;
    std::string self = fs::read_symlink("/proc/thread-self").filename();
    for (const auto& entry : fs::directory_iterator("/proc/self/task")) {
        if (entry.path().filename() == self) continue;
        std::string status = entry.path() / "status";
        ++sum.threads;
        sum.sleeps += status_number(status, "voluntary_ctxt_switches");
        sum.preemptions += status_number(status, "nonvoluntary_ctxt_switches");
    }
    return sum;
}

}  // namespace bench
