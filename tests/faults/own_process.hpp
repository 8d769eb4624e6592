// own_process.hpp: runs a scenario in a child process, so that each starts with a library that was
// never used, and a crash or a hang is one failed scenario. The parent must have no threads.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace veda::test {

// How a scenario ends: a status of the child that is no failure.
enum outcome : int { passed = 0, not_reached = 42, skipped = 43 };

struct child_result {
    int code = -1;       // an outcome, or what exit was called with
    int signal = 0;      // that ended it
    std::string errors;  // what it wrote to stderr
};

// Runs body in a child; its answer is the exit code.
template <class Body>
child_result in_child(Body body, unsigned seconds = 30) {
    child_result result;
    int ends[2];
    if (pipe(ends) != 0) return result;
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        alarm(seconds);
        const int code = body();
        std::fflush(nullptr);
        _exit(code);
    }
    close(ends[1]);
    char piece[4096];
    for (ssize_t got; (got = read(ends[0], piece, sizeof piece)) > 0;)
        result.errors.append(piece, static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    return result;
}

inline std::size_t times(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

// For use inside a scenario.
#define HOLDS(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            std::fprintf(stderr, "%s:%d: failed: %s (last error: %s)\n", __FILE__, __LINE__, \
                         #condition, veda_last_error());                                     \
            _exit(1);                                                                        \
        }                                                                                    \
    } while (0)

}  // namespace veda::test
