// thread.cpp: pthreads, signal masks and CPU masks. The pool starts its workers here; nothing else
// may start a thread. A refusal is an answer, never an exception.
#include "os/thread.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iterator>
#include <new>

#include "base/atomic.hpp"
#include "os/log.hpp"
#include "os/process.hpp"
#include "os/stack_guard.hpp"
#include "os/uncancelled.hpp"

namespace veda::rt::os {

namespace {

constexpr std::size_t guard_bytes = 64u << 10;
constexpr std::size_t name_bytes = 16;  // TASK_COMM_LEN, with the final zero

// What a new thread needs to know; owned by the thread once it runs.
struct launch {
    void (*entry)(void*);
    void* argument;
    int cpu;
    char name[name_bytes];
};

// A CPU that cannot be had leaves the thread where the system puts it, which is worth one warning.
void pin(int cpu) noexcept {
    if (cpu < 0 || cpu >= CPU_SETSIZE) return;
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<unsigned>(cpu), &only);
    if (sched_setaffinity(0, sizeof only, &only) != 0)
        log(log_level::warn, "a worker cannot be pinned to CPU %d: %s", cpu, std::strerror(errno));
}

// Every asynchronous signal is blocked: it belongs to the user's threads. Open stay those that the
// thread itself raises by a fault, and those that profilers aim at each thread.
sigset_t worker_signals() noexcept {
    sigset_t blocked;
    sigfillset(&blocked);
    for (int open : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF, SIGVTALRM})
        sigdelset(&blocked, open);
    return blocked;
}

// What the thread that started the last one of ours had blocked: the user's own choice, for children that
// are forked off a thread of ours. relaxed: a number.
static_assert(sizeof(sigset_t) >= sizeof(std::uint64_t), "the kernel's set has 64 signals");
atomic<std::uint64_t> blocked_by_user{0};
thread_local bool is_ours = false;

void remember(const sigset_t& users) noexcept {
    std::uint64_t word;
    std::memcpy(&word, &users, sizeof word);
    blocked_by_user.store(word, relaxed);
}

extern "C" void* veda_thread_main(void* raw) {
    const launch start = *static_cast<launch*>(raw);
    delete static_cast<launch*>(raw);
    is_ours = true;
    // A thread of the runtime holds work of others: it ends when the runtime ends, not when somebody
    // cancels it.
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
    pthread_setname_np(pthread_self(), start.name);
    pin(start.cpu);
    const stack_guard guard(start.name);
    start.entry(start.argument);
    return nullptr;
}

std::size_t usable_stack(std::size_t wanted) noexcept {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const auto least = static_cast<std::size_t>(sysconf(_SC_THREAD_STACK_MIN));
    return (std::max(wanted, least) + page - 1) / page * page;
}

int create(pthread_t& handle, std::size_t stack_size, launch* start) noexcept {
    pthread_attr_t attributes;
    if (int error = pthread_attr_init(&attributes)) return error;
    int error = pthread_attr_setstacksize(&attributes, usable_stack(stack_size));
    // A large frame must not step over the guard. It costs addresses, no memory.
    if (error == 0) error = pthread_attr_setguardsize(&attributes, guard_bytes);
    if (error == 0) {
        // The new thread inherits the mask, so that it is never open for a moment.
        const sigset_t blocked = worker_signals();
        sigset_t before;
        pthread_sigmask(SIG_SETMASK, &blocked, &before);
        if (!is_ours) remember(before);
        error = pthread_create(&handle, &attributes, veda_thread_main, start);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    pthread_attr_destroy(&attributes);
    return error;
}

}  // namespace

int thread::start(const thread_options& options, void (*entry)(void*), void* argument) noexcept {
    auto* start = new (std::nothrow) launch{entry, argument, options.cpu, {}};
    if (start == nullptr) return ENOMEM;
    std::strncpy(start->name, options.name, name_bytes - 1);
    const int error = create(handle_, options.stack_size, start);
    if (error != 0) delete start;
    started_ = error == 0;
    return error;
}

void thread::join() noexcept {
    if (!started_) return;
    const uncancelled shield;
    pthread_join(handle_, nullptr);
    started_ = false;
}

void open_signals_in_child() noexcept {
    if (!is_ours) return;
    is_ours = false;
    const std::uint64_t word = blocked_by_user.load(relaxed);
    sigset_t users;
    sigemptyset(&users);
    std::memcpy(&users, &word, sizeof word);
    pthread_sigmask(SIG_SETMASK, &users, nullptr);
}

// Not cached: a cached number would be wrong in the child of a fork.
// The child of a fork has another number, which is why the generation is remembered with it.
std::uint32_t thread_id() noexcept {
    struct known {
        std::uint32_t generation, id;
    };
    thread_local known mine{UINT32_MAX, 0};
    if (mine.generation != generation) mine = {generation, static_cast<std::uint32_t>(syscall(SYS_gettid))};
    return mine.id;
}

// What pthread_getcpuclockid makes of a thread, for which no handle is needed and which may have ended.
std::uint64_t cpu_time_of(std::uint32_t thread_id) noexcept {
    constexpr std::uint32_t per_thread = 4, scheduler_clock = 2;
    const auto clock = static_cast<clockid_t>(~thread_id << 3 | per_thread | scheduler_clock);
    timespec used;
    if (clock_gettime(clock, &used) != 0) return unknown_time;
    return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(used.tv_nsec);
}

// The state is the first letter behind the name, which stands in parentheses and may hold any byte.
bool sleeps(std::uint32_t thread_id) noexcept {
    char text[64 + 256];
    std::snprintf(text, sizeof text, "/proc/self/task/%u/stat", thread_id);
    const int file = open(text, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return false;
    text[length] = '\0';
    const char* name_end = std::strrchr(text, ')');
    return name_end && std::strlen(name_end) > 2 && std::strchr("STt", name_end[2]);
}

int current_cpu() noexcept { return sched_getcpu(); }

void yield_thread() noexcept { sched_yield(); }

void sleep_ns(std::uint64_t ns) noexcept {
    constexpr std::uint64_t ns_per_s = 1'000'000'000;
    const uncancelled shield;
    const int saved_errno = errno;
    timespec time{};
    time.tv_sec = static_cast<std::time_t>(ns / ns_per_s);
    time.tv_nsec = static_cast<long>(ns % ns_per_s);
    nanosleep(&time, nullptr);
    errno = saved_errno;
}

bool move_off_cpu(int cpu) noexcept {
    constexpr int bits = 64;
    std::uint64_t usual[16]{};
    if (cpu < 0 || cpu >= static_cast<int>(std::size(usual)) * bits) return false;
    const int saved_errno = errno;
    bool moved = false;
    // Fails on a kernel whose masks are longer than ours: then the thread stays where it is.
    if (syscall(SYS_sched_getaffinity, 0, sizeof usual, usual) > 0) {
        std::uint64_t rest[std::size(usual)];
        std::copy(std::begin(usual), std::end(usual), rest);
        const std::uint64_t bit = std::uint64_t{1} << (cpu % bits);
        const bool was_allowed = rest[cpu / bits] & bit;
        rest[cpu / bits] &= ~bit;
        const bool may_run =
            std::any_of(std::begin(rest), std::end(rest), [](std::uint64_t word) { return word; });
        moved = was_allowed && may_run && syscall(SYS_sched_setaffinity, 0, sizeof rest, rest) == 0;
        if (moved) syscall(SYS_sched_setaffinity, 0, sizeof usual, usual);
    }
    errno = saved_errno;
    return moved;
}

void ask_for_short_slices(std::uint64_t slice_ns) noexcept {
    // struct sched_attr of sched_setattr(2), which glibc 2.36 does not declare.
    struct {
        std::uint32_t size, policy;
        std::uint64_t flags;
        std::int32_t nice;
        std::uint32_t priority;
        std::uint64_t runtime, deadline, period;
    } attributes{};
    const int saved_errno = errno;
    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0 &&
        attributes.policy == SCHED_OTHER) {
        attributes.runtime = slice_ns;
        syscall(SYS_sched_setattr, 0, &attributes, 0);
    }
    errno = saved_errno;
}

}  // namespace veda::rt::os
