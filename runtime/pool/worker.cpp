// worker.cpp: how a worker queues work and runs it. How it finds more and goes to sleep is in search.cpp,
// waiting for particular work in wait.cpp.
#include "pool/worker.hpp"

#include <array>
#include <cstdlib>
#include <utility>

#include "base/assert.hpp"
#include "job/callback.hpp"
#include "job/scope.hpp"
#include "os/clock.hpp"
#include "os/log.hpp"
#include "pool/lend.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {
// A tenth of what Linux gives by default: short enough to preempt a waker that spins, long enough not
// to be noticed when CPUs are shared.
constexpr std::uint64_t slice_ns = 300'000;
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

// Also what inlined code keeps in the head.
void worker::give_memory_back() noexcept {
    void* block = std::exchange(forks.head()->free_blocks, nullptr);
    while (block) slab.free(std::exchange(block, *static_cast<void**>(block)), class_size(0));
    slab.drain();
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
    veda_job_t* const* height = forks.head()->head;
    const std::uint32_t depth = blocking_depth;
    try {
        job->run(job, handle());
    } catch (...) {
        callback_unwound(callback_of(tag));
    }
    returned();
    restore_blocking(depth);
    if (running_tag() != tag || forks.head()->head != height) [[unlikely]]
        callback_jumped(callback_of(tag));
}

void worker::run(tagged_job task) noexcept {
    counts.add(counter::executed);
    if (task.tag == fork_tag)
        return run_fork(task.job, *reinterpret_cast<worker*>(task.job->reserved[word_owner]));
    const job_tag outer_task = running_;
    run_task(task);
    running_ = outer_task;
}

// Leaves the task's tag as the running one.
[[gnu::always_inline]] inline void worker::run_task(tagged_job task) noexcept {
    // What was counted up for another scope must not wait for this task's end.
    if (credit_tag_ != task.tag) [[unlikely]]
        settle();
    running_ = task.tag;
    call(task.job, task.tag);
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

inline void worker::finish(job_tag tag) noexcept {
    if (tag == detached_tag) [[unlikely]] {
        // release: who waits for the end of all detached tasks sees what they wrote.
        detached_done.store(detached_done.load(relaxed) + 1, release);
        return;
    }
    counts.add(counter::completed);  // before the scope is told: its waiter may read it
    if (credit_tag_ != tag) [[unlikely]]
        settle_for(tag);
    ++credit_;
}

// A task's unit that its end sets free pays for the next spawn. So tasks that were spawned and have ended
// here cost the latch nothing.
void worker::settle() noexcept {
    const std::int64_t credit = std::exchange(credit_, 0);
    auto* s = reinterpret_cast<scope*>(std::exchange(credit_tag_, 0));
    if (credit < 0) s->latch.add(static_cast<std::uint64_t>(-credit));
    if (credit <= 0) return;
    worker* owner = s->owner;  // before complete: the scope may be gone after it
    if (s->latch.complete(static_cast<std::uint64_t>(credit))) owner->sleeper.unpark();
}

// Several units at once: who spawns one task mostly spawns more.
void worker::take_credit() noexcept {
    constexpr std::int64_t units = 16;
    reinterpret_cast<scope*>(credit_tag_)->latch.add(units);
    credit_ += units;
}

void worker::settle_for(job_tag next) noexcept {
    settle();
    credit_tag_ = next;
}

// -- queueing -------------------------------------------------------------------------------------

void worker::tell_shared() noexcept {
    counts.add(counter::shared);
    pool.notify(slot);
}

// Half of it, if nobody asks: what is taken back at once would have been shown for nothing.
void worker::show_spawns() noexcept {
    if (spawns.is_wanted() ? spawns.share() : spawns.share_half()) tell_shared();
}

bool worker::share_spawns() noexcept {
    const bool shared = spawns.share();
    if (shared) tell_shared();
    return shared;
}

// The ring is full: the oldest quarter moves to the injector. False if there was nothing to move.
bool worker::spill() noexcept {
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

void worker::give_back(tagged_job task) noexcept {
    counts.add(counter::injected);
    pool.inject(task);
}

void worker::post(veda_job_t* job) noexcept {
    veda_job_t* head = mailbox.load(relaxed);
    do {
        job->reserved[word_next] = reinterpret_cast<std::uint64_t>(head);
        // release: the job; pairs with run_mailbox. relaxed: a failure is tried again.
    } while (!mailbox.compare_exchange_weak(head, job, release, relaxed));
    sleeper.unpark();
}

void worker::run_mailbox() noexcept {
    // The calls may block for something that comes after the tasks that ended here, or that wait here.
    settle();
    show_before();
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

// -- the loop -------------------------------------------------------------------------------------

// The own queue's next, which is the newest. Now and then one from outside instead, and as often the oldest:
// a task that spawns its successor, or two that spawn each other, must not keep everything else waiting.
tagged_job worker::next_own() noexcept {
    if (!is_turn_of_others()) [[likely]]
        return spawns.pop();
    if (turns_ % (2 * own_turns) == 0)
        if (const tagged_job task = from_injector(); task.job) return task;
    (void)share_spawns();
    return spawns.pop_oldest();
}

void worker::make_room() noexcept { pool.make_room(*this); }

// Before others get the place. What a task has spawned that a loop made room for is let in as the task was.
void worker::leave_rest() noexcept {
    share_everything();
    if (!in_room_) return;
    while (!spawns.empty()) spill();
}

// The newest task that this worker queued since the scope began. Now and then one that came from outside, and
// as often one by lot: tasks that spawn each other must not keep an older one waiting. (The oldest may have
// tasks of outer scopes below it, so that it cannot be taken from the ring's end.)
inline tagged_job worker::next_own_of(scope& s) noexcept {
    return is_turn_of_others() ? another_own_of(s) : spawns.pop(s.floor);
}
tagged_job worker::another_own_of(scope& s) noexcept {
    if (turns_ % (2 * own_turns) == 0 && s.waiting.count.load(relaxed) > 0)  // relaxed: a hint
        if (const tagged_job task = from_injector(reinterpret_cast<job_tag>(&s))) return task;
    return spawns.pop_by_lot(s.floor, random_.next());
}

// What this worker itself queued since the scope began. Tasks of other scopes that lie in between are
// foreign to this wait and go where anybody may take them.
void worker::run_own_of(scope& s) noexcept {
    const auto tag = reinterpret_cast<job_tag>(&s);
    const job_tag outer_task = running_;
    while (const tagged_job task = next_own_of(s)) {
        if (task.tag != tag) [[unlikely]] {
            give_back(task);
            continue;
        }
        show_before();
        counts.add(counter::executed);
        run_task(task);
        running_ = outer_task;
    }
}

// Runs a task, and then what lies in the own queue.
void worker::run_with_own(tagged_job task) noexcept {
    while (task.job) {
        show_before();
        next_room_ticks = 0;
        run(task);
        if (has_mail()) run_mailbox();
        if (pool.must_give_way()) [[unlikely]]
            return leave_rest();
        task = next_own();
    }
}

void worker::main_loop() noexcept {
    veda_worker_self = forks.head();
    os::ask_for_short_slices(slice_ns);
    counts.busy.start(os::now_ns());
    const settings& config = pool.config();
    watch.thread_id.store(os::thread_id(), relaxed);
    // The starter has counted this thread as a searcher.
    holds_place.store(true, relaxed);
    searches.store(true, relaxed);
    if (config.on_worker_start)
        run_in_search([&] {
            guarded("on_worker_start", [&] { config.on_worker_start(config.hook_ctx, slot); });
            returned();
            restore_blocking(0);
            pool.start_hook_is_over();
        });
    for (;;) {
        const tagged_job task = search();
        if (!task.job) break;
        run_with_own(task);
        settle();
        start_searching();
        if (pool.must_give_way() && !give_way()) break;
    }
    // No worker any more: what the hook, and the destructors of the thread's variables, ask of this
    // runtime is refused.
    veda_worker_self = &outside_head;
    holds_place.store(false, relaxed);
    watch.thread_id.store(0, relaxed);
    if (config.on_worker_stop)
        guarded("on_worker_stop", [&] { config.on_worker_stop(config.hook_ctx, slot); });
    counts.busy.stop(os::now_ns());
    has_ended.store(true, relaxed);  // a hint; the join orders
}

}  // namespace veda::rt
