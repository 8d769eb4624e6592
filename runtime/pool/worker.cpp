// worker.cpp: how a worker finds work, runs it, and goes to sleep. Waiting for particular work is in
// wait.cpp. The protocols are told in ../sleep/README.md and ../deque/README.md.
#include "pool/worker.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/assert.hpp"
#include "job/callback.hpp"
#include "job/scope.hpp"
#include "os/clock.hpp"
#include "os/log.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {
// A tenth of what Linux gives by default: short enough to preempt a waker that spins, long enough not
// to be noticed when CPUs are shared.
constexpr std::uint64_t slice_ns = 300'000;

// How often a spinning worker lets others have its CPU.
constexpr std::uint64_t yield_us = 12;

// A task shorter than this is not worth a hand-over of its own.
constexpr std::uint64_t tiny_task_ns = 300;
// How long a thief of tiny tasks lets a victim gather more of them.
constexpr std::uint64_t gather_ns = 1500;
}  // namespace

constinit veda_worker_head_t worker::outside_head{};


worker::worker(registry& runtime, std::uint32_t index, worker_kind role) noexcept
    : pool(runtime),
      slot(index),
      kind(role),
      random_(runtime.id() * 4096 + index),
      spin_ticks_(runtime.spin_ticks()) {}

worker* worker::outer_of(worker* guest) noexcept {
    veda_worker_head_t* head = guest->outer;
    return head == nullptr || head == &outside_head ? nullptr : of(head);
}

// -- the child of a fork --------------------------------------------------------------------------

namespace {
worker* innermost_left_behind = nullptr;
}

void worker::leave_behind() noexcept {
    if (worker* self = current()) innermost_left_behind = self;
    for (worker* w = current(); w; w = outer_of(w)) {
        w->left_behind = true;
        w->forks.request();  // so that inlined forks and joins fall into the slow path, and are found out
    }
    veda_worker_self = &outside_head;
}

bool worker::was_left_behind(const void* handle) noexcept {
    for (worker* w = innermost_left_behind; w; w = outer_of(w))
        if (w == handle) return true;
    return false;
}

void worker::returned_in_child() noexcept {
    os::log(os::log_level::error,
            "a process that was forked inside a callback has returned from it, into a runtime that is "
            "its parent's; it must call exec, _exit or exit there");
    std::abort();
}

// -- running --------------------------------------------------------------------------------------

namespace {
// Whose callback a job's is.
const char* callback_of(job_tag tag) noexcept {
    switch (tag) {
        case 0: return "a callback of veda_broadcast";
        case detached_tag: return "a detached task (veda_spawn, veda_spawn_job)";
        case fork_tag: return "a forked job (veda_fork, veda_for, veda_reduce)";
        default: return "a task of a scope (veda_scope_spawn)";
    }
}
}  // namespace

// Into the user's code, and back the same way: the height of the fork deque is a token that a jump over a
// loop, or a fork without its join, leaves wrong.
inline void worker::call(veda_job_t* job, job_tag tag) noexcept {
    const std::uint32_t height = forks.height();
    try {
        job->run(job, handle());
    } catch (...) {
        callback_unwound(callback_of(tag));
    }
    returned();
    if (running_tag() != tag || forks.height() != height) [[unlikely]]
        callback_jumped(callback_of(tag));
}

void worker::run(tagged_job task) noexcept {
    counts.add(counter::executed);
    if (task.tag == fork_tag)
        return run_fork(task.job, *reinterpret_cast<worker*>(task.job->reserved[word_owner]));
    // What was counted up for another scope must not wait for this task's end.
    if (unsettled_tag_ != task.tag) settle();
    const job_tag outer_task = running_;
    running_ = task.tag;
    call(task.job, task.tag);
    running_ = outer_task;
    finish(task.tag);
}

void worker::run_fork(veda_job_t* job, worker& owner) noexcept {
    settle();
    fork_latch latch(job);
    latch.set_thief(slot, forks.height());
    const job_tag outer_task = running_;
    running_ = fork_tag;
    call(job, fork_tag);
    running_ = outer_task;
    settle();
    // The owner outlives its job: workers live as long as the runtime.
    if (latch.complete()) owner.sleeper.unpark();
}

void worker::finish(job_tag tag) noexcept {
    if (tag == detached_tag) {
        // release: who waits for the end of all detached tasks sees what they wrote.
        detached_done.store(detached_done.load(relaxed) + 1, release);
        return;
    }
    if (unsettled_tag_ != tag) settle_for(tag);
    ++unsettled_ends_;
}

// Tasks that were spawned and have ended here cancel out and cost the latch nothing.
void worker::settle() noexcept {
    const std::uint64_t spawned = std::exchange(unsettled_spawns_, 0);
    const std::uint64_t ended = std::exchange(unsettled_ends_, 0);
    auto* s = reinterpret_cast<scope*>(std::exchange(unsettled_tag_, 0));
    counts.add(counter::completed, ended);  // before complete: who waits for the scope may read it
    if (spawned > ended) s->latch.add(spawned - ended);
    if (spawned >= ended) return;
    worker* owner = s->owner;  // before complete: the scope may be gone after it
    if (s->latch.complete(ended - spawned)) owner->sleeper.unpark();
}

void worker::settle_for(job_tag next) noexcept {
    settle();
    unsettled_tag_ = next;
}

// -- queueing -------------------------------------------------------------------------------------

void worker::tell_shared() noexcept {
    counts.add(counter::shared);
    pool.notify(slot);
}

// Before a task that may be long, or block: something must be in sight of others, and nothing foreign to
// the task may be hidden behind it. Somebody may wait for that while holding a lock that the task wants.
void worker::show_before(job_tag tag) noexcept {
    if (spawns.is_wanted() || spawns.hides_others(tag) || !spawns.has_public()) (void)share_spawns();
}

// Every task that others may take must be counted at its scope before.
bool worker::share_spawns() noexcept {
    if (!spawns.has_private()) return false;
    settle();
    const bool shared = spawns.share();
    if (shared) tell_shared();
    return shared;
}

// The ring is full: the oldest quarter moves to the injector. False if there was nothing to move.
bool worker::spill() noexcept {
    settle();
    (void)spawns.share();  // inject notifies
    std::array<tagged_job, spawn_deque::capacity / 4> oldest;
    const std::uint32_t moved = spawns.steal(oldest, false);
    if (moved > 0) pool.inject(oldest.data(), moved);
    counts.add(counter::injected, moved);
    return moved > 0;
}

// A thief that was stopped in the middle of a steal keeps its slots for as long as it is stopped. Nobody
// waits for it: the task goes where anybody may take it.
void worker::enqueue_full(tagged_job task) noexcept {
    if (spill() && spawns.push(task)) return;
    give_back(task);
}

// A task that this worker may not run here goes where anybody may.
void worker::give_back(tagged_job task) noexcept {
    counts.add(counter::injected);
    settle();
    pool.inject(task);
}

void worker::post(veda_job_t* job) noexcept {
    veda_job_t* head = mailbox.load(relaxed);
    do {
        job->reserved[word_next] = reinterpret_cast<std::uint64_t>(head);
        // seq_cst: post, then wake; the worker: announce sleep, then look into the mailbox.
    } while (!mailbox.compare_exchange_weak(head, job, seq_cst));
    sleeper.unpark();
}

void worker::run_mailbox() noexcept {
    // The calls may block for something that comes after the tasks that ended here, or that wait here.
    settle();
    show_before(0);
    veda_job_t* job = mailbox.exchange(nullptr, acquire);  // acquire: pairs with post
    const job_tag outer_task = running_;
    running_ = 0;
    run_foreign([&] {
        while (job) {
            auto* next = reinterpret_cast<veda_job_t*>(job->reserved[word_next]);
            counts.add(counter::executed);
            call(job, 0);
            job = next;
        }
    });
    running_ = outer_task;
}

// -- searching ------------------------------------------------------------------------------------

// Before it waits for something, a worker has shown all it has: it will not look at requests.
void worker::share_everything() noexcept {
    settle();
    const bool forked = forks.share_everything();
    const bool spawned = spawns.share();
    if (forked || spawned) pool.notify(slot);
}

tagged_job worker::from_injector(job_tag tag) noexcept {
    if (pool.outside.empty()) return {};
    // A fair share of what is there, so that one worker does not queue up what others could start.
    const std::uint32_t share = pool.outside.size() / (pool.limit() * 2) + 1;
    tagged_job batch[spawn_deque::max_batch];
    const std::uint32_t count =
        pool.outside.pop(tag, batch, std::min<std::uint32_t>(share, spawn_deque::max_batch));
    for (std::uint32_t i = 1; i < count; ++i) enqueue(batch[i]);
    if (count > 1) offer();
    return count ? batch[0] : tagged_job{};
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
    for (std::uint32_t i = 1; i < count; ++i) enqueue(batch[i]);
    if (count > 1) offer();
    return batch[0];
}

// One look at everything that is not the worker's own.
tagged_job worker::steal_round() noexcept {
    if (tagged_job task = from_injector(injector::any_tag); task.job) return task;
    const std::uint32_t count = pool.high_slot();
    const std::uint32_t start = random_.below(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t index = start + i < count ? start + i : start + i - count;
        worker* victim = pool.at(index);
        if (!victim || victim == this) continue;
        if (tagged_job task = steal_from(*victim); task.job) return task;
    }
    return {};
}

tagged_job worker::find_any() noexcept {
    (void)share_spawns();
    if (tagged_job task = spawns.pop_oldest(); task.job) return task;
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
        if (has_mail()) return {};
        if (tagged_job task = steal_round(); task.job) {
            if (adapts) spin_ticks_ = std::min(budget, spin_ticks_ * 2);
            return task;
        }
        if (pool.over_limit() || pool.stopping()) return {};
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

// The worker stops being counted as a searcher; the last one sees to it that what else there is finds
// somebody.
void worker::stop_searching() noexcept {
    if (pool.people.end_search()) pool.notify_if_work(slot);
}

// Looks and sleeps until there is work. The worker is counted as searching on entry. An empty answer
// only when the runtime stops. Whatever user code runs in here runs uncounted, and may leave tasks in
// the worker's own queue.
tagged_job worker::search() noexcept {
    for (;;) {
        tagged_job task = spawns.pop();
        if (!task.job) task = spin_for_work();
        if (task.job) {
            stop_searching();
            return task;
        }
        if (has_mail()) {
            stop_searching();
            run_mailbox();
            pool.people.start_search();
        } else if (!sleep_until_woken()) {
            return {};
        }
    }
}

// The sleeper's side of the protocol. On return the worker is counted as searching again, by its
// waker or by itself. False: the runtime stops.
bool worker::sleep_until_woken() noexcept {
    pool.idle.insert(slot);
    pool.people.searcher_sleeps();
    return sleep_announced();
}

// The same for a worker that is one too many, if it still is. Otherwise it goes on searching; a waker that
// has claimed its bit meanwhile has counted it a second time.
bool worker::give_way() noexcept {
    pool.idle.insert(slot);
    if (pool.people.searcher_sleeps_above(pool.most_active())) return sleep_announced();
    if (!pool.idle.remove(slot)) pool.people.searcher_sleeps();
    return !pool.stopping();
}

bool worker::sleep_announced() noexcept {
    pool.request_all(*this);
    const bool stay_up = pool.stopping() || mailbox.load(seq_cst) != nullptr ||
                         (pool.work_in_sight() && pool.has_free_place());
    if (stay_up) {
        if (pool.idle.remove(slot)) pool.people.wake_searcher();
        return !pool.stopping();
    }
    const std::uint64_t asleep = os::now_ns();
    counts.busy.stop(asleep);
    counts.idle.start(asleep);
    counts.add(counter::parks);
    while (pool.idle.contains(slot)) {
        sleeper.park();
        const bool wanted = pool.stopping() || mailbox.load(seq_cst) != nullptr;
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
    return !pool.stopping();
}

// The own queue's next. Now and then one from outside instead, lest a task that spawns its successor
// keep everything else waiting for ever.
tagged_job worker::next_own() noexcept {
    constexpr std::uint32_t own_turns = 64;
    if (++turns_ % own_turns == 0)
        if (const tagged_job task = from_injector(injector::any_tag); task.job) return task;
    return spawns.pop();
}

// Runs a task, and then what lies in the own queue.
void worker::run_with_own(tagged_job task) noexcept {
    while (task.job) {
        show_before(task.tag);
        run(task);
        if (has_mail()) run_mailbox();
        if (pool.must_give_way()) [[unlikely]]
            return share_everything();
        task = next_own();
    }
}

void worker::main_loop() noexcept {
    veda_worker_self = forks.head();
    os::ask_for_short_slices(slice_ns);
    counts.busy.start(os::now_ns());
    const settings& config = pool.config();
    if (config.on_worker_start) {
        stop_searching();  // the starter has counted this thread as a searcher
        guarded("on_worker_start", [&] { config.on_worker_start(config.hook_ctx, slot); });
        returned();
        pool.people.start_search();
    }
    for (;;) {
        const tagged_job task = search();
        if (!task.job) break;
        run_with_own(task);
        blocking_depth = 0;  // a task may have forgotten veda_blocking_end
        take_places();
        settle();
        pool.people.start_search();
        if (pool.must_give_way() && !give_way()) break;
    }
    // No worker any more: what the hook, and the destructors of the thread's variables, ask of this
    // runtime is refused.
    veda_worker_self = &outside_head;
    if (config.on_worker_stop)
        guarded("on_worker_stop", [&] { config.on_worker_stop(config.hook_ctx, slot); });
    counts.busy.stop(os::now_ns());
}

}  // namespace veda::rt
