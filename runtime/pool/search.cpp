// search.cpp: how a worker finds work that is not its own, and goes to sleep. The protocols are told in
// ../sleep/README.md and ../deque/README.md.
#include <algorithm>

#include "os/clock.hpp"
#include "os/thread.hpp"
#include "pool/lend.hpp"
#include "pool/registry.hpp"
#include "pool/worker.hpp"

namespace veda::rt {

namespace {

// How often a spinning worker lets others have its CPU.
constexpr std::uint64_t yield_us = 12;

// A task shorter than this is not worth a hand-over of its own.
constexpr std::uint64_t tiny_task_ns = 300;
// How long a thief of tiny tasks lets a victim gather more of them.
constexpr std::uint64_t gather_ns = 1500;

}  // namespace

// Before it waits for something, a worker has shown all it has: it will not look at requests.
void worker::share_everything() noexcept {
    settle();
    const bool forked = forks.share_everything();
    const bool spawned = spawns.share();
    if (forked || spawned) pool.notify(slot);
}

// How much is taken from the injector at once: a fair share of what is there, so that one worker does not
// queue up what others could start.
std::uint32_t worker::injector_share() const noexcept {
    return std::min(pool.outside.size() / (pool.limit() * 2) + 1, spawn_deque::max_batch);
}

tagged_job worker::first_of(const spawn_deque::batch& batch, std::uint32_t count) noexcept {
    for (std::uint32_t i = 1; i < count; ++i) enqueue(batch[i]);
    if (count > 1) offer();
    return count ? batch[0] : tagged_job{};
}

tagged_job worker::from_injector() noexcept {
    if (pool.outside.empty()) return {};
    spawn_deque::batch batch;
    const std::uint32_t count = pool.outside.pop(batch.data(), injector_share());
    holds_batch_ = count > 1;
    if (holds_batch_) ask_for_room();  // for the others, should the first one be long
    return first_of(batch, count);
}

tagged_job worker::from_injector(job_tag scope_tag) noexcept {
    spawn_deque::batch batch;
    return first_of(batch, pool.outside.pop_of(scope_tag, batch.data(), injector_share()));
}

// True if the last batch was small and worked off in less than it cost to hand it over.
bool worker::tasks_are_tiny(std::uint64_t now) const noexcept {
    return batch_count_ < spawn_deque::max_batch / 2 &&
           (now - batch_ticks_) * 1000 < batch_count_ * tiny_task_ns * os::ticks_per_us();
}

tagged_job worker::steal_from(worker& victim) noexcept {
    counts.add(counter::steal_attempts);
    if (veda_job_t* job = victim.forks.steal()) {
        job->reserved[word_owner] = reinterpret_cast<std::uint64_t>(&victim);
        counts.add(counter::stolen);
        return {job, fork_tag};
    }
    const std::uint64_t now = os::ticks();
    const bool tiny = tasks_are_tiny(now);
    // A victim that spawns tiny tasks would pay for each hand-over more than for the tasks.
    if (tiny && now - batch_ticks_ < gather_ns * os::ticks_per_us() / 1000) return {};
    spawn_deque::batch batch;
    const std::uint32_t count = victim.spawns.steal(batch, !tiny);
    if (count == 0) return {};
    counts.add(counter::stolen, count);
    batch_ticks_ = now;
    batch_count_ = count;
    return first_of(batch, count);
}

// One look at everything that is not the worker's own.
tagged_job worker::steal_round() noexcept {
    if (tagged_job task = from_injector(); task.job) return task;
    tagged_job found;
    (void)pool.any_worker_from(random_.below(pool.high_slot()), [&](worker& victim) {
        if (&victim != this) found = steal_from(victim);
        return found.job != nullptr;
    });
    return found;
}

tagged_job worker::oldest_own() noexcept {
    (void)share_spawns();
    return spawns.pop_oldest();
}

tagged_job worker::find_any() noexcept {
    if (tagged_job task = oldest_own(); task.job) return task;
    return steal_round();
}

// Looks around for as long as spinning has lately paid off. A hit doubles that time, a miss halves
// it, within [1/16 of, the whole] budget.
tagged_job worker::spin_for_work() noexcept {
    const std::uint64_t budget = pool.spin_ticks();
    const bool adapts = pool.config().wait_policy == VEDA_WAIT_ADAPTIVE;
    const std::uint64_t start = os::ticks();
    const std::uint64_t yield_ticks = yield_us * os::ticks_per_us();
    std::uint64_t now = start, yield_at = start + yield_ticks / 4;
    do {
        if (has_mail() || pool.over_limit() || pool.stopping()) return {};
        if (tagged_job task = steal_round(); task.job) {
            if (adapts) spin_ticks_ = std::min(budget, spin_ticks_ * 2);
            return task;
        }
        cpu_relax();
        now = os::ticks();
        if (now >= yield_at) {
            os::yield_thread();  // whoever woke us may want this CPU
            yield_at = os::ticks() + yield_ticks;
        }
    } while (now - start < spin_ticks_);
    if (adapts) spin_ticks_ = std::max(budget / 16, spin_ticks_ / 2);
    return {};
}

// From running to searching. A thread that waits for a place may have this one.
void worker::start_searching() noexcept {
    searches.store(true, relaxed);
    if (pool.people.start_search().wanting > 0) [[unlikely]]
        pool.place_is_free(slot);
}

// Shows what the others keep private and have not shown on request. False if there is nothing.
bool worker::uncover_hidden() noexcept {
    if (pool.over_limit() || pool.stopping()) return false;
    bool shown = false;
    (void)pool.any_worker([&](worker& victim) {
        if (&victim != this && victim.spawns.hides_tasks()) shown |= victim.spawns.uncover();
        return false;
    });
    return shown;
}

// Looks and sleeps until there is work. The worker is counted as searching on entry. An empty answer
// only when the runtime stops. Whatever user code runs in here runs uncounted, and may leave tasks in
// the worker's own queue.
tagged_job worker::search() noexcept {
    for (;;) {
        tagged_job task = pool.take_room(*this);
        in_room_ = task.job != nullptr;
        if (in_room_) return task;
        task = spawns.pop();
        if (!task.job) task = spin_for_work();
        if (!task.job && !has_mail() && uncover_hidden()) continue;
        if (task.job) {
            if (pool.begin_run(*this)) return task;
            // Somebody else began to run in the last free place since this worker looked.
            give_back(task);
            share_everything();
        }
        if (has_mail())
            run_in_search([&] { run_mailbox(); });
        else if (!sleep_until_woken())
            return {};
    }
}

// The sleeper's side of the protocol. On return the worker is counted as searching again, by its
// waker or by itself. False: the runtime stops.
bool worker::sleep_until_woken() noexcept {
    pool.idle.insert(slot);
    pool.people.searcher_sleeps();
    return sleep_announced();
}

// Puts a worker to sleep that is one too many, if it still is. Otherwise it goes on searching; a waker that
// has claimed its bit meanwhile has counted it a second time.
bool worker::give_way() noexcept {
    pool.idle.insert(slot);
    if (pool.people.searcher_sleeps_above(pool.places())) return sleep_announced();
    if (!pool.idle.remove(slot)) pool.people.searcher_sleeps();
    return !pool.stopping();
}

// After a burst of tasks, until woken or for a second: then what they have left free goes back to the system,
// if nobody else is awake either.
void worker::sleep_and_trim() noexcept {
    constexpr std::uint64_t idle_ns = 1'000'000'000;
    slab_depot& depot = slab_depot::shared();
    if (!depot.is_worth_trimming())
        (void)sleeper.park();
    else if (!sleeper.park(idle_ns) && pool.people.load().present() == 0)
        depot.trim();
}

bool worker::sleep_announced() noexcept {
    pool.request_all(this);
    const bool stay_up = pool.stopping() || has_mail() || pool.has_rooms() ||
                         (pool.has_free_place() && pool.work_in_sight());
    if (!stay_up) pool.ask_if_full();
    if (stay_up) {
        if (pool.idle.remove(slot)) pool.people.wake_searcher();
        return !pool.stopping();
    }
    holds_place.store(false, relaxed);
    const std::uint64_t asleep = os::now_ns();
    counts.busy.stop(asleep);
    counts.idle.start(asleep);
    counts.add(counter::parks);
    while (pool.idle.contains(slot)) {
        sleep_and_trim();
        const bool wanted = pool.stopping() || has_mail();
        if (wanted && pool.idle.remove(slot)) {
            pool.people.wake_searcher();
            break;
        }
    }
    // relaxed: ordered by the parker. On the CPU of a waker that works, both would be slower.
    const int waker = waker_cpu.exchange(-1, relaxed);
    if (waker >= 0 && waker == os::current_cpu()) os::move_off_cpu(waker);
    const std::uint64_t awake = os::now_ns();
    counts.idle.stop(awake);
    counts.busy.start(awake);
    counts.add(counter::wakes);
    holds_place.store(true, relaxed);
    return !pool.stopping();
}

}  // namespace veda::rt
