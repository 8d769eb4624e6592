// Storms of signals: none is lost on the workers' account, none changes a result, and no call
// answers an error because of one.
#include <dirent.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>
#include <veda/veda.hpp>

#include "support/effort.hpp"

namespace {

std::atomic<std::uint64_t> handled{0}, on_workers{0};

// A handler that also spoils errno, as careless ones do.
void count_signal(int) {
    handled.fetch_add(1, std::memory_order_relaxed);
    if (veda_worker_current() != nullptr) on_workers.fetch_add(1, std::memory_order_relaxed);
}

void handle(int number, int flags) {
    struct sigaction action {};
    action.sa_handler = count_signal;
    action.sa_flags = flags;
    ASSERT_EQ(sigaction(number, &action, nullptr), 0);
}

std::vector<int> all_threads() {
    std::vector<int> ids;
    DIR* folder = opendir("/proc/self/task");
    while (const dirent* entry = readdir(folder))
        if (const int id = std::atoi(entry->d_name)) ids.push_back(id);
    closedir(folder);
    return ids;
}

// Sends a signal to every thread of the process but itself, ten thousand times a second.
class storm {
  public:
    explicit storm(int number) {
        // Blocked from its first instruction on: storms must not hit each other.
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        thread_ = std::thread([this, number] { blow(number); });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    ~storm() {
        over_ = true;
        thread_.join();
    }

  private:
    void blow(int number) {
        const auto self = static_cast<int>(syscall(SYS_gettid));
        for (std::vector<int> threads; !over_;) {
            threads = all_threads();
            for (int round = 0; round < 100 && !over_; ++round) {
                for (const int id : threads)
                    if (id != self) syscall(SYS_tgkill, getpid(), id, number);
                std::this_thread::sleep_for(std::chrono::microseconds(50));
            }
        }
    }
    std::atomic<bool> over_{false};
    std::thread thread_;
};

std::uint64_t fib(unsigned n) {
    if (n < 2) return n;
    const auto [a, b] = veda::join([n] { return fib(n - 1); }, [n] { return fib(n - 2); });
    return a + b;
}

// Everything that waits, in and outside of the runtime. errno must come out as it went in.
void use_everything(veda::runtime& runtime) {
    errno = 1234;
    EXPECT_EQ(runtime.run([] { return fib(18); }), 2584u);
    std::atomic<int> tasks{0};
    runtime.scope([&](auto& s) {
        for (int i = 0; i < 100; ++i) s.spawn([&] { ++tasks; });
    });
    EXPECT_EQ(tasks, 100);
    EXPECT_EQ(runtime.spawn([] { return 5; }).get(), 5);
    // From outside, on the word of an event, and inside, with the place lent.
    veda_event_t event{};
    auto late = runtime.spawn([&] {
        std::this_thread::sleep_for(std::chrono::microseconds(300));
        EXPECT_EQ(veda_event_set(&event), VEDA_OK);
    });
    EXPECT_EQ(veda_event_wait(&event), VEDA_OK);
    late.get();
    EXPECT_EQ(veda_runtime_drain(runtime.raw(), UINT64_MAX), VEDA_OK) << veda_last_error();
    EXPECT_EQ(errno, 1234);
}

// The timeout of a drain ends in a storm, too.
void expect_drain_to_time_out(veda::runtime& runtime) {
    std::atomic<bool> over{false};
    auto held = runtime.spawn([&] {
        while (!over) sched_yield();
    });
    EXPECT_EQ(veda_runtime_drain(runtime.raw(), 20'000'000), VEDA_E_BUSY);
    over = true;
    held.get();
}

void work_in_the_storm(std::uint64_t least) {
    veda::runtime runtime{veda::config{}.workers(3)};
    const std::uint64_t before = handled;
    for (std::uint64_t round = 0; round < veda::test::scaled(300) || handled - before < least;
         ++round)
        use_everything(runtime);
    expect_drain_to_time_out(runtime);
}

// guarantee: threads-1
TEST(Signals, ProfilersReachEveryWorker) {
    handle(SIGPROF, SA_RESTART);
    const storm profiler(SIGPROF);
    work_in_the_storm(veda::test::scaled(5000));
    EXPECT_GT(on_workers, 0u);
    std::printf("%llu signals, %llu of them on workers\n",
                static_cast<unsigned long long>(handled.load()),
                static_cast<unsigned long long>(on_workers.load()));
}

TEST(Signals, ProfilersWithoutRestart) {
    handle(SIGPROF, 0);
    const storm profiler(SIGPROF);
    work_in_the_storm(veda::test::scaled(5000));
    EXPECT_GT(on_workers, 0u);
}

// A timer of the process hits whoever has not blocked its signal: never a worker.
void alarms_in_the_main_thread(int flags) {
    handle(SIGALRM, flags);
    const itimerval often{{0, 100}, {0, 100}};
    ASSERT_EQ(setitimer(ITIMER_REAL, &often, nullptr), 0);
    work_in_the_storm(veda::test::scaled(2000));
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    EXPECT_GT(handled, 0u);
}

TEST(Signals, AlarmsWithRestart) { alarms_in_the_main_thread(SA_RESTART); }
// guarantee: threads-1
TEST(Signals, AlarmsWithoutRestart) { alarms_in_the_main_thread(0); }

// All that belongs to the user's threads, sent to every thread: only those handle it.
TEST(Signals, OfTheUserNeverRunOnWorkers) {
    static std::atomic<std::uint64_t> astray{0};
    static const auto main_thread = static_cast<int>(syscall(SYS_gettid));
    struct sigaction action {};
    action.sa_handler = [](int) {
        ++handled;
        if (static_cast<int>(syscall(SYS_gettid)) != main_thread) ++astray;
    };
    action.sa_flags = SA_RESTART;
    const int theirs[] = {SIGUSR1, SIGUSR2, SIGCHLD, SIGIO, SIGHUP};
    for (const int number : theirs) ASSERT_EQ(sigaction(number, &action, nullptr), 0);
    const storm usr1(SIGUSR1), chld(SIGCHLD);
    work_in_the_storm(veda::test::scaled(2000));
    for (const int number : theirs) kill(getpid(), number);
    EXPECT_EQ(astray, 0u);
}

// -- priorities -----------------------------------------------------------------------------------

bool become_realtime(int priority) {
    sched_param parameter{};
    parameter.sched_priority = priority;
    return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter) == 0;
}

void stay_on_first_cpu() {
    cpu_set_t only, mask;
    ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
    CPU_ZERO(&only);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(cpu, &mask)) {
            CPU_SET(cpu, &only);
            break;
        }
    ASSERT_EQ(sched_setaffinity(0, sizeof only, &only), 0);
}

// On one CPU, a thread of the highest priority waits for what threads of the lowest hold: it must
// stop spinning, or nobody ever runs. The kernel's own help, a twentieth of each second, is far too
// slow for so many rounds.
// guarantee: threads-2
TEST(Priorities, AnUrgentThreadWaitsForIdleWorkers) {
    stay_on_first_cpu();
    std::atomic<int> low{0};
    veda::runtime runtime{veda::config{}.workers(2).on_worker_start([&](std::uint32_t) {
        sched_param none{};
        low += sched_setscheduler(0, SCHED_IDLE, &none) == 0;
    })};
    runtime.broadcast([] {});
    if (!become_realtime(50)) GTEST_SKIP() << "no real-time priority for this user";
    EXPECT_EQ(low, 2);
    for (std::uint64_t round = 0; round < veda::test::scaled(200); ++round) {
        EXPECT_EQ(runtime.spawn([] { return 3; }).get(), 3);
        std::atomic<int> seen{0};
        runtime.run([&] {
            veda::par(0, 8).for_each([&](int) {
                std::this_thread::sleep_for(std::chrono::microseconds(50));
                ++seen;
            });
        });
        EXPECT_EQ(seen, 8);
    }
}

// A hog that never gives its CPU away, above all workers in priority.
TEST(Priorities, AHogTakesOneCpu) {
    std::atomic<bool> over{false}, skipped{false};
    std::atomic<std::uint64_t> spins{0};
    std::thread hog([&] {
        stay_on_first_cpu();
        if (!become_realtime(50)) {
            skipped = true;
            return;
        }
        while (!over) ++spins;
    });
    while (!skipped && spins == 0) std::this_thread::yield();
    if (!skipped) {
        veda::runtime runtime{veda::config{}.workers(4)};
        for (std::uint64_t round = 0; round < veda::test::scaled(50); ++round)
            use_everything(runtime);
    }
    over = true;
    hog.join();
    if (skipped) GTEST_SKIP() << "no real-time priority for this user";
}

}  // namespace
