#include "model/checker/machine.hpp"

#include <signal.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

#include "model/checker/arena.hpp"
#include "model/checker/sites.hpp"

namespace veda::model {

machine& the() noexcept {
    static machine one;
    return one;
}

namespace {

const char* name_of(order o) {
    static const char* const names[] = {"relaxed", "consume", "acquire",
                                        "release", "acq_rel", "seq_cst"};
    return names[static_cast<int>(o)];
}

// One line of the trace of a failing execution.
void tell(const char* what, order how, std::uint64_t value, int stale, const place* at) {
    machine& m = the();
    if (!m.how.trace) return;
    char line[256];
    const char* file = at ? std::strrchr(at->file_name(), '/') : nullptr;
    std::snprintf(line, sizeof line, "  T%d %-24s %-8s = %-10llx %s:%u%s", m.threads.self(), what,
                  name_of(how), static_cast<unsigned long long>(value),
                  file ? file + 1
                  : at ? at->file_name()
                       : "-",
                  at ? at->line() : 0, stale > 0 ? "  an old value" : "");
    m.running = false;  // the trace outlives the arena
    m.trace += line;
    m.trace += '\n';
    m.running = true;
}

// Telemetry is not explored: its counters are read and written at once, and nothing depends on
// them.
bool is_telemetry(const place& at) {
    struct known_file {
        const char* name;
        bool telemetry;
    };
    static known_file known[64];
    known_file& k = known[reinterpret_cast<std::uintptr_t>(at.file_name()) / 8 % 64];
    if (k.name != at.file_name())
        k = {at.file_name(), std::strstr(at.file_name(), "runtime/telemetry/") != nullptr};
    return k.telemetry;
}

// A crash of the body is a finding like any other: it has a replay string.
void on_crash(int signal) {
    if (!running()) {
        std::signal(signal, SIG_DFL);
        std::raise(signal);
        return;
    }
    fail("crash: an access to an address where nothing is");
}

void catch_crashes() {
    static bool done = false;
    if (std::exchange(done, true)) return;
    static char stack[64 << 10];
    stack_t alternative{};
    alternative.ss_sp = stack;
    alternative.ss_size = sizeof stack;
    sigaltstack(&alternative, nullptr);
    struct sigaction action {};
    action.sa_handler = on_crash;
    // The handler never returns: it leaves for the checker's own stack.
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    sigaction(SIGSEGV, &action, nullptr);
    sigaction(SIGBUS, &action, nullptr);
}

void run_once(const std::function<void()>& body) {
    machine& m = the();
    m.path.begin_execution();
    m.words.begin_execution(m.how, m.path);
    m.threads.begin_execution(m.how, m.path, m.words);
    arena_reset();
    m.threads_left = max_threads;
    m.running = true;
    m.threads.run(body);
    m.running = false;
    m.words.end_execution();
    ++m.found.executions;
    m.found.steps += m.threads.steps();
    m.found.pruned += m.threads.pruned();
    m.found.timeouts += m.threads.timeouts();
}

void search_all(const std::function<void()>& body, const std::function<double()>& seconds) {
    machine& m = the();
    double average = 50;
    for (;;) {
        run_once(body);
        average = average * 0.9 + m.threads.steps() * 0.1;
        m.threads.set_average(average);
        if (m.found.failed || !m.how.replay.empty()) return;
        if (m.how.how == search::exhaustive && !m.path.advance()) {
            m.found.complete = true;
            return;
        }
        if (m.found.executions >= m.how.max_executions) return;
        if (m.found.executions % 64 == 0 && seconds() > m.how.max_seconds) return;
    }
}

}  // namespace

result explore(const config& how, const std::function<void()>& body) {
    machine& m = the();
    m.how = how;
    m.found = {};
    m.trace.clear();
    m.path.begin_search(m.how);
    catch_crashes();
    const auto start = std::chrono::steady_clock::now();
    search_all(body, [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    });
    m.found.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    m.found.trace = m.trace;
    return m.found;
}

void fail(const std::string& message) {
    machine& m = the();
    if (!m.running) {
        std::fprintf(stderr, "model: %s (outside an execution)\n", message.c_str());
        std::abort();
    }
    m.running = false;
    m.found.failed = true;
    m.found.message = message.c_str();  // a copy outside the arena
    m.found.replay = m.path.replay();
    m.threads.abandon();
}

// -- operations -----------------------------------------------------------------------------------

std::uint64_t word_load(const void* word, unsigned size, order how, const place& at) {
    if (!running() || is_telemetry(at)) return memory::peek(word, size);
    how = order_at(how, "load", 0, at);
    machine& m = the();
    m.threads.point(kind::load, word, how);
    int stale = 0;
    const std::uint64_t value = m.words.load(word, size, how, &stale);
    tell("load", how, value, stale, &at);
    return value;
}

void word_store(void* word, unsigned size, std::uint64_t value, order how, const place& at) {
    if (!running() || is_telemetry(at)) return memory::poke(word, size, value);
    how = order_at(how, "store", 0, at);
    machine& m = the();
    m.threads.point(kind::store, word, how);
    m.words.store(word, size, value, how);
    tell("store", how, value, 0, &at);
}

std::uint64_t word_modify(void* word, unsigned size, rmw what, std::uint64_t operand, order how,
                          const char* name, const place& at) {
    machine& m = the();
    if (!running()) {  // statics, before and after
        const std::uint64_t before = memory::peek(word, size);
        memory::poke(word, size, what == rmw::add ? before + operand : operand);
        return before;
    }
    how = order_at(how, name, 0, at);
    m.threads.point(kind::modify, word, how);
    const std::uint64_t before = m.words.modify(word, size, what, operand, how);
    tell(name, how, before, 0, &at);
    return before;
}

bool word_compare_exchange(void* word, unsigned size, std::uint64_t& expected,
                           std::uint64_t desired, order success, order failure, bool failure_given,
                           bool weak, const char* name, const place& at) {
    if (!running()) fail("a compare-exchange");
    success = order_at(success, name, 0, at);
    failure = failure_given ? order_at(failure, name, 1, at) : failure_of(success);
    machine& m = the();
    m.threads.point(kind::modify, word, success);
    int stale = 0;
    const bool done =
        m.words.compare_exchange(word, size, expected, desired, success, failure, weak, &stale);
    tell(name, done ? success : failure, done ? desired : expected, stale, &at);
    return done;
}

void fence(order how, const place& at) {
    machine& m = the();
    m.threads.point(kind::fence, nullptr, how);
    m.words.fence(how);
    tell("fence", how, 0, 0, &at);
}

void barrier(const place& at) {
    machine& m = the();
    m.threads.point(kind::barrier, nullptr, order::seq_cst);
    m.words.barrier();
    tell("barrier", order::seq_cst, 0, 0, &at);
}

void yield() {
    if (running()) the().threads.yield();
}

bool futex_wait(const void* word, std::uint32_t expected, bool timed) {
    machine& m = the();
    m.threads.point(kind::futex_wait, word, order::relaxed);
    const std::uint64_t value = m.words.futex_load(word, sizeof(std::uint32_t));
    tell("futex_wait", order::relaxed, value, 0, nullptr);
    if (value != expected) return true;
    if (m.threads.spurious() < m.how.spurious_wakes && m.path.choose(2) == 1) {
        m.threads.take_spurious();
        return true;
    }
    const bool woken = m.threads.block(kind::futex_wait, word, timed);
    tell(woken ? "woken" : "timed out", order::relaxed, 0, 0, nullptr);
    return woken;
}

void futex_wake(const void* word, int count) {
    machine& m = the();
    m.threads.point(kind::futex_wake, word, order::relaxed);
    m.words.futex_mark(word);
    tell("futex_wake", order::relaxed, static_cast<std::uint64_t>(count), 0, nullptr);
    for (int woken = 0; woken < count; ++woken) {
        int sleepers[max_threads];
        const int found = m.threads.sleepers(kind::futex_wait, word, sleepers);
        if (found == 0) return;
        m.threads.wake(sleepers[m.path.choose(found)], kind::local);
    }
}

void lock(const void* mutex) {
    if (!running()) return;
    machine& m = the();
    m.threads.point(kind::lock, mutex, order::acquire);
    while (m.words.touch(mutex, 0).owner >= 0) m.threads.block(kind::lock, mutex);
    m.words.lock(m.words.touch(mutex, 0));
    tell("lock", order::acquire, 0, 0, nullptr);
}

bool try_lock(const void* mutex) {
    machine& m = the();
    m.threads.point(kind::lock, mutex, order::acquire);
    object& o = m.words.touch(mutex, 0);
    if (o.owner >= 0) return false;
    m.words.lock(o);
    return true;
}

void unlock(const void* mutex) {
    if (!running()) return;
    machine& m = the();
    m.threads.point(kind::unlock, mutex, order::release);
    m.words.unlock(m.words.touch(mutex, 0));
    tell("unlock", order::release, 0, 0, nullptr);
    int waiting[max_threads];
    const int found = m.threads.sleepers(kind::lock, mutex, waiting);
    for (int i = 0; i < found; ++i) m.threads.wake(waiting[i], kind::lock);
}

void born(const void* address, unsigned size) {
    if (running()) the().words.born(address, size);
}

void died(const void* address) {
    if (running()) the().words.died(address);
}

}  // namespace veda::model
