// rooms.cpp: how a loop makes room for what waits outside. Told in README.md, "Loops make room".
#include "pool/rooms.hpp"

#include <algorithm>

#include "os/clock.hpp"
#include "pool/looks.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

// How long a loop goes on before it makes room: it may be over soon, and a room costs two changes of threads,
// some ten microseconds.
constexpr std::uint64_t patience_us = 200;

}  // namespace

// -- asking ---------------------------------------------------------------------------------------

// Everybody, because nobody knows who runs a loop and who a long body. A worker without a place, too: it may
// be about to take one.
void registry::ask_for_room() noexcept {
    (void)any_worker([](worker& w) {
        w.ask_for_room();
        return false;
    });
}

void registry::ask_if_full() noexcept {
    const head_count now = people.load();
    if (now.searching == 0 && now.present() >= places() && !outside.empty_for_sleep()) ask_for_room();
}

// -- making room ----------------------------------------------------------------------------------

void registry::make_room(worker& w) noexcept {
    const std::uint64_t begin = os::ticks(), patience = patience_us * os::ticks_per_us();
    if (!w.holds_place.load(relaxed)) return;
    // Whoever gets the place may block for a lock that the loop's caller holds, and without spare workers the
    // loop is not let in beside a blocked thread.
    if (config_.spare_workers == 0) return w.withdraw_room_request();
    // The first look. What the worker runs in a wait is a part of what it runs already.
    if (w.next_room_ticks == 0) w.next_room_ticks = begin + patience;
    // Before the looks, so that whoever comes after a look asks anew.
    w.withdraw_room_request();
    if (begin >= w.next_room_ticks && let_in(w)) {
        w.take_places_again();
        w.counts.add(counter::rooms);
        const std::uint64_t end = os::ticks();
        // As long as the others ran, the loop runs now.
        w.next_room_ticks = end + std::max(end - begin, patience);
    }
    if (somebody_waits(w) || !w.spawns.empty()) w.note_room_request();
}

bool registry::somebody_waits(const worker& w) const noexcept {
    if (has_free_place()) return false;
    if (people.load().wanting > 0) return true;
    return (!outside.empty_for_sleep() || w.holds_others_up()) && !nobody_to_wake();
}

// A task begins while few threads wait for a place, so that small ones overtake loops that take turns, but
// not without end: each that waits has a stack, and something half done.
bool registry::let_in(worker& w) noexcept {
    const std::uint32_t wanting = people.load().wanting;
    if (has_free_place()) return false;  // who wants to run can
    if (wanting <= limit() && let_task_in(w)) return true;
    if (wanting == 0) return false;
    leave_for_a_while(w);
    line_.wake_first();
    (void)w.sleeper.park(first_look_ns);  // not at once: the place would still be free
    wait_in_line(w, nullptr);
    return true;
}

bool registry::let_task_in(worker& w) noexcept {
    if (nobody_to_wake()) return false;
    tagged_job task;
    if (outside.empty_for_sleep() || outside.pop(&task, 1) == 0) task = w.oldest_own();
    if (!task.job) return false;
    room made(task);
    leave_for_a_while(w);
    rooms_.open(made);
    if (people.load().searching == 0) wake_one(w.slot, true);
    wait_in_line(w, &made);
    return true;
}

// What the worker has is shown, for it will not look at requests. Its thread's places in other runtimes are
// lent: whoever holds the place of this one may wait for them.
void registry::leave_for_a_while(worker& w) noexcept {
    w.share_everything();
    w.holds_place.store(false, relaxed);
    line_.join(w);
    people.give_place_up();
    w.lend_places();
}

// -- taking it ------------------------------------------------------------------------------------

tagged_job registry::take_room(worker& w) noexcept {
    if (rooms_.empty()) return {};
    census::begun begun{};
    const tagged_job task = rooms_.take([&] { begun = people.begin_in_room(places()); });
    if (!task.job) return {};
    // Its maker was woken for any place that is free by now, and did not take it.
    place_is_free(w.slot);
    if (!begun.runs) {
        // A thread that waited for longer has taken the place.
        w.give_back(task);
        return {};
    }
    w.searches.store(false, relaxed);
    if (begun.last) notify_if_work(w.slot);
    return task;
}

}  // namespace veda::rt
