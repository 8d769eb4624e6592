// places.cpp: who is woken for work, who may start, and how the number of places changes. The protocol is
// told in ../sleep/README.md.
#include <algorithm>

#include "base/mutex.hpp"
#include "os/log.hpp"
#include "os/thread.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

// -- waking ---------------------------------------------------------------------------------------

// Counts the searcher first and looks for one afterwards, so that of several wakers one acts. A worker
// that fell asleep in between because it saw our count in the last free place is looked for again.
void registry::wake_one(std::uint32_t near) noexcept {
    do {
        people.wake_searcher();
        const std::uint32_t slot = idle.claim(near, high_slot());
        if (slot != idle_set::none) {
            worker& sleeper = *at(slot);
            const bool may_move = cpus_.empty() && worker::current() != nullptr;
            sleeper.waker_cpu.store(may_move ? os::current_cpu() : -1, relaxed);
            sleeper.sleeper.unpark();
            return;
        }
        if (start_spare()) return;
        people.searcher_sleeps();
    } while (!idle.empty(high_slot()));
    // Nobody is free. If nobody is active either, those who wait must help themselves.
    if (people.load().active == 0) wake_all();
}

void registry::notify(std::uint32_t near) noexcept {
    const head_count now = people.load();
    if (now.searching == 0 && now.active < limit()) wake_one(near);
    watch.work_begins();
}

void registry::notify_if_work(std::uint32_t near) noexcept {
    const head_count now = people.load();
    if (now.searching == 0 && now.active < limit() && work_in_sight()) wake_one(near);
}

void registry::relieve(std::uint32_t near) noexcept {
    const std::uint64_t executed = count(counter::executed);
    if (last_executed_.exchange(executed, relaxed) != executed) return;  // relaxed: a guess
    if (!work_in_sight()) return;
    let_in_.fetch_add(1, relaxed);
    wake_one(near);
}

// A searcher that has not found in all this time what is in sight is stopped, not searching.
void registry::replace_stopped_searcher() noexcept {
    const std::uint64_t executed = count(counter::executed);
    if (last_executed_.exchange(executed, relaxed) != executed) return;  // relaxed: a guess
    const head_count now = people.load();
    if (now.searching > 0 && now.active < limit() && work_in_sight()) wake_one(0);
}

// -- places come and go ---------------------------------------------------------------------------

// The places are moved last: never more of them than threads. Whoever adds places looks around, as whoever
// frees one; and a searcher that was counted in vain may have kept a publisher from waking somebody.
void registry::set_places(std::uint32_t places) noexcept {
    places = std::clamp(places, 1u, most_workers_);
    {
        lock_guard guard(start_lock_);
        int error = 0;
        while (worker_count() < places && !stopping() && error == 0) error = start_regular();
    }
    places = std::min(places, worker_count());
    if (limit_.exchange(places, seq_cst) != places)
        place_changes_.fetch_add(1, relaxed);  // relaxed: a counter
    notify_if_work(0);
}

void registry::wake_all() noexcept {
    for (std::uint32_t slot = 0; slots_ && slot < high_slot(); ++slot)
        if (worker* w = at(slot)) w->sleeper.unpark();
}

bool registry::many_hungry() const noexcept {
    const head_count now = people.load();
    return now.active - now.searching + 1 < limit();
}

// Nobody sleeps, and no spare thread can be started.
bool registry::nobody_to_wake() const noexcept {
    const bool no_more = spare_refusal_.stands() ||
                         spares_started_.load(relaxed) == config_.spare_workers;
    return no_more && idle.empty(high_slot());
}

bool registry::exhausted() const noexcept {
    // active: somebody runs or searches and will come to wait or to sleep after us.
    return nobody_to_wake() && people.load().active == 0;
}

bool registry::lacks_a_wake() const noexcept {
    const head_count now = people.load();
    return now.searching == 0 && now.active < limit() && !nobody_to_wake() && work_in_sight();
}

bool registry::work_in_sight() const noexcept {
    if (!outside.empty_for_sleep()) return true;
    for (std::uint32_t slot = 0; slot < high_slot(); ++slot) {
        const worker* w = at(slot);
        if (w && (w->forks.has_public_for_sleep() || w->spawns.has_public_for_sleep())) return true;
    }
    return false;
}

void registry::request_all(const worker& asker) noexcept {
    for (std::uint32_t slot = 0; slot < high_slot(); ++slot) {
        worker* w = at(slot);
        if (!w || w == &asker) continue;
        w->forks.request_for_sleep();
        w->spawns.request_for_sleep();
    }
}

}  // namespace veda::rt
