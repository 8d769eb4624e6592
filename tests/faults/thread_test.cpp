// The system refuses the k-th thread, at start-up and later. A runtime then has fewer workers and
// says so once, or there is a clear error; never half a runtime, never a wait that nobody ends.
#include <dirent.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <veda/veda.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>

#include "adapt/follower.hpp"
#include "faults/fault.hpp"
#include "faults/own_process.hpp"
#include "support/effort.hpp"
#include "support/own_runtime.hpp"

namespace {

using veda::test::fault;
using veda::test::in_child;
using veda::test::resource;
using veda::test::times;

constexpr std::uint32_t most_workers = 64;

std::size_t thread_count() {
    std::size_t count = 0;
    DIR* tasks = opendir("/proc/self/task");
    while (const dirent* entry = readdir(tasks)) count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

// A joined thread may still be listed for a moment; the alarm bounds the wait.
void await_thread_count(std::size_t wanted) {
    while (thread_count() != wanted) usleep(1000);
}

veda_status create(std::uint32_t workers, std::uint32_t spares, veda_runtime_t** out) {
    veda_runtime_config_t config{};
    config.struct_size = sizeof config;
    config.worker_count = workers;
    config.spare_workers = spares;
    config.stack_size = 256 << 10;
    return veda_runtime_create(&config, out);
}

void count_one(void* counter, veda_worker_t*) { ++*static_cast<std::atomic<int>*>(counter); }

// Tasks, a loop and a broadcast, then a balanced end.
void use_and_end(veda_runtime_t* runtime, std::uint32_t workers) {
    std::atomic<int> ran{0};
    HOLDS(veda::test::worker_count(runtime) == workers);
    for (int i = 0; i < 50; ++i) HOLDS(veda_spawn(runtime, count_one, &ran) == VEDA_OK);
    HOLDS(veda_broadcast(runtime, count_one, &ran) == VEDA_OK);
    HOLDS(veda_runtime_drain(runtime, UINT64_MAX) == VEDA_OK);
    HOLDS(ran == 50 + static_cast<int>(workers));
    HOLDS(veda::test::read_counter(runtime, "submitted") ==
          veda::test::read_counter(runtime, "completed"));
    HOLDS(veda::test::read_counter(runtime, "threads_started") >= workers);
    HOLDS(veda_runtime_destroy(runtime) == VEDA_OK);
}

int start_up(std::uint64_t nth, bool lasting) {
    const std::size_t before = thread_count();
    auto* runtime = reinterpret_cast<veda_runtime_t*>(8);
    {
        const fault missing(resource::thread, nth, lasting);
        const veda_status status = create(most_workers, 4, &runtime);
        HOLDS(fault::failed() == (nth < most_workers ? 1 : 0));
        if (nth == 0) {
            HOLDS(status == VEDA_E_THREAD && runtime == nullptr);
            HOLDS(std::strstr(veda_last_error(), "thread"));
        } else {
            HOLDS(status == VEDA_OK);
            use_and_end(runtime,
                        static_cast<std::uint32_t>(std::min<std::uint64_t>(nth, most_workers)));
        }
    }
    await_thread_count(before);
    HOLDS(create(2, 1, &runtime) == VEDA_OK);  // the next one finds nothing left over
    use_and_end(runtime, 2);
    await_thread_count(before);
    return 0;
}

TEST(Thread, RefusedAtStartUp) {
    const std::uint64_t stride = veda::test::scaled(10) < 10 ? 9 : 1;
    for (const bool lasting : {false, true})
        for (std::uint64_t nth = 0; nth <= most_workers; nth += nth < 2 ? 1 : stride) {
            const auto result = in_child([&] { return start_up(nth, lasting); });
            ASSERT_EQ(result.code, 0) << "thread " << nth << ", signal " << result.signal << "\n"
                                      << result.errors;
            const bool fewer = nth > 0 && nth < most_workers;
            EXPECT_EQ(times(result.errors, "veda: warn"), fewer ? 1u : 0u) << nth << result.errors;
            EXPECT_EQ(times(result.errors, std::to_string(nth) + " of 64 worker threads"),
                      fewer ? 1u : 0u)
                << result.errors;
        }
}

// Tasks that wait for events, and then those that set them: every wait needs another thread, or,
// where none can be had, lets a waiting one run what is left.
struct waits {
    static constexpr int count = 12;
    std::array<veda_event_t, count> events{};

    static void wait(void* event, veda_worker_t*) {
        HOLDS(veda_event_wait(static_cast<veda_event_t*>(event)) == VEDA_OK);
    }
    static void set(void* event, veda_worker_t*) {
        HOLDS(veda_event_set(static_cast<veda_event_t*>(event)) == VEDA_OK);
    }
    // Once all wait that can, so many threads have been refused.
    void run(veda_runtime_t* runtime, std::uint64_t refusals) {
        for (auto& event : events) HOLDS(veda_spawn(runtime, wait, &event) == VEDA_OK);
        while (fault::failed() < refusals) usleep(1000);
        for (auto& event : events) HOLDS(veda_spawn(runtime, set, &event) == VEDA_OK);
        HOLDS(veda_runtime_drain(runtime, UINT64_MAX) == VEDA_OK);
    }
};

// How often a refused thread is asked for in that time, at most: after 10 ms, and then after twice as long
// each time, up to a second.
std::uint64_t most_tries_in(std::chrono::steady_clock::duration time) {
    std::uint64_t tries = 1;
    std::chrono::steady_clock::duration pause = std::chrono::milliseconds(10);
    for (; pause <= time; pause = std::min<decltype(pause)>(pause * 2, std::chrono::seconds(1)), ++tries)
        time -= pause;
    return tries;
}

int spare(std::uint64_t nth, std::uint32_t workers) {
    const std::size_t before = thread_count();
    veda_runtime_t* runtime = nullptr;
    HOLDS(create(workers, 8, &runtime) == VEDA_OK);
    const auto begun = std::chrono::steady_clock::now();
    std::uint64_t refused = 0;
    for (int round = 0; round < 3; ++round) {
        const fault missing(resource::thread, round == 0 ? nth : 0, true);
        waits().run(runtime, round == 0 ? 1 : 0);
        refused += fault::failed();
        HOLDS(refused <= most_tries_in(std::chrono::steady_clock::now() - begun));
    }
    HOLDS(veda::test::read_counter(runtime, "threads_started") == workers + nth);
    HOLDS(veda::test::read_counter(runtime, "late_wakes") == 0);
    use_and_end(runtime, workers);
    await_thread_count(before);
    return 0;
}

// guarantee: faults-6
TEST(Thread, RefusedToSpareWorkers) {
    for (const std::uint32_t workers : {1u, 2u, 3u})
        for (std::uint64_t nth = 0; nth < 8; ++nth) {
            const auto result = in_child([&] { return spare(nth, workers); });
            ASSERT_EQ(result.code, 0) << "spare " << nth << " of " << workers << " workers, signal "
                                      << result.signal << "\n"
                                      << result.errors;
            EXPECT_EQ(times(result.errors, "veda: warn"), 1u) << result.errors;
            EXPECT_EQ(times(result.errors, "refuses spare worker " + std::to_string(nth)), 1u)
                << result.errors;
        }
}

// The refusal is forgotten: once the system grants threads again, they are asked for. refused_at: the first
// thread that is refused, of those of the start and the spare ones.
int spare_after_all(std::uint64_t refused_at) {
    constexpr std::uint32_t workers = 2;
    const std::size_t before = thread_count();
    veda_runtime_t* runtime = nullptr;
    {
        const fault missing(resource::thread, refused_at, true);
        HOLDS(create(workers, 8, &runtime) == VEDA_OK);
        waits().run(runtime, 1);
    }
    // The alarm bounds the wait.
    while (veda::test::read_counter(runtime, "threads_started") < workers + 3) waits().run(runtime, 0);
    use_and_end(runtime, std::min<std::uint32_t>(workers, static_cast<std::uint32_t>(refused_at)));
    await_thread_count(before);
    return 0;
}

// guarantee: faults-6
TEST(Thread, RefusedForAWhile) {
    for (const std::uint64_t refused_at : {1u, 2u, 3u}) {
        const auto result = in_child([&] { return spare_after_all(refused_at); });
        ASSERT_EQ(result.code, 0) << "thread " << refused_at << ", signal " << result.signal << "\n"
                                  << result.errors;
        // Each is said once, however often it is tried again.
        const bool at_start = refused_at < 2;
        const std::size_t spares = times(result.errors, "refuses spare worker");
        EXPECT_EQ(times(result.errors, "worker threads could be started"), at_start ? 1u : 0u)
            << result.errors;
        EXPECT_TRUE(spares == 1 || (at_start && spares == 0)) << result.errors;
    }
}

// A worker that the machine allows, but the system refuses, is asked for again at the next look.
// guarantee: faults-6
TEST(Thread, RefusedToTheFollower) {
    const auto result = in_child([] {
        veda::rt::settings config;
        config.worker_count = 1;
        config.most_workers = 4;
        veda::rt::registry* pool = nullptr;
        HOLDS(veda::rt::registry::create(config, &pool) == VEDA_OK);
        veda::rt::follower follower(*pool, [] {
            veda::rt::os::cpu_limits limits;
            limits.affinity = 4;
            return limits;
        });
        {
            const fault missing(resource::thread, 1, true);
            follower.look();
            HOLDS(pool->limit() == 2);
        }
        follower.look();
        HOLDS(pool->limit() == 4);
        delete pool;
        return 0;
    });
    EXPECT_EQ(result.code, 0) << "signal " << result.signal << "\n" << result.errors;
}

// More waits than there may be spare workers: nobody is left, and still all end.
TEST(Thread, MoreWaitsThanSpareWorkers) {
    const auto result = in_child([] {
        veda_runtime_t* runtime = nullptr;
        HOLDS(create(1, 1, &runtime) == VEDA_OK);
        waits().run(runtime, 0);
        use_and_end(runtime, 1);
        return 0;
    });
    EXPECT_EQ(result.code, 0) << "signal " << result.signal << "\n" << result.errors;
}

// The kernel itself refuses, as with a full pids group.
bool deny_new_threads() {
    sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 1, 0),
                            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 1),
                            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
                            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog program{sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(Thread, RefusedByTheKernel) {
    const auto result = in_child([]() -> int {
        if (!deny_new_threads()) return veda::test::skipped;
        veda_runtime_t* runtime = nullptr;
        for (int i = 0; i < 3; ++i) {
            HOLDS(create(4, 4, &runtime) == VEDA_E_THREAD && runtime == nullptr);
            HOLDS(std::strstr(veda_last_error(), strerror(EAGAIN)));
            HOLDS(veda_init(nullptr) == VEDA_E_THREAD);
            HOLDS(veda_runtime_default() == nullptr);
        }
        HOLDS(veda_shutdown(0) == VEDA_OK);
        return thread_count() == 1 ? 0 : 2;
    });
    if (result.code == veda::test::skipped) GTEST_SKIP() << "seccomp cannot be used here";
    EXPECT_EQ(result.code, 0) << "signal " << result.signal << "\n" << result.errors;
    EXPECT_EQ(times(result.errors, "veda: warn"), 0u) << result.errors;  // the answer says it
}

}  // namespace
