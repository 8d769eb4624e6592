// A stack that is full says whose it is and what helps, and the program then dies as it would have
// anyway. Deep recursion on a stack that suffices simply works.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <veda/veda.hpp>

#include "support/effort.hpp"

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

#define SKIP_WHERE_SANITIZED() \
    if (sanitized) GTEST_SKIP() << "the sanitizer reports stack overflows itself"

// No tail call, and the frame is really used.
[[gnu::noinline]] int dig(volatile int* above, int depth) {
    volatile int here[64];
    here[0] = above ? *above + 1 : 0;
    const int below = depth > 0 ? dig(here, depth - 1) : 0;
    return below + here[0];
}

void overflow(std::size_t stack) {
    veda::runtime runtime{veda::config{}.workers(2).stack_size(stack)};
    runtime.spawn([] { return dig(nullptr, 1 << 30); }).get();
}

using StackDeath = testing::Test;

// guarantee: threads-6
TEST(StackDeath, NamesTheWorkerTheDepthAndTheRemedy) {
    SKIP_WHERE_SANITIZED();
    EXPECT_EXIT(
        overflow(256 << 10), testing::KilledBySignal(SIGSEGV),
        "worker veda-w0[01] has overflowed its stack of 256 KiB: a frame reached 26[0-9]{4} "
        "bytes deep.*stack_size");
    EXPECT_EXIT(overflow(4 << 20), testing::KilledBySignal(SIGSEGV), "its stack of 4096 KiB");
}

// A fork-join recursion without an end, as users write it.
int endless(int n) {
    const auto [a, b] = veda::join([n] { return endless(n + 1); }, [n] { return n; });
    return a + b;
}

TEST(StackDeath, OfAnEndlessRecursionOfJoins) {
    SKIP_WHERE_SANITIZED();
    EXPECT_EXIT(
        {
            veda::runtime runtime{veda::config{}.workers(2).stack_size(128 << 10)};
            runtime.spawn([] { return endless(0); }).get();
        },
        testing::KilledBySignal(SIGSEGV), "has overflowed its stack of 128 KiB");
}

// A frame larger than a page, which steps over the first page of the guard.
[[gnu::noinline]] int dig_in_leaps(int depth) {
    volatile char here[20'000];
    here[0] = static_cast<char>(depth);
    return depth > 0 ? dig_in_leaps(depth - 1) + here[0] : 0;
}

TEST(StackDeath, OfLargeFrames) {
    SKIP_WHERE_SANITIZED();
    EXPECT_EXIT(
        {
            veda::runtime runtime{veda::config{}.workers(1).stack_size(256 << 10)};
            runtime.spawn([] { return dig_in_leaps(1 << 20); }).get();
        },
        testing::KilledBySignal(SIGSEGV), "has overflowed its stack of 256 KiB");
}

// Any other fault is none of ours: no sentence, the same death.
std::string last_words(void (*die)(), int signal_number) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        die();
        _exit(0);
    }
    close(ends[1]);
    std::string said;
    char piece[256];
    for (ssize_t bytes; (bytes = read(ends[0], piece, sizeof piece)) > 0;)
        said.append(piece, static_cast<std::size_t>(bytes));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal_number) << status << said;
    return said;
}

// guarantee: threads-7
TEST(StackGuard, SaysNothingAboutOtherFaults) {
    SKIP_WHERE_SANITIZED();
    EXPECT_EQ(
        last_words([] { veda::spawn([] { *static_cast<volatile int*>(nullptr) = 1; }).get(); },
                   SIGSEGV),
        "");
    EXPECT_EQ(last_words([] { veda::spawn([] { raise(SIGSEGV); }).get(); }, SIGSEGV), "");
    EXPECT_EQ(last_words(
                  [] {
                      veda::spawn([] {}).get();
                      kill(getpid(), SIGSEGV);
                      for (;;) pause();
                  },
                  SIGSEGV),
              "");
    // A page of a file that has no such page.
    EXPECT_EQ(last_words(
                  [] {
                      veda::spawn([] {
                          std::FILE* file = std::tmpfile();
                          void* page = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
                          return *static_cast<volatile char*>(page);
                      }).get();
                  },
                  SIGBUS),
              "");
}

// The program's own handler stays, whoever comes first.
void own_handler(int) {
    const char text[] = "the program's own handler";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, text, sizeof text - 1);
    _exit(42);
}

void fault_with_own_handler(bool before) {
    if (!before) veda::spawn([] {}).get();
    signal(SIGSEGV, own_handler);
    veda::spawn([] { *static_cast<volatile int*>(nullptr) = 1; }).get();
}

// guarantee: threads-7
TEST(StackDeath, OfAProgramWithAHandlerOfItsOwn) {
    SKIP_WHERE_SANITIZED();
    EXPECT_EXIT(fault_with_own_handler(true), testing::ExitedWithCode(42), "own handler");
    EXPECT_EXIT(fault_with_own_handler(false), testing::ExitedWithCode(42), "own handler");
}

// The list of joins goes on in the first branch; the forks that wait are as many as it is deep,
// more than the fork deque holds.
std::uint64_t list(std::uint64_t depth) {
    if (depth == 0) return 0;
    const auto [rest, leaf] =
        veda::join([depth] { return list(depth - 1); }, [] { return std::uint64_t{1}; });
    return rest + leaf;
}

// guarantee: threads-8
TEST(DeepRecursion, AMillionJoins) {
    // Sanitizers' frames are several times as large, and ThreadSanitizer's own stack knows 65,536 calls.
#ifdef __SANITIZE_THREAD__
    const std::uint64_t depth = 10'000;
#else
    const std::uint64_t depth = sanitized ? 100'000 : 1'000'000;
#endif
    veda::runtime runtime{veda::config{}.workers(2).stack_size(std::size_t{1} << 30)};
    EXPECT_EQ(runtime.spawn([depth] { return list(depth); }).get(), depth);
}

TEST(DeepRecursion, OnSmallStacks) {
    for (const auto& [stack, depth] : {std::pair{64u << 10, 60u}, std::pair{256u << 10, 500u}}) {
        veda::runtime runtime{
            veda::config{}.workers(4).stack_size(sanitized ? std::size_t{8} * stack : stack)};
        std::vector<veda::task_handle<std::uint64_t>> all;
        for (int i = 0; i < 200; ++i)
            all.push_back(runtime.spawn([depth = depth] { return list(depth); }));
        for (auto& each : all) EXPECT_EQ(each.get(), depth);
    }
}

}  // namespace
