// log.cpp: one line on stderr, written in one piece so that threads do not mix theirs. Any room may
// call it, but never on the hot path; it takes no lock and allocates nothing.
#include "os/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "base/atomic.hpp"
#include "os/environment.hpp"
#include "os/uncancelled.hpp"

namespace veda::rt::os {

namespace {

constexpr const char* level_names[] = {"off", "error", "warn", "info", "debug"};

// A value that is quoted may hold anything; a message must stay one line, and leave the terminal as
// it is.
void make_printable(char* text) noexcept {
    for (; *text != '\0'; ++text)
        if (static_cast<unsigned char>(*text) < 0x20 || *text == 0x7f) *text = '?';
}

void write_line(log_level level, char* text) noexcept {
    const uncancelled shield;
    make_printable(text);
    const int saved_errno = errno;
    char line[700];
    const int length = std::snprintf(line, sizeof line, "veda: %s: %s\n",
                                     level_names[static_cast<int>(level)], text);
    const auto bytes = std::min(static_cast<std::size_t>(length), sizeof line - 1);
    line[bytes - 1] = '\n';
    // A closed stderr is the user's choice.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line, bytes);
    errno = saved_errno;
}

std::uint64_t hash_of(const char* text) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325ull;  // FNV-1a
    for (; *text != '\0'; ++text)
        hash = (hash ^ static_cast<unsigned char>(*text)) * 0x100000001B3ull;
    return hash | 1;  // 0 marks a free place
}

// True the first time it sees this text. When the table is full every text counts as new: a
// repeated warning is better than a lost one.
bool first_time(const char* text) noexcept {
    static atomic<std::uint64_t> seen[64];
    const std::uint64_t hash = hash_of(text);
    for (auto& place : seen) {
        std::uint64_t found = 0;
        // Relaxed: only the word itself matters, nothing is read through it.
        if (place.compare_exchange_strong(found, hash, relaxed, relaxed)) return true;
        if (found == hash) return false;
    }
    return true;
}

log_level read_threshold() noexcept {
    const char* value = environment("VEDA_LOG");
    if (value == nullptr || *value == '\0') return log_level::warn;
    for (int level = 0; level < 5; ++level)
        if (std::strcmp(value, level_names[level]) == 0) return static_cast<log_level>(level);
    char text[200];
    std::snprintf(text, sizeof text,
                  "VEDA_LOG is \"%.60s\", must be off, error, warn, info or debug; using warn",
                  value);
    if (first_time(text)) write_line(log_level::warn, text);
    return log_level::warn;
}

}  // namespace

log_level log_threshold() noexcept {
    // Not a static const, for the reason in clock.cpp. relaxed: a number, nothing hangs on it.
    constexpr int unread = -1;
    static atomic<int> threshold{unread};
    int known = threshold.load(relaxed);
    if (known == unread) threshold.store(known = static_cast<int>(read_threshold()), relaxed);
    return static_cast<log_level>(known);
}

void log(log_level level, const char* format, ...) noexcept {
    if (level == log_level::off || level > log_threshold()) return;
    char text[600];
    std::va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (level == log_level::warn && !first_time(text)) return;
    write_line(level, text);
}

}  // namespace veda::rt::os
