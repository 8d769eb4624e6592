// registry.cpp: how a runtime starts and ends, and the work that belongs to no worker. See registry.hpp;
// places and guests have files of their own.
#include "pool/registry.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include "base/assert.hpp"
#include "base/status.hpp"
#include "job/callback.hpp"
#include "os/clock.hpp"
#include "os/cpu_limit.hpp"
#include "os/futex.hpp"
#include "os/log.hpp"
#include "os/order_threads.hpp"
#include "os/thread.hpp"
#include "pool/lend.hpp"
#include "pool/pinning.hpp"

namespace veda::rt {

namespace {

atomic<std::uint64_t> next_id{1};

// How long a wait looks for own work before it parks and lends its place: about what a park and a
// wake cost.
constexpr std::uint64_t wait_spin_ns = 20'000;

// How long a loop runs between two looks at whether somebody is hungry.
constexpr std::uint64_t look_ns = 20'000;

// See veda_worker_head_t::few.
constexpr std::uint64_t few_indices(std::uint32_t workers) noexcept {
    return workers > 1 ? std::uint64_t{VEDA_FEW_PER_WORKER} * workers : 0;
}

}  // namespace

// -- start and stop -------------------------------------------------------------------------------

registry::registry(const settings& config)
    : config_(config),
      id_(next_id.fetch_add(1, relaxed)),
      most_workers_(std::max(config.worker_count, config.most_workers)) {}

veda_status registry::create(const settings& config, registry** out) noexcept {
    *out = nullptr;
    if (const int error = os::futex_refusal())
        return fail(VEDA_E_UNSUPPORTED, "the system refuses the futex call, by which threads wait: %s",
                    std::strerror(error));
    std::unique_ptr<registry> made;
    std::size_t cpus = 0;
    try {
        std::vector<int> allowed = os::allowed_cpus();
        cpus = allowed.size();
        made.reset(new registry(config));
        made->cpus_ = pinned_cpus(config, std::move(allowed));
        made->first_guest_ = made->most_workers_ + config.spare_workers;
        made->slot_count_ = made->first_guest_ + max_guests;
        made->slots_ = std::make_unique<atomic<worker*>[]>(made->slot_count_);
    } catch (const std::bad_alloc&) {
        return fail(VEDA_E_MEMORY, "out of memory while creating a runtime of %u workers",
                    config.worker_count);
    }
    const veda_status status = made->start(cpus);
    if (status == VEDA_OK) *out = made.release();
    return status;
}

veda_status registry::start(std::size_t cpus) noexcept {
    const bool crowded = config_.worker_count > cpus;
    // With more workers than CPUs, whoever spins keeps somebody else from working.
    spin_ticks_ = crowded ? 0 : config_.spin_ns * os::ticks_per_us() / 1000;
    wait_ticks_ = (crowded ? wait_spin_ns / 10 : wait_spin_ns) * os::ticks_per_us() / 1000;
    // The first time, the kernel may take milliseconds for the answer. Not in the middle of a body.
    (void)os::can_order_threads();
    limit_.store(config_.worker_count, relaxed);
    int error = 0;
    // Held, because the start hook of an early worker may already want a spare one.
    lock_guard guard(start_lock_);
    while (worker_count() < config_.worker_count && error == 0) error = start_regular();
    if (worker_count() == 0) {
        return fail(error == ENOMEM ? VEDA_E_MEMORY : VEDA_E_THREAD,
                    "no worker thread could be started: %s", std::strerror(error));
    }
    if (error != 0) {
        os::log(os::log_level::warn, "only %u of %u worker threads could be started: %s",
                worker_count(), config_.worker_count, std::strerror(error));
        limit_.store(worker_count(), relaxed);
        spare_refusal_.note(os::now_ns());
    }
    return VEDA_OK;
}

registry::~registry() {
    stop();
    check_ledger();
    for (std::uint32_t slot = 0; slot < slot_count_; ++slot) {
        if (!slots_) break;
        worker* w = at(slot);
        if (!w) continue;
        w->give_memory_back();
        w->~worker();
        ::operator delete(w, std::align_val_t{alignof(worker)});
    }
}

// Not inlined: the compiler would see a global new meet a delete of our own, and warn.
[[gnu::noinline]] void* registry::operator new(std::size_t size, std::align_val_t alignment) {
    return ::operator new(size, alignment);
}

void registry::operator delete(void* memory, std::align_val_t alignment) noexcept {
    constexpr std::uint32_t kept = 64;
    static atomic<void*> graves[kept];
    static atomic<std::uint32_t> next{0};
    void* oldest = graves[next.fetch_add(1, relaxed) % kept].exchange(memory, acq_rel);
    ::operator delete(oldest, alignment);
}

void registry::stop() noexcept {
    attendant_.reset();
    {
        // A starter of spares looks at stopping_ under the lock: after this there is none.
        lock_guard guard(start_lock_);
        // relaxed: every worker is unparked afterwards, and a wake-up is remembered.
        stopping_.store(true, relaxed);
    }
    wake_all();
    blocked here;  // a stop hook may take its time
    for (std::uint32_t slot = 0; slots_ && slot < first_guest_; ++slot) {
        worker* w = at(slot);
        if (!w || !w->thread.started()) continue;
        here.wait_until([w] { return w->has_ended.load(relaxed); });
        w->thread.join();
    }
    // Whoever holds a pin is on its way out, and waits for nothing.
    here.wait_until([this] { return !is_pinned(); });
}

// All threads are gone, so the sums are exact, and no queue holds anything.
void registry::check_ledger() const noexcept {
#ifndef NDEBUG
    if (!slots_) return;
    VEDA_ASSERT(count(counter::submitted) == count(counter::completed) + count(counter::failed) +
                                                 count(counter::cancelled));
    VEDA_ASSERT(outside.empty());
    for (std::uint32_t slot = 0; slot < high_slot(); ++slot)
        if (const worker* w = at(slot)) VEDA_ASSERT(!w->spawns.has_public() && !w->has_mail());
#endif
}

worker* registry::make_worker(std::uint32_t slot, worker_kind kind) noexcept {
    void* memory = ::operator new(sizeof(worker), std::align_val_t{alignof(worker)}, std::nothrow);
    if (!memory) return nullptr;
    auto* made = new (memory) worker(*this, slot, kind);
    VEDA_CHECK(static_cast<void*>(made->forks.head()) == static_cast<void*>(made));
    made->forks.head()->look_ticks = look_ns * os::ticks_per_us() / 1000;
    made->forks.head()->few = few_indices(most_workers_);
    if (made->forks.create(most_workers_ == 1)) return made;
    made->~worker();
    ::operator delete(memory, std::align_val_t{alignof(worker)});
    return nullptr;
}

int registry::cpu_of(std::uint32_t slot) const noexcept {
    return cpus_.empty() ? -1 : cpus_[slot % cpus_.size()];
}

std::string registry::thread_name(std::uint32_t slot) const {
    char given[16] = {};
    if (config_.thread_name)
        guarded("thread_name", [&] { config_.thread_name(config_.hook_ctx, slot, given, sizeof given); });
    given[sizeof given - 1] = '\0';
    return *given ? given : worker_name(config_.name_prefix, slot);
}

// 0 or an errno; with start_lock_ held. The thread begins as a searcher; the caller has counted it.
int registry::start_thread(std::uint32_t slot, worker_kind kind) noexcept {
    worker* made = at(slot);  // of an attempt that failed
    if (!made) made = make_worker(slot, kind);
    if (!made) return ENOMEM;
    slots_[slot].store(made, release);  // release: pairs with at()
    roster_.join(slot);
    high_slot_.store(std::max(high_slot_.load(relaxed), slot + 1), relaxed);
    const std::string name = thread_name(slot);
    os::thread_options options;
    options.name = name.c_str();
    options.stack_size = config_.stack_size;
    options.cpu = cpu_of(slot);
    if (config_.on_worker_start) start_hooks_.fetch_add(1, relaxed);  // relaxed: the thread comes after it
    const int error = made->thread.start(
        options, [](void* w) { static_cast<worker*>(w)->main_loop(); }, made);
    if (error == 0) {
        made->counts.add(counter::threads_started);
        return 0;
    }
    if (config_.on_worker_start) start_hook_is_over();
    // Thieves may already be looking at the slot: the worker stays, without a thread.
    return error;
}

// The next regular worker; 0 or an errno, with start_lock_ held.
int registry::start_regular() noexcept {
    const std::uint32_t slot = worker_count();
    people.wake_searcher();
    const int error = start_thread(slot, worker_kind::regular);
    if (error == 0)
        worker_count_.store(slot + 1, release);  // release: pairs with worker_count
    else
        people.searcher_sleeps();
    return error;
}

// The clock is read only after a refusal.
bool registry::must_not_ask_now() const noexcept {
    return spare_refusal_.stands() && spare_refusal_.is_recent(os::now_ns());
}

// Another thread beyond the regular ones, up to the bound. False if there is none to be had.
bool registry::start_spare() noexcept {
    if (must_not_ask_now()) return false;
    lock_guard guard(start_lock_);
    const std::uint32_t started = spares_started_.load(relaxed);
    // Once more under the lock: whoever held it may have been refused.
    if (must_not_ask_now() || started == config_.spare_workers || stopping()) return false;
    if (start_thread(most_workers_ + started, worker_kind::spare) != 0) {
        spare_refusal_.note(os::now_ns());
        os::log(os::log_level::warn, "the system refuses spare worker %u; waits may idle a CPU",
                started);
        return false;
    }
    spare_refusal_.forget();
    spares_started_.store(started + 1, relaxed);
    return true;
}

// -- work that belongs to no worker ---------------------------------------------------------------

void registry::inject(const tagged_job* tasks, std::uint32_t count) noexcept {
    outside.push(tasks, count);
    notify(0);
}

void registry::inject_from_outside(const tagged_job* tasks, std::uint32_t count) noexcept {
    pin();  // the tasks may have run, and the runtime may end, before anybody is woken for them
    injected_outside_.fetch_add(count, relaxed);  // relaxed: a counter
    inject(tasks, count);
    ask_if_full();
    unpin();
}

void registry::inject_detached(veda_job_t* job) noexcept {
    injected_detached_.fetch_add(1, relaxed);  // relaxed: the injector's lock orders it
    const tagged_job task{job, detached_tag};
    inject_from_outside(&task, 1);
}

// For a waiter that looks for its own tasks wherever they lie: moves the oldest of every queue into the
// injector, where tasks are found by their scope. One batch of each at a time, so that a look does not grow
// with what is queued.
void registry::move_tasks_outside() noexcept {
    (void)any_worker([this](worker& w) {
        if (w.spawns.hides_tasks()) (void)w.spawns.uncover();
        spawn_deque::batch batch;
        if (const std::uint32_t count = w.spawns.steal(batch, true)) inject(batch.data(), count);
        return false;
    });
}

// -- end ------------------------------------------------------------------------------------------

// Ends are summed before beginnings, so that the difference is never too small: zero means that there
// was a moment with nothing pending. acquire, of the ends: what the tasks wrote, and that they were
// begun; so relaxed is enough for the beginnings.
std::uint64_t registry::pending_detached() const noexcept {
    std::uint64_t done = 0, begun = 0;
    for (std::uint32_t slot = 0; slot < high_slot(); ++slot)
        if (worker* w = at(slot)) done += w->detached_done.load(acquire);
    for (std::uint32_t slot = 0; slot < high_slot(); ++slot)
        if (worker* w = at(slot)) begun += w->detached_spawned.load(relaxed);
    begun += injected_detached_.load(relaxed);
    return begun - done;
}

// In this order: a hook or a guest may leave a task behind, and the end of a task may leave somebody who is
// about to wake a worker. The end of the runtime waits for such a one in any case, but has no time-out.
// acquire: what the guests left.
bool registry::is_drained() const noexcept {
    return !is_starting() && guests_inside_.load(acquire) == 0 && pending_detached() == 0 && !is_pinned();
}

bool registry::drain(std::uint64_t timeout_ns) noexcept {
    blocked here;
    const std::uint64_t start = os::now_ns();
    // Polled: completions count themselves without telling anybody, and this is a rare call.
    for (std::uint64_t pause = 10'000;; pause = std::min<std::uint64_t>(pause * 2, 1'000'000)) {
        if (is_drained()) return true;
        const std::uint64_t passed = os::now_ns() - start;
        if (passed >= timeout_ns) return false;
        if (pause >= 1'000'000) replace_stopped_searcher();
        here.pause(std::min(pause, timeout_ns - passed));
    }
}

std::uint64_t registry::sum(counter which) const noexcept {
    std::uint64_t all = 0;
    for (std::uint32_t slot = 0; slot < high_slot(); ++slot)
        if (const worker* w = at(slot)) all += w->counts.read(which);
    return all;
}

std::uint64_t registry::count(counter which) const noexcept {
    // relaxed: whoever wants exact numbers has waited for what it counts.
    const std::uint64_t outside = injected_outside_.load(relaxed);
    switch (which) {
        case counter::injected: return sum(which) + outside;
        case counter::places: return limit();
        case counter::relieved: return relief_.added();
        case counter::place_changes: return place_changes_.load(relaxed);
        case counter::submitted: return sum(counter::spawned) + outside + posted_.load(relaxed);
        case counter::completed: {
            // The workers' own numbers hold tasks of scopes and broadcasts, failed ones too.
            std::uint64_t ended = sum(which);
            for (std::uint32_t slot = 0; slot < high_slot(); ++slot)
                if (const worker* w = at(slot)) ended += w->detached_done.load(relaxed);
            return ended - std::min(ended, sum(counter::failed));
        }
        default: return sum(which);
    }
}

}  // namespace veda::rt
