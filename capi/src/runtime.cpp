// runtime.cpp: creating, entering and ending runtimes; the default runtime.
#include <veda/runtime.h>

#include <cstring>
#include <new>

#include "handles.hpp"

using namespace veda;
using capi::checked;
using capi::null_argument;

namespace {

// The default runtime: made at first use, never destroyed but by veda_shutdown. The lock is held by who
// makes one, and never while anything waits for a task: a task may ask for the default runtime.
rt::atomic<rt::registry*> default_runtime{nullptr};
constinit rt::mutex default_lock;
rt::atomic<bool> default_is_ending{false};  // by a shutdown, one at a time

veda_status create(const veda_runtime_config_t* config, rt::registry** out,
                   bool is_default = false) noexcept {
    *out = nullptr;
    rt::registry* pool = nullptr;
    try {
        rt::settings settings;
        if (const veda_status status = rt::resolve_settings(config, settings, is_default))
            return status;
        rt::display_settings(settings);
        if (const veda_status status = rt::registry::create(settings, &pool)) return status;
    } catch (...) {
        return rt::fail(VEDA_E_MEMORY, "out of memory while reading the configuration");
    }
    rt::follow_limits(*pool);
    if (!capi::add_live(pool)) {
        delete pool;
        return rt::fail(VEDA_E_RANGE, "4096 runtimes are alive already, which is the most there may be");
    }
    *out = pool;
    return VEDA_OK;
}

// Called with default_lock held.
veda_status start_default(const veda_runtime_config_t* config) noexcept {
    rt::registry* pool = nullptr;
    rt::os::take_seat();
    if (const veda_status status = create(config, &pool, true)) {
        rt::os::leave_seat();
        return status;
    }
    default_runtime.store(pool, rt::release);  // pairs with veda_runtime_default
    return VEDA_OK;
}

// The default runtime, started if need be.
veda_status find_default(veda_runtime_t** out, const char* function) noexcept {
    veda_status status = VEDA_OK;
    // acquire: the registry is complete; pairs with start_default.
    rt::registry* pool = default_runtime.load(rt::acquire);
    if (!pool) {
        rt::lock_guard guard(default_lock);
        if (!default_runtime.load(rt::relaxed)) status = rt::blame(function, start_default(nullptr));
        pool = default_runtime.load(rt::relaxed);
    }
    *out = capi::handle_of(pool);
    return status;
}

veda_status inside(const char* function) noexcept {
    return rt::fail(VEDA_E_WORKER,
                    "%s: the calling thread is inside this runtime (a worker, or in veda_run); it "
                    "would wait for itself",
                    function);
}

veda_status busy(const char* function, const rt::registry& pool, uint64_t timeout_ns) noexcept {
    return rt::fail(VEDA_E_BUSY,
                    "%s: %llu tasks are not complete, and %u threads from outside are in the runtime, "
                    "after %llu ns",
                    function, static_cast<unsigned long long>(pool.pending_detached()),
                    pool.guests_inside(), static_cast<unsigned long long>(timeout_ns));
}

class deadline {
  public:
    explicit deadline(uint64_t timeout_ns) noexcept
        : timeout_(timeout_ns), begun_(rt::os::now_ns()) {}
    uint64_t left() const noexcept {
        const uint64_t passed = rt::os::now_ns() - begun_;
        return timeout_ == rt::os::forever ? timeout_ : passed < timeout_ ? timeout_ - passed : 0;
    }

  private:
    uint64_t timeout_, begun_;
};

// Closes the runtime with everything done. False on timeout, and then it has gone on as before: so it is
// closed only in a moment in which nobody outside uses it and nothing is pending. Without a timeout it is
// closed at once, lest constant use keep it alive for ever.
bool close_and_drain(const capi::held_runtime& pool, const deadline& end) noexcept {
    if (end.left() == rt::os::forever) {
        if (!pool.close()) return false;
        pool.finish();
        return true;
    }
    do {
        if (!pool->drain(end.left())) return false;
        if (pool.try_close()) {
            if (pool->drain(0)) return true;
            pool.reopen();
        }
        capi::wait_a_little();
    } while (end.left() > 0);
    return false;
}

// Called by whoever has set default_is_ending, which is over before the workers are joined: their hooks
// may want to end a default runtime too.
veda_status end_default(const deadline& end, uint64_t timeout_ns) noexcept {
    rt::registry* pool = default_runtime.load(rt::relaxed);  // relaxed: checked acquires the registry
    veda_status status = VEDA_OK;
    if (!pool) return default_is_ending.store(false, rt::release), VEDA_OK;
    auto held = checked(capi::handle_of(pool), "veda_shutdown", status);
    const bool closed = held && close_and_drain(held, end);
    if (closed) {
        rt::os::leave_seat();
        default_runtime.store(nullptr, rt::release);  // all is done; pairs with veda_shutdown
    }
    default_is_ending.store(false, rt::release);
    if (!held) return status;
    if (!closed) return busy("veda_shutdown", *held, timeout_ns);
    held.destroy();
    return VEDA_OK;
}

// veda_run where no guest place is left: a worker runs fn, the caller waits.
struct delegated : veda_job_t {
    void (*fn)(void*, veda_worker_t*);
    void* ctx;
    veda_event_t done{};

    static void run_it(veda_job_t* job, veda_worker_t* worker) {
        auto* self = static_cast<delegated*>(job);
        self->fn(self->ctx, worker);
        rt::set_event(self->done);
    }
};

void run_delegated(rt::registry& pool, void (*fn)(void*, veda_worker_t*), void* ctx) noexcept {
    delegated job;
    job.run = &delegated::run_it;
    job.fn = fn;
    job.ctx = ctx;
    pool.inject_detached(&job);
    rt::wait_for_event(job.done);
}

// In the child of a fork nothing of the parent's is taken over: only this thread is left, and what the
// others held or changed is as they left it.
void forget_parent() noexcept {
    capi::disown_all();
    default_runtime.store(nullptr, rt::relaxed);  // relaxed, here and below: one thread
    default_is_ending.store(false, rt::relaxed);
    new (&default_lock) rt::mutex;
    rt::os::leave_seat();
    rt::slab_depot::shared().forget();
    rt::worker::leave_behind();
    rt::os::open_signals_in_child();
}

[[gnu::constructor]] void watch_for_forks() { rt::os::forget_in_child(forget_parent); }

}  // namespace

extern "C" {

veda_status veda_runtime_config_init(veda_runtime_config_t* config, size_t size) noexcept {
    if (!config) return null_argument(__func__, "config");
    // The struct of a newer header is larger; this library knows of its fields that zero is the default.
    constexpr size_t oldest = 128, largest = 4096;
    if (size < oldest || size > largest)
        return rt::fail(VEDA_E_SIZE,
                        "veda_runtime_config_init: size is %zu, must be %zu..%zu: set it to "
                        "sizeof(veda_runtime_config_t)",
                        size, oldest, largest);
    std::memset(config, 0, size);
    config->struct_size = static_cast<uint32_t>(size);
    return VEDA_OK;
}

veda_status veda_runtime_create(const veda_runtime_config_t* config, veda_runtime_t** out) noexcept {
    if (!out) return null_argument(__func__, "out");
    rt::registry* pool = nullptr;
    const veda_status status = rt::blame(__func__, create(config, &pool));
    *out = capi::handle_of(pool);
    return status;
}

veda_status veda_runtime_destroy(veda_runtime_t* runtime) noexcept {
    veda_status status;
    auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (rt::is_inside(*pool)) return inside(__func__);
    if (pool.get() == default_runtime.load(rt::relaxed))  // relaxed: only compared
        return rt::fail(VEDA_E_STATE,
                        "veda_runtime_destroy: this is the default runtime; use veda_shutdown");
    if (!pool.close())
        return rt::fail(VEDA_E_HANDLE, "veda_runtime_destroy: destroyed by another thread meanwhile");
    pool.finish();
    pool.destroy();
    return VEDA_OK;
}

veda_status veda_runtime_drain(veda_runtime_t* runtime, uint64_t timeout_ns) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (rt::is_inside(*pool)) return inside(__func__);
    return pool->drain(timeout_ns) ? VEDA_OK : busy(__func__, *pool, timeout_ns);
}

veda_status veda_init(const veda_runtime_config_t* config) noexcept {
    rt::lock_guard guard(default_lock);
    if (default_runtime.load(rt::relaxed))
        return rt::fail(VEDA_E_STATE, "veda_init: the default runtime runs already");
    return rt::blame(__func__, start_default(config));
}

veda_status veda_shutdown(uint64_t timeout_ns) noexcept {
    // acquire: whoever is told that there is none sees what its tasks have done; pairs with end_default.
    const rt::registry* pool = default_runtime.load(rt::acquire);
    if (!pool) return VEDA_OK;
    if (rt::is_inside(*pool)) return inside(__func__);
    const deadline end(timeout_ns);
    // acquire: what the last shutdown did; pairs with end_default, which hands it on.
    while (default_is_ending.exchange(true, rt::acquire)) {
        if (end.left() == 0)
            return rt::fail(VEDA_E_BUSY,
                            "veda_shutdown: another thread's shutdown is not over after %llu ns",
                            static_cast<unsigned long long>(timeout_ns));
        capi::wait_a_little();
    }
    return end_default(end, timeout_ns);
}

veda_runtime_t* veda_runtime_default(void) noexcept {
    veda_runtime_t* runtime;
    find_default(&runtime, __func__);
    return runtime;
}

veda_status veda_runtime_get_default(veda_runtime_t** out) noexcept {
    if (!out) return null_argument(__func__, "out");
    return find_default(out, __func__);
}

veda_status veda_run(veda_runtime_t* runtime, void (*fn)(void* ctx, veda_worker_t* worker),
                     void* ctx) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!fn) return null_argument(__func__, "fn");
    const rt::entered here(*pool);
    if (rt::worker* self = here.get())
        rt::guarded("the callback of veda_run", [&] { fn(ctx, self->handle()); });
    else
        run_delegated(*pool, fn, ctx);
    return VEDA_OK;
}

veda_worker_t* veda_worker_current(void) noexcept {
    rt::worker* self = rt::worker::current();
    return self ? self->handle() : nullptr;
}

veda_runtime_t* veda_worker_runtime(void) noexcept {
    rt::worker* self = rt::worker::current();
    return self ? capi::handle_of(&self->pool) : nullptr;
}

int32_t veda_worker_index(void) noexcept {
    rt::worker* self = rt::worker::current();
    return self ? static_cast<int32_t>(self->slot) : -1;
}

veda_status veda_runtime_worker_count(veda_runtime_t* runtime, uint32_t* count) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!count) return null_argument(__func__, "count");
    *count = pool->limit();
    return VEDA_OK;
}

veda_status veda_runtime_slot_count(veda_runtime_t* runtime, uint32_t* count) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!count) return null_argument(__func__, "count");
    *count = pool->slot_count();
    return VEDA_OK;
}

veda_status veda_runtime_pending(veda_runtime_t* runtime, uint64_t* pending) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!pending) return null_argument(__func__, "pending");
    *pending = pool->pending_detached();
    return VEDA_OK;
}

int32_t veda_worker_has_pending(void) noexcept {
    rt::worker* self = rt::worker::current();
    return self && (self->forks.has_jobs() || !self->spawns.empty());
}
}
