// os.cpp: what runtime/os is to the suites: threads are the checker's, a futex is the checker's,
// every thread has a clock of its own that goes on when it is read, memory comes from the arena.
// The rest of the runtime's sources are compiled as they are.
#include <cstring>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "model/checker/arena.hpp"
#include "model/checker/machine.hpp"
#include "os/clock.hpp"
#include "os/cpu_limit.hpp"
#include "os/cpu_share.hpp"
#include "os/futex.hpp"
#include "os/log.hpp"
#include "os/order_threads.hpp"
#include "os/pages.hpp"
#include "os/process.hpp"
#include "os/thread.hpp"
#include "os/stack_guard.hpp"
#include "pool/config.hpp"

namespace veda::rt {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
    model::fail(std::string("assertion: ") + expression + " (" + file + ":" + std::to_string(line) +
                ")");
}

// Of pool/, what reads the environment and the machine and is not compiled here.
std::string worker_name(const std::string& prefix, std::uint32_t) { return prefix; }
void display_settings(const settings&) {}
veda_status resolve_settings(const veda_runtime_config_t* config, settings& out, bool) {
    out.worker_count = config && config->worker_count ? config->worker_count : 1;
    out.spare_workers = config ? config->spare_workers : 0;
    return VEDA_OK;
}

namespace os {

// -- waiting --------------------------------------------------------------------------------------

bool futex_wait(atomic<std::uint32_t>& word, std::uint32_t expected,
                std::uint64_t timeout_ns) noexcept {
    if (model::futex_wait(word.address(), expected, timeout_ns != forever)) return true;
    model::the().threads.pass(timeout_ns);
    return false;
}

// The word may be gone, so only its address is used.
void futex_wake(atomic<std::uint32_t>* word, int count) noexcept { model::futex_wake(word, count); }

int futex_refusal() noexcept { return 0; }

void yield_thread() noexcept { model::yield(); }
void sleep_ns(std::uint64_t) noexcept { model::yield(); }

bool can_order_threads() noexcept { return true; }
bool order_threads() noexcept {
    if (model::running()) model::barrier();
    return true;
}

// -- threads --------------------------------------------------------------------------------------

int thread::start(const thread_options&, void (*entry)(void*), void* argument) noexcept {
    if (model::the().threads_left-- <= 0) return EAGAIN;
    handle_ = static_cast<pthread_t>(model::the().threads.spawn([=] { entry(argument); }));
    started_ = true;
    return 0;
}

void thread::join() noexcept {
    model::the().threads.wait_for_end(static_cast<int>(handle_));
    started_ = false;
}

std::uint32_t thread_id() noexcept {
    return static_cast<std::uint32_t>(model::the().threads.self());
}
// No thread is ever found blocked: what only that would save is a finding.
std::uint64_t cpu_time_of(std::uint32_t) noexcept { return unknown_time; }
bool sleeps(std::uint32_t) noexcept { return false; }
int current_cpu() noexcept { return -1; }
bool on_own_stack(const void*) noexcept { return true; }
bool move_off_cpu(int) noexcept { return false; }
void ask_for_short_slices(std::uint64_t) noexcept {}

// -- the machine ----------------------------------------------------------------------------------

std::uint64_t ticks() noexcept { return model::running() ? model::the().threads.tick() : 0; }
std::uint64_t now_ns() noexcept { return ticks(); }
std::uint64_t ticks_per_us() noexcept { return 1000; }
std::vector<int> allowed_cpus() { return {0, 1, 2, 3}; }
cpu_limit_reader::cpu_limit_reader(const std::string&) {}
cpu_limits cpu_limit_reader::read() { return {}; }
std::uint32_t share_of(std::uint32_t cpus) noexcept { return cpus; }
void take_seat() noexcept {}
void leave_seat() noexcept {}

// No execution forks.
void forget_in_child(void (*)()) noexcept {}
void open_signals_in_child() noexcept {}

log_level log_threshold() noexcept { return log_level::off; }
void log(log_level, const char*, ...) noexcept {}

void* reserve_pages(std::size_t bytes) noexcept {
    if (!model::running()) return nullptr;
    return std::memset(model::arena_take(bytes, 4096), 0, bytes);
}
void forget_pages(void*, std::size_t) noexcept {}
std::size_t page_size() noexcept { return 4096; }
void release_pages(void* memory, std::size_t) noexcept {
    if (memory) model::arena_free(memory);
}

}  // namespace os

}  // namespace veda::rt
