// A sandbox or an old kernel refuses system calls that the library makes. Each is refused in turn,
// with EPERM and with ENOSYS, and all together: the same work is done, an idle runtime stays idle,
// and what got worse for the user is said once. Only the futex is indispensable, and says so at the
// start.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <veda/veda.h>

#include <atomic>
#include <cstring>
#include <vector>

#include "faults/own_process.hpp"
#include "support/own_runtime.hpp"

namespace {

using veda::test::in_child;
using veda::test::times;

#if defined(__SANITIZE_THREAD__)
constexpr bool possible = false;  // its own runtime needs these calls
#else
constexpr bool possible = true;
#endif

// -- refusing
// --------------------------------------------------------------------------------------

// The filter asks a thread of this process, which is not under it, counts and refuses.
class refusal {
  public:
    // False where the kernel, or a sandbox around us, does not offer that.
    bool begin(const std::vector<int>& calls, int error) {
        error_ = error;
        pthread_t answerer;
        if (pthread_create(&answerer, nullptr, answer_all, this) != 0) return false;
        std::vector<sock_filter> filter{
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
        for (const int call : calls) {
            filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, std::uint32_t(call), 0, 1));
            filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
        }
        filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
        const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
        const long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                      SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
        listener_ = static_cast<int>(listener);
        return listener >= 0;
    }

    std::uint64_t count(int call) const { return counts_[call]; }

  private:
    static void* answer_all(void* raw) {
        auto* self = static_cast<refusal*>(raw);
        while (self->listener_ < 0) usleep(100);
        for (;;) {
            seccomp_notif asked{};
            if (ioctl(self->listener_, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) continue;
            ++self->counts_[asked.data.nr];
            seccomp_notif_resp answer{};
            answer.id = asked.id;
            answer.error = -self->error_;
            ioctl(self->listener_, SECCOMP_IOCTL_NOTIF_SEND, &answer);
        }
    }

    int error_ = 0;
    std::atomic<int> listener_{-1};
    std::atomic<std::uint64_t> counts_[1024]{};
};

// -- the work
// --------------------------------------------------------------------------------------

std::uint64_t cpu_ns() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::uint64_t(now.tv_sec) * 1'000'000'000 + std::uint64_t(now.tv_nsec);
}

void count_one(void* counter, veda_worker_t*) { ++*static_cast<std::atomic<int>*>(counter); }

std::uint64_t count_range(void* counter, std::uint64_t begin, std::uint64_t end,
                          const veda_exec_t*) {
    static_cast<std::atomic<std::uint64_t>*>(counter)->fetch_add(end - begin);
    return end;
}

void wait_for(void* event, veda_worker_t*) {
    HOLDS(veda_event_wait(static_cast<veda_event_t*>(event)) == VEDA_OK);
}
void set(void* event, veda_worker_t*) {
    HOLDS(veda_event_set(static_cast<veda_event_t*>(event)) == VEDA_OK);
}

void work(veda_runtime_t* runtime) {
    std::atomic<int> ran{0};
    std::atomic<std::uint64_t> indices{0};
    veda_for_desc_t loop{};
    loop.struct_size = sizeof loop;
    loop.end = 100'000;
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < 100; ++i) HOLDS(veda_spawn(runtime, count_one, &ran) == VEDA_OK);
        HOLDS(veda_for(runtime, &loop, count_range, &indices) == VEDA_OK);
        HOLDS(veda_broadcast(runtime, count_one, &ran) == VEDA_OK);
        veda_event_t inner{}, outer{};  // a worker waits, and then this thread
        HOLDS(veda_spawn(runtime, wait_for, &inner) == VEDA_OK);
        HOLDS(veda_spawn(runtime, set, &inner) == VEDA_OK);
        HOLDS(veda_runtime_drain(runtime, UINT64_MAX) == VEDA_OK);
        usleep(2000);  // so that the workers are asleep
        HOLDS(veda_spawn(runtime, set, &outer) == VEDA_OK);
        HOLDS(veda_event_wait(&outer) == VEDA_OK);
    }
    HOLDS(veda_runtime_drain(runtime, UINT64_MAX) == VEDA_OK);
    HOLDS(indices == 1'000'000);
    HOLDS(ran == 10 * (100 + static_cast<int>(veda::test::worker_count(runtime))));
}

// A third of one CPU would be far more than a few sleepers that look up now and then.
void expect_idle() {
    const std::uint64_t before = cpu_ns();
    usleep(300'000);
    HOLDS(cpu_ns() - before < 100'000'000);
}

// AddressSanitizer asks for the stack of each new thread, for which glibc needs this call.
#if defined(__SANITIZE_ADDRESS__)
constexpr int not_here = SYS_sched_getaffinity;
#else
constexpr int not_here = -1;
#endif

struct system_call {
    int number;
    const char* name;
    bool made;            // whether the library makes it in this scenario
    const char* warning;  // what it says, once; nullptr: nothing gets worse
};

constexpr const char* not_pinned = "a worker cannot be pinned to CPU 0";

// glibc makes some for the library. (It ends the program itself where rseq is refused to a new
// thread.)
constexpr system_call calls[] = {
    {SYS_sched_getaffinity, "sched_getaffinity", true, nullptr},
    {SYS_sched_setaffinity, "sched_setaffinity", true, not_pinned},
    {SYS_sched_getattr, "sched_getattr", true, nullptr},
    {SYS_sched_setattr, "sched_setattr", true, nullptr},
    {SYS_prctl, "prctl", true, nullptr},
    {SYS_madvise, "madvise", true, nullptr},
    {SYS_set_robust_list, "set_robust_list", true, nullptr},
    {SYS_openat, "openat", true, nullptr},
    {SYS_membarrier, "membarrier", true, nullptr},
    {SYS_set_mempolicy, "set_mempolicy", false, nullptr},
    {SYS_mbind, "mbind", false, nullptr},
    {SYS_perf_event_open, "perf_event_open", false, nullptr},
    {SYS_io_uring_setup, "io_uring_setup", false, nullptr},
};

std::vector<system_call> all_calls() {
    std::vector<system_call> all(std::begin(calls), std::end(calls));
    std::erase_if(all, [](const system_call& call) { return call.number == not_here; });
    return all;
}

// Works under the refusal from the first call on, or from the middle of its life.
int use_refused(const std::vector<system_call>& refused, int error, bool from_start) {
    static refusal no;
    std::vector<int> numbers;
    for (const auto& call : refused) numbers.push_back(call.number);
    setenv("VEDA_AFFINITY", "0", 1);
    // Ahead of the filter: what the test itself needs once.
    (void)cpu_ns();
    if (from_start && !no.begin(numbers, error)) return veda::test::skipped;
    veda_runtime_t *runtime = nullptr, *later = nullptr;
    HOLDS(veda_runtime_create(nullptr, &runtime) == VEDA_OK);
    work(runtime);
    if (!from_start && !no.begin(numbers, error)) return veda::test::skipped;
    HOLDS(veda_runtime_create(nullptr, &later) == VEDA_OK);
    work(runtime);
    work(later);
    expect_idle();
    HOLDS(veda_runtime_destroy(later) == VEDA_OK);
    HOLDS(veda::test::read_counter(runtime, "submitted") ==
          veda::test::read_counter(runtime, "completed"));
    HOLDS(veda_runtime_destroy(runtime) == VEDA_OK);
    // Together, one refusal may keep the library from making the next call.
    const bool alone = refused.size() == 1;
    std::uint64_t all = 0;
    for (const auto& call : refused) {
        all += no.count(call.number);
        if (alone && from_start && (no.count(call.number) > 0) != call.made) {
            std::fprintf(stderr, "%s was refused %llu times\n", call.name,
                         static_cast<unsigned long long>(no.count(call.number)));
            return 2;
        }
    }
    return alone || all > 0 ? 0 : 3;
}

void expect_use(const std::vector<system_call>& refused, int error, bool from_start) {
    const auto result = in_child([&] { return use_refused(refused, error, from_start); });
    if (result.code == veda::test::skipped) GTEST_SKIP() << "seccomp cannot be used here";
    ASSERT_EQ(result.code, 0) << strerror(error) << ", signal " << result.signal << "\n"
                              << result.errors;
    std::size_t warnings = 0;
    for (const auto& call : refused) {
        if (call.warning == nullptr) continue;
        EXPECT_EQ(times(result.errors, call.warning), 1u) << result.errors;
        ++warnings;
    }
    EXPECT_EQ(times(result.errors, "veda: "), warnings) << result.errors;
}

class Syscall : public testing::TestWithParam<system_call> {};

TEST_P(Syscall, Refused) {
    if (!possible) GTEST_SKIP() << "ThreadSanitizer's own runtime needs these calls";
    if (GetParam().number == not_here) GTEST_SKIP() << "AddressSanitizer itself needs this call";
    for (const int error : {EPERM, ENOSYS}) expect_use({GetParam()}, error, true);
}

INSTANTIATE_TEST_SUITE_P(Each, Syscall, testing::ValuesIn(calls),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Syscalls, RefusedAllTogether) {
    if (!possible) GTEST_SKIP() << "ThreadSanitizer's own runtime needs these calls";
    const auto all = all_calls();
    for (const int error : {EPERM, ENOSYS}) expect_use(all, error, true);
}

// A program may lock itself up when it has started: the workers that exist keep their freedom, this
// thread and those that start later do not.
TEST(Syscalls, RefusedFromTheMiddleOfALife) {
    if (!possible) GTEST_SKIP() << "ThreadSanitizer's own runtime needs these calls";
    const auto all = all_calls();
    for (const int error : {EPERM, ENOSYS}) expect_use(all, error, false);
}

// -- the futex
// -------------------------------------------------------------------------------------

TEST(Futex, RefusedBeforeTheStart) {
    if (!possible) GTEST_SKIP() << "ThreadSanitizer's own runtime needs these calls";
    for (const int error : {EPERM, ENOSYS}) {
        const auto result = in_child([&]() -> int {
            static refusal no;
            if (!no.begin({SYS_futex}, error)) return veda::test::skipped;
            veda_runtime_t* runtime = nullptr;
            HOLDS(veda_runtime_create(nullptr, &runtime) == VEDA_E_UNSUPPORTED &&
                  runtime == nullptr);
            HOLDS(std::strstr(veda_last_error(), "futex"));
            HOLDS(std::strstr(veda_last_error(), strerror(error)));
            HOLDS(veda_runtime_default() == nullptr);
            HOLDS(veda_init(nullptr) == VEDA_E_UNSUPPORTED);
            return no.count(SYS_futex) == 3 ? 0 : 2;
        });
        if (result.code == veda::test::skipped) GTEST_SKIP() << "seccomp cannot be used here";
        EXPECT_EQ(result.code, 0) << "signal " << result.signal << "\n" << result.errors;
    }
}

// A wake-up that cannot be sent would be a hang; the program ends with a word about why.
TEST(Futex, TakenAwayLater) {
    if (!possible) GTEST_SKIP() << "ThreadSanitizer's own runtime needs these calls";
    for (const int error : {EPERM, ENOSYS}) {
        const auto result = in_child([&]() -> int {
            static refusal no;
            signal(SIGABRT, [](int) { _exit(no.count(SYS_futex) > 0 ? 77 : 2); });
            veda_runtime_t* runtime = nullptr;
            HOLDS(veda_runtime_create(nullptr, &runtime) == VEDA_OK);
            work(runtime);
            if (!no.begin({SYS_futex}, error)) return veda::test::skipped;
            work(runtime);
            return 0;
        });
        if (result.code == veda::test::skipped) GTEST_SKIP() << "seccomp cannot be used here";
        EXPECT_EQ(result.code, 77) << "signal " << result.signal << "\n" << result.errors;
        EXPECT_EQ(times(result.errors, "sandboxes must allow futex"), 1u) << result.errors;
    }
}

}  // namespace
