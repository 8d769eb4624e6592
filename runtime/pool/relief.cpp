#include "pool/relief.hpp"

#include <algorithm>

#include "os/clock.hpp"
#include "os/thread.hpp"
#include "pool/registry.hpp"
#include "pool/worker.hpp"

namespace veda::rt {

namespace {

// Between two looks. A thread that used no CPU in all that time is blocked, or has not got one.
constexpr std::uint64_t between_looks_ns = 1'500'000;
// A thread that used less than this in the meantime only woke up to fall asleep again.
constexpr std::uint64_t no_cpu_ns = 20'000;

// The clock tells a blocked thread from one that runs, the kernel's state one that waits for a CPU.
bool is_blocked(worker& w) noexcept {
    clock_watch& watch = w.watch;
    const std::uint32_t thread = watch.thread_id.load(relaxed);  // relaxed: a number
    if (thread == 0) return false;
    const std::uint64_t used = os::cpu_time_of(thread);
    const bool idle = thread == watch.seen_thread && used != os::unknown_time &&
                      used - watch.seen_cpu_ns < no_cpu_ns;
    watch.seen_thread = thread;
    watch.seen_cpu_ns = used;
    return idle && w.runs_user_code() && !os::wants_cpu(thread);
}

}  // namespace

std::uint32_t relief::count_blocked(registry& pool) noexcept {
    std::uint32_t blocked = 0;
    pool.any_worker([&](worker& w) { return blocked += is_blocked(w), false; });
    return blocked;
}

bool relief::look(registry& pool) noexcept {
    if (looking_.exchange(true, acquire)) return false;  // acquire: the last look's findings
    const std::uint64_t now = os::now_ns();
    const bool due = now - last_look_ns_ >= between_looks_ns;
    std::uint32_t before = places_.load(relaxed), after = before;  // relaxed: only looks write it
    if (due) {
        last_look_ns_ = now;
        after = count_blocked(pool);
        // A thread that waits for a place and does not take one that is free is stopped.
        const head_count people = pool.people.load();
        const bool is_free = people.wanting > 0 && people.running() < pool.limit();
        if (is_free && was_free_) after += people.wanting;
        was_free_ = is_free;
        after = std::min(after, pool.config().spare_workers);
        if (after != before) places_.store(after, seq_cst);  // before the caller looks around
    }
    looking_.store(false, release);
    return after > before;
}

}  // namespace veda::rt
