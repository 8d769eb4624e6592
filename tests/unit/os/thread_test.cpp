// Threads as the pool starts them: name, stack, signals, CPUs.
#include "os/thread.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "os/cpu_limit.hpp"

namespace {

using veda::rt::os::allowed_cpus;
using veda::rt::os::thread;
using veda::rt::os::thread_options;

void call(void* function) { (*static_cast<std::function<void()>*>(function))(); }

// Runs body on a thread with these options, until it is done.
void run_on_thread(const thread_options& options, std::function<void()> body) {
    thread started;
    ASSERT_EQ(started.start(options, call, &body), 0);
    EXPECT_TRUE(started.started());
    started.join();
    EXPECT_FALSE(started.started());
}

TEST(Thread, HasTheNameFromItsFirstInstructionOn) {
    char name[32] = "";
    run_on_thread({.name = "veda-w07"}, [&] { pthread_getname_np(pthread_self(), name, 32); });
    EXPECT_STREQ(name, "veda-w07");
}

TEST(Thread, ShowsFifteenBytesOfALongName) {
    char name[32] = "";
    run_on_thread({.name = "a-very-long-thread-name"},
                  [&] { pthread_getname_np(pthread_self(), name, 32); });
    EXPECT_STREQ(name, "a-very-long-thr");
}

std::size_t stack_of_this_thread() {
    pthread_attr_t attributes;
    std::size_t size = 0;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
    return size;
}

TEST(Thread, HasTheStackAskedFor) {
    std::size_t size = 0;
    // More than any default, for the C library hands out larger stacks that it has kept.
    run_on_thread({.stack_size = 48u << 20}, [&] { size = stack_of_this_thread(); });
    EXPECT_GE(size, 48u << 20);
}

TEST(Thread, StartsEvenIfTheStackAskedForIsTooSmall) {
    bool ran = false;
    run_on_thread({.stack_size = 1}, [&] { ran = true; });
    EXPECT_TRUE(ran);
}

// guarantee: signals-1
TEST(Thread, BlocksSignalsThatBelongToTheUser) {
    sigset_t mask;
    sigemptyset(&mask);
    run_on_thread({}, [&] { pthread_sigmask(SIG_SETMASK, nullptr, &mask); });
    for (int blocked : {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGCHLD, SIGUSR1, SIGUSR2, SIGPIPE,
                        SIGQUIT, SIGIO, SIGWINCH})
        EXPECT_EQ(sigismember(&mask, blocked), 1) << strsignal(blocked);
}

// guarantee: signals-2
TEST(Thread, KeepsSignalsOfFaultsAndProfilersOpen) {
    // Even if the starting thread has them blocked.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    sigset_t mask;
    sigfillset(&mask);
    run_on_thread({}, [&] { pthread_sigmask(SIG_SETMASK, nullptr, &mask); });
    for (int open : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF, SIGVTALRM})
        EXPECT_EQ(sigismember(&mask, open), 0) << strsignal(open);
}

// guarantee: signals-3
TEST(Thread, StartingLeavesTheStartersMaskAlone) {
    sigset_t before, after;
    sigemptyset(&before);
    sigaddset(&before, SIGUSR1);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    run_on_thread({}, [] {});
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    for (int number = 1; number < 32; ++number)
        EXPECT_EQ(sigismember(&after, number), number == SIGUSR1) << number;
}

TEST(Thread, RunsWhereItWasPinned) {
    for (int cpu : allowed_cpus()) {
        std::vector<int> cpus;
        int ran_on = -1;
        run_on_thread({.cpu = cpu}, [&] {
            cpus = allowed_cpus();
            ran_on = veda::rt::os::current_cpu();
        });
        EXPECT_EQ(cpus, std::vector<int>{cpu});
        EXPECT_EQ(ran_on, cpu);
    }
}

TEST(Thread, StartsUnpinnedIfTheCpuCannotBeHad) {
    const auto before = allowed_cpus();
    for (int cpu : {-1, 1023, 1 << 20}) {
        std::vector<int> cpus;
        run_on_thread({.cpu = cpu}, [&] { cpus = allowed_cpus(); });
        EXPECT_EQ(cpus, before) << cpu;
    }
}

TEST(Thread, SaysWhyItCouldNotStart) {
    bool ran = false;
    std::function<void()> body = [&] { ran = true; };
    thread refused;
    // No machine has a stack of 64 TiB.
    EXPECT_EQ(refused.start({.stack_size = std::size_t{1} << 46}, call, &body), EAGAIN);
    EXPECT_FALSE(refused.started());
    refused.join();
    EXPECT_FALSE(ran);
}

TEST(Thread, IdsDifferBetweenThreads) {
    std::uint32_t other = 0;
    run_on_thread({}, [&] { other = veda::rt::os::thread_id(); });
    EXPECT_NE(other, 0u);
    EXPECT_NE(other, veda::rt::os::thread_id());
}

TEST(MoveOffCpu, LeavesTheCpuButKeepsTheMask) {
    const auto before = allowed_cpus();
    if (before.size() < 2) GTEST_SKIP() << "needs two CPUs";
    const int cpu = veda::rt::os::current_cpu();
    EXPECT_TRUE(veda::rt::os::move_off_cpu(cpu));
    EXPECT_EQ(allowed_cpus(), before);
}

TEST(MoveOffCpu, CannotLeaveTheLastCpu) {
    const int last = allowed_cpus().back();
    run_on_thread({.cpu = last}, [&] {
        EXPECT_FALSE(veda::rt::os::move_off_cpu(last));
        EXPECT_EQ(allowed_cpus(), std::vector<int>{last});
    });
}

TEST(MoveOffCpu, SurvivesCpusThatDoNotExist) {
    const auto before = allowed_cpus();
    errno = 1234;
    for (int cpu : {-1, 1022, 1023, 1024, 1 << 20}) {
        veda::rt::os::move_off_cpu(cpu);
        EXPECT_EQ(allowed_cpus(), before) << cpu;
    }
    EXPECT_EQ(errno, 1234);
}

TEST(ShortSlices, ChangeNeitherPolicyNorPriority) {
    const int policy = sched_getscheduler(0);
    const int nice = getpriority(PRIO_PROCESS, 0);
    errno = 1234;
    veda::rt::os::ask_for_short_slices(300'000);
    EXPECT_EQ(errno, 1234);
    EXPECT_EQ(sched_getscheduler(0), policy);
    EXPECT_EQ(getpriority(PRIO_PROCESS, 0), nice);
}

TEST(ShortSlices, AreWhatTheKernelThenReports) {
    constexpr std::uint64_t slice_ns = 300'000;
    std::uint64_t before[7]{};  // struct sched_attr; its runtime is the fourth pair of words
    std::uint64_t after[7]{};
    constexpr int runtime = 3;
    ASSERT_EQ(syscall(SYS_sched_getattr, 0, before, sizeof before, 0), 0);
    if (before[runtime] == 0) GTEST_SKIP() << "this kernel has no slices to ask for";
    veda::rt::os::ask_for_short_slices(slice_ns);
    ASSERT_EQ(syscall(SYS_sched_getattr, 0, after, sizeof after, 0), 0);
    EXPECT_EQ(after[runtime], slice_ns);
}

}  // namespace
