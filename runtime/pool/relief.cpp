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

// The clock tells a blocked thread from one that ran in between, the kernel's state one that waits for a CPU,
// or for a page. It must hold its place and sleep at this look and at the last one.
bool is_blocked(worker& w) noexcept {
    clock_watch& watch = w.watch;
    const clock_watch::sample before = watch.last;
    const std::uint32_t thread = watch.thread_id.load(relaxed);  // relaxed: a number
    watch.last = {};
    if (thread == 0 || !w.runs_user_code() || !os::sleeps(thread)) return false;
    watch.last = {thread, os::cpu_time_of(thread)};
    return before.asleep == thread && watch.last.cpu_ns != os::unknown_time &&
           watch.last.cpu_ns - before.cpu_ns < no_cpu_ns;
}

}  // namespace

std::uint32_t relief::count_blocked(registry& pool) noexcept {
    std::uint32_t blocked = 0;
    pool.any_worker([&](worker& w) { return blocked += is_blocked(w), false; });
    return blocked;
}

bool relief::look(registry& pool) noexcept {
    lock_guard guard(looking_);
    const std::uint64_t now = os::now_ns();
    if (now - last_look_ns_ < between_looks_ns) return false;
    last_look_ns_ = now;
    std::uint32_t blocked = count_blocked(pool);
    // A thread that waits for a place and does not take one that is free is stopped.
    const head_count people = pool.people.load();
    const bool is_free = people.wanting > 0 && people.running() < pool.limit();
    if (is_free && was_free_) blocked += people.wanting;
    was_free_ = is_free;
    const std::uint32_t spares = pool.config().spare_workers;
    places_.store(std::min(blocked, spares), relaxed);  // relaxed, all: see places
    const std::uint32_t before = places_to_go_on_.exchange(spares == 0 ? 0 : blocked, relaxed);
    if (spares == 0 || blocked <= before) return false;
    added_.fetch_add(blocked - before, relaxed);
    return true;
}

}  // namespace veda::rt
