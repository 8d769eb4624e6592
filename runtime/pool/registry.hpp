// registry.hpp: one runtime: its workers, the work that belongs to no worker, and the census of who is
// awake. Starts threads, wakes them, stops them. It never runs user code.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "base/mutex.hpp"
#include "deque/injector.hpp"
#include "pool/config.hpp"
#include "pool/refusal.hpp"
#include "pool/relief.hpp"
#include "pool/rooms.hpp"
#include "pool/roster.hpp"
#include "pool/waiting_line.hpp"
#include "pool/worker.hpp"
#include "sleep/census.hpp"
#include "sleep/idle_set.hpp"
#include "sleep/lookout.hpp"

namespace veda::rt {

// Somebody from a room below who attends to a runtime as long as it lives.
class attendant {
  public:
    virtual ~attendant() = default;
};

class registry {
  public:
    static constexpr std::uint32_t max_guests = limits::guests;

    // On failure *out is null and nothing is left behind.
    static veda_status create(const settings& config, registry** out) noexcept;
    ~registry();
    registry(const registry&) = delete;
    // The last destroyed ones keep their addresses, so that a handle used too late does not name a newer
    // runtime by accident.
    static void* operator new(std::size_t size, std::align_val_t alignment);
    static void operator delete(void* memory, std::align_val_t) noexcept;

    // -- work that belongs to no worker -----------------------------------------------------------

    void inject(tagged_job task) noexcept { inject(&task, 1); }
    void inject(const tagged_job* tasks, std::uint32_t count) noexcept;
    // For a thread that is no worker of this runtime: it has no counters of its own, and may be the last to
    // touch the runtime.
    void inject_from_outside(const tagged_job* tasks, std::uint32_t count) noexcept;
    void inject_detached(veda_job_t* job) noexcept;
    // For the ledger: tasks that came neither from a worker nor through the injector.
    void count_submitted(std::uint32_t tasks) noexcept { posted_.fetch_add(tasks, relaxed); }
    void move_tasks_outside() noexcept;

    // -- places and sleep: see sleep/README.md ----------------------------------------------------

    // After work became public: wakes somebody if nobody searches and a place is free.
    void notify(std::uint32_t near) noexcept;
    // After a place became free: it goes to a thread that waits for one, or else to a worker that is woken,
    // if there is work. Where none is public, all who may have private work are asked to show it.
    void place_is_free(std::uint32_t near) noexcept;
    // The last searcher found something: wakes another one if there is more in sight.
    void notify_if_work(std::uint32_t near) noexcept;
    // Called by a waiter now and then: if something could go on and finds no place, looks whether those that
    // hold the places are blocked, and lets as many in as are.
    void relieve(std::uint32_t near) noexcept;
    // While there are places for blocked threads: looks whether those are still blocked.
    void check_relief() noexcept {
        if (relief_.places() != 0) [[unlikely]] (void)relief_.look(*this);
    }
    // For the follower and for drain(): wakes another worker in place of a searcher that was stopped.
    void replace_stopped_searcher() noexcept;
    // Work is in sight, a place is free, somebody could be woken, and nobody is on the way: for longer
    // than a moment, a wake-up was lost.
    bool lacks_a_wake() const noexcept;
    // Asks every worker but this one to share; the sleeper's last words.
    void request_all(const worker* asker) noexcept;
    bool work_in_sight() const noexcept;
    // More than one place is empty or searching: share more than half.
    bool many_hungry() const noexcept;
    // A searcher is one too many: what it finds it could not begin to run.
    bool over_limit() const noexcept { return people.load().present() > places(); }
    bool has_free_place() const noexcept { return people.load().present() < places(); }
    // Nobody is left to take a lent place.
    bool exhausted() const noexcept;
    void wake_all() noexcept;

    // How many places there are. seq_cst: a thread that finds none free, and a thread that adds some, agree
    // on which of them looks around; see the sleep protocol.
    std::uint32_t limit() const noexcept { return limit_.load(seq_cst); }
    // With those that were added for blocked threads.
    std::uint32_t places() const noexcept { return limit() + relief_.places(); }
    // For a thread that has something to go on with, and may hold what the others are blocked for.
    std::uint32_t places_to_go_on() const noexcept { return limit() + relief_.places_to_go_on(); }
    // A count that was given bounds the threads that run; one that was found is what workers aim at, and
    // threads from outside and threads whose wait is over go on at once.
    bool is_strict() const noexcept { return config_.most_workers == 0; }
    // Gives the calling thread, as the worker w, a place, and waits for one if need be.
    void take_place(worker& w) noexcept;
    bool try_take_place() noexcept;
    void leave_place(worker& w) noexcept;
    // The searcher w has found work: true if it may run it. Else it is still searching, and one too many.
    bool begin_run(worker& w) noexcept;
    // For code that runs long: lets a task from outside, or a thread that waits for a place, have the place
    // of the running worker w for a while, and waits for it.
    void make_room(worker& w) noexcept;
    // What the searcher w may run in a place that was left for it; it is running then.
    tagged_job take_room(worker& w) noexcept;
    // After work came from outside, or nobody is left who looks for it: if every place is taken, asks those
    // who run to make room.
    void ask_if_full() noexcept;
    // Somebody would like the place of the worker w, none is free, and there is a thread for it.
    bool somebody_waits(const worker& w) const noexcept;
    bool has_rooms() const noexcept { return !rooms_.empty(); }
    // The machine allows so many places now: starts regular workers that are missing, up to the bound, and
    // moves the limit, never below 1. For one caller at a time.
    void set_places(std::uint32_t places) noexcept;
    // More threads are active, or wait for a place, than may run: a thread that has finished a task makes
    // room.
    bool must_give_way() noexcept;
    // Takes an attendant, which is destroyed before the workers stop.
    void attach(std::unique_ptr<attendant> who) noexcept { attendant_ = std::move(who); }

    // -- guests -----------------------------------------------------------------------------------

    // Makes the calling thread a worker, nullptr if no guest place is left.
    worker* enter() noexcept;
    void leave(worker& guest) noexcept;
    // Why enter gave none: false, everything is taken; true, the memory for one more was missing.
    bool has_free_guest_slot() const noexcept;

    // While pinned, the runtime is not freed: for threads outside that are about to wake a worker for
    // something that may already have happened by then. relaxed: what the pin is for comes after it, and the
    // end of the runtime after that. release: the last touch; pairs with is_pinned.
    void pin() noexcept { pins_.fetch_add(1, relaxed); }
    void unpin() noexcept { pins_.fetch_sub(1, release); }

    // -- end --------------------------------------------------------------------------------------

    std::uint64_t pending_detached() const noexcept;
    // Of a thread that was started. It may submit tasks, so the runtime is not drained before.
    void start_hook_is_over() noexcept { start_hooks_.fetch_sub(1, release); }
    // relaxed: for people.
    std::uint32_t guests_inside() const noexcept { return guests_inside_.load(relaxed); }
    // Waits until no detached task is pending and no guest is inside. False on timeout.
    bool drain(std::uint64_t timeout_ns) noexcept;
    // relaxed: see stop.
    bool stopping() const noexcept { return stopping_.load(relaxed); }

    // -- looking around ---------------------------------------------------------------------------

    // Slots below this have been used; a slot may still be empty (nullptr). relaxed: what lies in a
    // slot is ordered by at(), and that a sleeper's or publisher's slot is below it, by the census.
    std::uint32_t high_slot() const noexcept { return high_slot_.load(relaxed); }
    worker* at(std::uint32_t slot) const noexcept { return slots_[slot].load(acquire); }
    // Calls visit(worker&) for those in use, from slot start upwards and around, until one returns true. True
    // if one did.
    template <class Visit>
    bool any_worker_from(std::uint32_t start, Visit visit) const noexcept {
        return roster_.any_from(start, high_slot(), [&](std::uint32_t slot) { return visit(*at(slot)); });
    }
    template <class Visit>
    bool any_worker(Visit visit) const noexcept {
        return any_worker_from(0, visit);
    }
    std::uint32_t slot_count() const noexcept { return slot_count_; }
    // Regular workers that were started; their slots are the first. acquire: their slots are filled.
    std::uint32_t worker_count() const noexcept { return worker_count_.load(acquire); }
    // The sum over all workers. Of the ledger, a task is counted when it is handed over and again before
    // anybody can see its end; in between the two sides differ.
    std::uint64_t count(counter which) const noexcept;
    const settings& config() const noexcept { return config_; }
    std::uint64_t id() const noexcept { return id_; }
    std::uint64_t spin_ticks() const noexcept { return spin_ticks_; }
    std::uint64_t wait_ticks() const noexcept { return wait_ticks_; }

    census people;
    idle_set idle;
    injector outside;
    lookout watch;  // who looks at the machine for this runtime, if anybody does

  private:
    explicit registry(const settings& config);
    veda_status start(std::size_t cpus) noexcept;
    worker* make_worker(std::uint32_t slot, worker_kind kind) noexcept;
    std::string thread_name(std::uint32_t slot) const;
    int start_thread(std::uint32_t slot, worker_kind kind) noexcept;
    int start_regular() noexcept;
    bool start_spare() noexcept;
    bool must_not_ask_now() const noexcept;
    // leaves: the caller is about to park, so that its CPU is the woken one's best.
    void wake_one(std::uint32_t near, bool leaves = false) noexcept;
    void wait_for_place(worker& w) noexcept;
    void wait_in_line(worker& w, room* before) noexcept;
    void ask_for_room() noexcept;
    bool let_in(worker& w) noexcept;
    bool let_task_in(worker& w) noexcept;
    void leave_for_a_while(worker& w) noexcept;
    void stop() noexcept;
    void check_ledger() const noexcept;
    bool nobody_to_wake() const noexcept;
    // acquire: what the hooks have submitted.
    bool is_starting() const noexcept { return start_hooks_.load(acquire) != 0; }
    bool is_drained() const noexcept;
    bool is_pinned() const noexcept { return pins_.load(acquire) != 0; }
    std::uint64_t sum(counter which) const noexcept;
    int cpu_of(std::uint32_t slot) const noexcept;
    worker* take_guest_slot(std::uint32_t slot) noexcept;

    const settings config_;
    std::vector<int> cpus_;  // worker i is pinned to cpus_[i % size]; empty: to none
    const std::uint64_t id_;
    const std::uint32_t most_workers_;  // regular workers there may be
    std::uint32_t slot_count_ = 0;
    std::uint32_t first_guest_ = 0;
    std::uint64_t spin_ticks_ = 0;
    std::uint64_t wait_ticks_ = 0;
    std::unique_ptr<atomic<worker*>[]> slots_;
    // Read at every task, hardly ever written.
    alignas(cache_line) atomic<std::uint32_t> limit_{1};
    atomic<std::uint32_t> worker_count_{0};  // regular workers that were started
    atomic<std::uint32_t> high_slot_{0};
    atomic<std::uint64_t> place_changes_{0};
    refusal spare_refusal_;
    atomic<bool> stopping_{false};
    // Written as guests come and go.
    alignas(cache_line) atomic<std::uint32_t> spares_started_{0};
    atomic<std::uint32_t> guests_inside_{0};
    atomic<std::uint32_t> pins_{0};
    atomic<std::uint32_t> start_hooks_{0};  // of threads that were started, and are not over
    atomic<std::uint64_t> last_executed_{0};  // at the last relieve
    atomic<std::uint64_t> injected_detached_{0};
    atomic<std::uint64_t> injected_outside_{0};
    atomic<std::uint64_t> posted_{0};
    mutex start_lock_;
    roster roster_;
    relief relief_;
    waiting_line line_;
    rooms rooms_;
    std::unique_ptr<attendant> attendant_;
};

}  // namespace veda::rt
