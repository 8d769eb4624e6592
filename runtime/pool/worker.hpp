// worker.hpp: one thread's part of a runtime: its queues, its sleep, its counters. A worker is either
// a regular or spare thread of the pool, or a guest: a thread from outside that entered by veda_run.
//
// Members say who may touch them. Owner means the thread that is this worker now. A worker object
// lives as long as its runtime, so any thread may reach it by its slot at any time.
#pragma once

#include <veda/job.h>

#include <cstdint>

#include "base/cache_line.hpp"
#include "base/random.hpp"
#include "deque/fork_deque.hpp"
#include "deque/spawn_deque.hpp"
#include "job/job.hpp"
#include "memory/slab.hpp"
#include "os/stack_guard.hpp"
#include "os/thread.hpp"
#include "pool/relief.hpp"
#include "sleep/parker.hpp"
#include "telemetry/counters.hpp"

namespace veda::rt {

class registry;
struct scope;

enum class worker_kind : std::uint32_t { regular, spare, guest };

class alignas(cache_line) worker {
  public:
    worker(registry& pool, std::uint32_t slot, worker_kind kind) noexcept;

    veda_worker_t* handle() noexcept { return reinterpret_cast<veda_worker_t*>(this); }
    static worker* of(veda_worker_head_t* head) noexcept { return reinterpret_cast<worker*>(head); }
    // What a thread outside any runtime has for a head: all zero, so that every fast path fails at its
    // first compare.
    static veda_worker_head_t outside_head;

    // The calling thread's worker, nullptr outside any runtime.
    static worker* current() noexcept {
        veda_worker_head_t* head = veda_worker_self;
        return head == &outside_head ? nullptr : of(head);
    }
    // Who the thread was before it entered as this guest; nullptr: outside, or a pool thread.
    static worker* outer_of(worker* guest) noexcept;

    // In the child of a fork: the thread is outside any runtime. Its workers are the parent's, and
    // whatever returns to one of them ends the process with a message.
    static void leave_behind() noexcept;
    // True for a worker that this thread was when its process was forked off.
    static bool was_left_behind(const void* handle) noexcept;

    // -- owner: running things --------------------------------------------------------------------

    // Whenever user code has run on this worker: it may have forked, and this may be the child.
    void returned() const noexcept {
        if (left_behind) [[unlikely]] returned_in_child();
    }

    // The life of a pool thread, from start to stop.
    void main_loop() noexcept;

    void run(tagged_job task) noexcept;

    // Puts a task into the own queue (or, if that is full, the injector) and sees to it that somebody
    // looks at it when somebody is hungry.
    void spawn(tagged_job task) noexcept {
        counts.add(counter::spawned);
        enqueue(task);
        offer();
    }
    // Counts a task that is about to be queued here, for the opener of its scope, or for a task of the scope
    // that runs here: the scope cannot end before this worker settles. See ../fork/README.md.
    void count_owed(job_tag scope_tag) noexcept {
        if (credit_tag_ != scope_tag) settle_for(scope_tag);
        --credit_;
    }
    void count_paid(job_tag scope_tag) noexcept {
        if (credit_tag_ != scope_tag) settle_for(scope_tag);
        if (credit_ <= 0) [[unlikely]]
            take_credit();
        --credit_;
    }
    void enqueue(tagged_job task) noexcept {
        if (!spawns.push(task)) [[unlikely]]
            enqueue_full(task);
    }
    // Moves the oldest quarter of a full queue to the injector; false if nothing was there to move.
    bool spill() noexcept;
    // Before user code that may be long, or block: something is in sight of others, so that a thief need not
    // uncover it.
    void show_before() noexcept {
        if (spawns.is_wanted() || (!spawns.has_public() && spawns.has_private())) [[unlikely]]
            show_spawns();
    }
    // After one or several enqueued tasks: one look for hungry workers.
    void offer() noexcept {
        if (spawns.is_wanted()) [[unlikely]]
            (void)share_spawns();
    }

    // The tag of the task that runs here, innermost; 0 if none.
    job_tag running_tag() const noexcept { return running_ & ~failed_bit; }
    // The running task reported a failure, perhaps not its first: it counts as failed once.
    void note_failure() noexcept {
        if (running_ & failed_bit) return;
        running_ |= failed_bit;
        counts.add(counter::failed);
    }

    // Tells the scope what was counted here and not told yet.
    void settle() noexcept;

    // A task that this worker may not run here goes where anybody may take it.
    void give_back(tagged_job task) noexcept;
    // The oldest task in the own queue.
    tagged_job oldest_own() noexcept;
    // Any task that is at hand: own, injected, or another worker's. Not for waits: it may be foreign.
    tagged_job find_any() noexcept;

    // -- owner: waiting ---------------------------------------------------------------------------

    // Until the stolen fork is done; runs only its subtree.
    void wait_for(veda_job_t* job) noexcept;
    // Until all tasks of the scope are done; runs only tasks of the scope.
    void wait_for(scope& s) noexcept;

    // Parks until ready(), with the place lent to another worker. rescue() is called when there is
    // nobody left to lend it to, and may do work that the wait needs.
    template <class Ready, class Rescue>
    void lend_until(Ready ready, Rescue rescue) noexcept {
        lend_until(ready, rescue, [this](std::uint64_t ns) { return sleeper.park(ns); });
    }
    // The same, but sleep(longest_ns) instead of the parker: false if that long passed in vain.
    template <class Ready, class Rescue, class Sleep>
    void lend_until(Ready ready, Rescue rescue, const Sleep& sleep) noexcept;

    // Makes all queued work public, for a time in which nobody polls here.
    void share_everything() noexcept;
    // Gives up the place, here and in every runtime that this thread entered on its way here, until
    // take_places. In between the worker runs nothing, or takes its places for it.
    void lend_places() noexcept;
    void take_places() noexcept;
    // After this worker alone has got its place back.
    void take_places_again() noexcept;
    void begin_blocking() noexcept;
    void end_blocking() noexcept;
    // After a callback that began at this depth: one that has forgotten veda_blocking_end, or called it too
    // often, leaves nothing behind.
    void restore_blocking(std::uint32_t depth) noexcept {
        if (blocking_depth != depth) [[unlikely]] put_blocking_right(depth);
    }
    // Tasks from outside that were taken together with one that runs long.
    bool holds_others_up() const noexcept { return holds_batch_ && !spawns.empty(); }
    // relaxed: who posts unparks in any case, and a wake-up is remembered.
    bool has_mail() const noexcept { return mailbox.load(relaxed) != nullptr; }
    void run_mailbox() noexcept;
    // In a loop, or where a recursion forks: somebody may wait for a place. relaxed: a hint.
    bool is_room_wanted() noexcept { return atomic_view(forks.head()->room).load(relaxed) != 0; }
    void look_for_room() noexcept {
        if (is_room_wanted()) [[unlikely]] make_room();
    }
    // In a wait, with the places lent: runs the mail of this runtime, and of those that the thread entered on
    // its way here. True if there was any.
    bool run_mail_in_wait() noexcept;
    // Runs work that is foreign to whatever fork this worker is in: its forks are not to be taken for
    // parts of that fork.
    template <class F>
    void run_foreign(F f) noexcept {
        // relaxed: a fork made by f is published after it; pairs with the acquire in leapfrog.
        foreign.store(foreign.load(relaxed) + 1, relaxed);
        f();
        foreign.store(foreign.load(relaxed) - 1, release);
    }

    // -- owner: a guest -----------------------------------------------------------------------------

    void arrive() noexcept;
    void depart() noexcept;
    // The thread's own worker of this runtime from before it entered another one; nullptr if there is none.
    worker* same_pool_outside() noexcept;

    // -- any thread -------------------------------------------------------------------------------

    void post(veda_job_t* job) noexcept;  // broadcast: this worker and no other shall run it

    // First member: a worker's address is its veda_worker_head_t's.
    fork_deque forks;
    spawn_deque spawns;

    // Remote: any thread.
    parker sleeper;
    atomic<veda_job_t*> mailbox{nullptr};  // a stack of broadcast jobs, linked by word_next
    clock_watch watch;
    // What the thread does with its place, for those that look from outside. relaxed, all: a hint.
    bool runs_user_code() const noexcept {
        return holds_place.load(relaxed) && !searches.load(relaxed);
    }
    atomic<bool> holds_place{false};  // written by the owner alone
    atomic<bool> searches{false};    // written by the owner alone
    worker* behind = nullptr;        // in the line for a place; guarded by its lock
    // How many pieces of foreign work lie on this worker's stack, above the fork it runs.
    atomic<std::uint32_t> foreign{0};
    atomic<std::uint32_t> guest_taken{0};
    // Set by any thread: somebody would like this worker's place for a while. seq_cst: whoever finds the word
    // set, and the worker that withdraws it and then looks around, agree on who sees whose work. relaxed: the
    // worker looks at it again and again.
    bool is_asked_for_room() noexcept { return atomic_view(forks.head()->room).load(seq_cst) != 0; }
    void note_room_request() noexcept { atomic_view(forks.head()->room).store(1, relaxed); }
    void withdraw_room_request() noexcept { atomic_view(forks.head()->room).store(0, seq_cst); }
    // Both words: a recursion looks only where a fork is slow, and its request is withdrawn more often.
    void ask_for_room() noexcept {
        if (!is_asked_for_room()) note_room_request();
        forks.ask();
    }
    atomic<bool> has_ended{false};  // a pool thread: nothing of the user's runs on it any more
    // Written by the waker that claimed the idle bit: its CPU if it goes on running there, else -1.
    atomic<int> waker_cpu{-1};
    counters counts;
    atomic<std::uint64_t> detached_spawned{0};  // written by the owner alone
    atomic<std::uint64_t> detached_done{0};     // written by the owner alone

    // Constant.
    registry& pool;
    const std::uint32_t slot;
    const worker_kind kind;

    // Owner.
    alignas(cache_line) veda_worker_head_t* outer = nullptr;  // guest: who the thread was before
    slab_cache slab;
    void give_memory_back() noexcept;  // before the worker's end
    os::thread thread;
    std::uint32_t blocking_depth = 0;
    std::uint32_t open_scopes = 0;
    // No room is made before. 0: nobody has looked since the thread began its outermost task, or entered.
    std::uint64_t next_room_ticks = 0;
    bool left_behind = false;  // see leave_behind
    // Guest: the frame that made the thread one and will end that. A call from the same stack that is not
    // below it, while the thread is still the guest, comes after a longjmp over that frame.
    const void* entry_frame = nullptr;
    bool was_jumped_out_of(const void* frame) const noexcept {
        return entry_frame && frame >= entry_frame && os::on_own_stack(frame) &&
               os::on_own_stack(entry_frame);
    }

  private:
    [[noreturn, gnu::cold]] static void returned_in_child() noexcept;
    tagged_job search() noexcept;
    tagged_job next_own() noexcept;
    tagged_job spin_for_work() noexcept;
    bool sleep_until_woken() noexcept;
    bool give_way() noexcept;
    bool sleep_announced() noexcept;
    void sleep_and_trim() noexcept;
    tagged_job steal_round() noexcept;
    tagged_job steal_from(worker& victim) noexcept;
    std::uint32_t injector_share() const noexcept;
    tagged_job first_of(const spawn_deque::batch& batch, std::uint32_t count) noexcept;
    tagged_job from_injector() noexcept;
    tagged_job from_injector(job_tag scope_tag) noexcept;
    tagged_job leapfrog(veda_job_t* job) noexcept;
    tagged_job steal_of_scope(scope& s) noexcept;
    void run_own_of(scope& s) noexcept;
    tagged_job next_own_of(scope& s) noexcept;
    [[gnu::noinline]] tagged_job another_own_of(scope& s) noexcept;
    void run_fork(veda_job_t* job, worker& owner) noexcept;
    void call(veda_job_t* job, job_tag tag) noexcept;
    void run_task(tagged_job task) noexcept;
    void finish(job_tag tag) noexcept;
    void run_with_own(tagged_job task) noexcept;
    void make_room() noexcept;
    void leave_rest() noexcept;
    void start_searching() noexcept;
    template <class F>
    void run_in_search(F f) noexcept;
    template <class F>
    void run_in_wait(F f) noexcept;
    bool is_covered_by(const worker* innermost) const noexcept;
    void put_blocking_right(std::uint32_t depth) noexcept;
    void settle_for(job_tag next) noexcept;
    void take_credit() noexcept;
    bool share_spawns() noexcept;
    void show_spawns() noexcept;
    bool uncover_hidden() noexcept;
    void enqueue_full(tagged_job task) noexcept;
    void tell_shared() noexcept;

    bool tasks_are_tiny(std::uint64_t now) const noexcept;

    job_tag running_ = 0;  // with failed_bit, if it has failed
    random_stream random_;
    bool holds_batch_ = false;  // tasks from outside came with the last one, and may lie in the own queue
    bool in_room_ = false;  // a loop waits until the task that runs here, its search's last, is done
    // After so many of the newest tasks it is the turn of another one.
    static constexpr std::uint32_t own_turns = 32;
    bool is_turn_of_others() noexcept {
        return __builtin_expect(++turns_ % own_turns == 0, false);
    }
    std::uint32_t turns_ = 0;  // tasks run from the own queue
    // The last batch of tasks stolen: when and how many.
    std::uint64_t batch_ticks_ = 0;
    std::uint32_t batch_count_ = 0;
    // How many units of this scope's latch this worker holds for no task. Negative: what it owes for tasks
    // that it spawned as the scope's opener.
    job_tag credit_tag_ = 0;
    std::int64_t credit_ = 0;
    std::uint64_t spin_ticks_ = 0;  // what spinning has lately earned
};

}  // namespace veda::rt
