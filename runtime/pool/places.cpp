// places.cpp: who is woken for work, who may start, and how the number of places changes. The protocol is
// told in ../sleep/README.md.
#include <algorithm>

#include "base/mutex.hpp"
#include "os/log.hpp"
#include "os/order_threads.hpp"
#include "os/thread.hpp"
#include "pool/looks.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

// -- waking ---------------------------------------------------------------------------------------

// Counts the searcher first and looks for one afterwards, so that of several wakers one acts. A worker
// that fell asleep in between because it saw our count in the last free place is looked for again.
void registry::wake_one(std::uint32_t near, bool leaves) noexcept {
    do {
        people.wake_searcher();
        const std::uint32_t slot = idle.claim(near, high_slot());
        if (slot != idle_set::none) {
            worker& sleeper = *at(slot);
            const bool may_move = !leaves && cpus_.empty() && worker::current() != nullptr;
            sleeper.waker_cpu.store(may_move ? os::current_cpu() : -1, relaxed);
            sleeper.sleeper.unpark();
            return;
        }
        if (start_spare()) return;
        people.searcher_sleeps();
    } while (!idle.empty(high_slot()));
    // Nobody is free. If nobody is active either, those who wait must help themselves.
    if (people.load().present() == 0) wake_all();
}

void registry::notify(std::uint32_t near) noexcept {
    const head_count now = people.load();
    if (now.searching == 0 && now.present() < places()) wake_one(near);
    watch.work_begins();
}

void registry::notify_if_work(std::uint32_t near) noexcept {
    const head_count now = people.load();
    if (now.searching > 0) return;
    if (has_rooms())
        wake_one(near);
    else if (now.present() >= places())
        ask_if_full();
    else if (work_in_sight())
        wake_one(near);
}

void registry::place_is_free(std::uint32_t near) noexcept {
    const head_count now = people.load();
    if (now.wanting > 0 && now.running() < places_to_go_on()) line_.wake_first();
    if (now.searching > 0 || now.present() >= places()) return;
    if (work_in_sight()) return wake_one(near);
    // Nobody may have asked for what is private since somebody last fell asleep. The owners that share from
    // now on find the place free; what was shared before is found here.
    request_all(nullptr);
    if (work_in_sight()) wake_one(near);
}

void registry::relieve(std::uint32_t near) noexcept {
    const std::uint64_t executed = count(counter::executed);
    if (last_executed_.exchange(executed, relaxed) != executed) return;  // relaxed: a guess
    if (people.load().wanting == 0 && !work_in_sight()) return;
    if (relief_.look(*this)) place_is_free(near);
}

// A searcher that has not found in all this time what is in sight is stopped, not searching.
void registry::replace_stopped_searcher() noexcept {
    const std::uint64_t executed = count(counter::executed);
    if (last_executed_.exchange(executed, relaxed) != executed) return;  // relaxed: a guess
    const head_count now = people.load();
    const bool relied_on = now.searching > 0 || now.wanting > 0;
    if (relied_on && now.active < places() && work_in_sight()) wake_one(0);
}

// -- taking a place -------------------------------------------------------------------------------

bool registry::try_take_place() noexcept {
    if (!is_strict()) return people.take_place(), true;
    check_relief();
    return people.try_take_place(places());
}

void registry::take_place(worker& w) noexcept {
    if (!try_take_place()) return wait_for_place(w);
    w.holds_place.store(true, relaxed);
}

// It wants the place first and looks then; a thread that gives one up does so first and then looks whether
// somebody wants it. The time-out is for those that are blocked, or were stopped, and give up nothing.
void registry::wait_for_place(worker& w) noexcept {
    line_.join(w);
    people.want_place();
    ask_for_room();
    wait_in_line(w, nullptr);
}

// Not while the room before it is open, if there is one: whoever runs the task must come first.
void registry::wait_in_line(worker& w, room* before) noexcept {
    std::uint64_t pause = first_look_ns;
    while ((before && !before->is_closed()) || !people.try_take_wanted(places_to_go_on())) {
        if (w.sleeper.park(pause)) continue;
        pause = std::min(pause * 2, last_look_ns);
        if (before && rooms_.withdraw(*before))
            inject(before->task);  // nobody comes
        else
            relieve(w.slot);
    }
    line_.leave(w);
    w.holds_place.store(true, relaxed);
    place_is_free(w.slot);  // the next in the line, if there is another one
}

void registry::leave_place(worker& w) noexcept {
    w.holds_place.store(false, relaxed);
    people.leave_place();
    place_is_free(w.slot);
}

bool registry::begin_run(worker& w) noexcept {
    check_relief();
    const census::begun begun = people.begin_run(places());
    if (!begun.runs) return false;
    w.searches.store(false, relaxed);
    if (begun.last) notify_if_work(w.slot);
    return true;
}

bool registry::must_give_way() noexcept {
    check_relief();
    const head_count now = people.load();
    // relaxed: a worker that sees it late gives way after its next task.
    const bool binds = now.wanting > 0 || is_strict() ||
                       limit_.load(relaxed) < worker_count_.load(relaxed);
    return binds && now.claimed() > places();
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
    place_is_free(0);
}

void registry::wake_all() noexcept {
    for (std::uint32_t slot = 0; slots_ && slot < high_slot(); ++slot)
        if (worker* w = at(slot)) w->sleeper.unpark();
}

bool registry::many_hungry() const noexcept {
    return people.load().running() + 1 < limit();
}

// Nobody sleeps, and no spare thread can be started.
bool registry::nobody_to_wake() const noexcept {
    const bool no_more = spare_refusal_.stands() ||
                         spares_started_.load(relaxed) == config_.spare_workers;
    return no_more && idle.empty(high_slot());
}

bool registry::exhausted() const noexcept {
    // present: somebody runs, searches or is about to, and will come to wait or to sleep after us.
    return nobody_to_wake() && people.load().present() == 0;
}

bool registry::lacks_a_wake() const noexcept {
    const head_count now = people.load();
    return now.searching == 0 && now.present() < places() && !nobody_to_wake() && work_in_sight();
}

bool registry::work_in_sight() const noexcept {
    return !outside.empty_for_sleep() || any_worker([](const worker& w) {
        return w.forks.has_public_for_sleep() || w.spawns.has_public_for_sleep() || w.spawns.hides_tasks();
    });
}

void registry::request_all(const worker* asker) noexcept {
    (void)any_worker([asker](worker& w) {
        if (&w != asker) {
            w.forks.ask();
            w.spawns.request_for_sleep();
        }
        return false;
    });
    // An owner that pushed a task and did not see the request: its task is seen from now on.
    if (people.load().present() > 0) (void)os::order_threads();
}

}  // namespace veda::rt
