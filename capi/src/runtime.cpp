// runtime.cpp: creating, entering and ending runtimes; the default runtime.
#include <veda/runtime.h>

#include <cstring>

#include "handles.hpp"

using namespace veda;
using capi::checked;
using capi::null_argument;

namespace {

// The default runtime: made at first use, never destroyed but by veda_shutdown.
rt::atomic<rt::registry*> default_runtime{nullptr};
constinit rt::mutex default_lock;

veda_status create(const veda_runtime_config_t* config, rt::registry** out) noexcept {
    *out = nullptr;
    rt::registry* pool = nullptr;
    try {
        rt::settings settings;
        if (const veda_status status = rt::resolve_settings(config, settings)) return status;
        rt::display_settings(settings);
        if (const veda_status status = rt::registry::create(settings, &pool)) return status;
    } catch (...) {
        return rt::fail(VEDA_E_MEMORY, "out of memory while reading the configuration");
    }
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
    if (const veda_status status = create(config, &pool)) return status;
    default_runtime.store(pool, rt::release);  // pairs with veda_runtime_default
    return VEDA_OK;
}

veda_status inside(const char* function) noexcept {
    return rt::fail(VEDA_E_WORKER,
                    "%s: the calling thread is inside this runtime (a worker, or in veda_run); it "
                    "would wait for itself",
                    function);
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

}  // namespace

extern "C" {

veda_status veda_runtime_config_init(veda_runtime_config_t* config, size_t size) noexcept {
    if (!config) return null_argument(__func__, "config");
    if (size < sizeof(uint32_t) || size > sizeof *config)
        return rt::fail(VEDA_E_SIZE, "veda_runtime_config_init: size is %zu, must be 4..%zu", size,
                        sizeof *config);
    std::memset(config, 0, size);
    config->struct_size = static_cast<uint32_t>(size);
    return VEDA_OK;
}

veda_status veda_runtime_create(const veda_runtime_config_t* config, veda_runtime_t** out) noexcept {
    if (!out) return null_argument(__func__, "out");
    rt::registry* pool = nullptr;
    const veda_status status = create(config, &pool);
    *out = capi::handle_of(pool);
    return status;
}

veda_status veda_runtime_destroy(veda_runtime_t* runtime) noexcept {
    veda_status status;
    rt::registry* pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (rt::is_inside(*pool)) return inside(__func__);
    if (pool == default_runtime.load(rt::acquire))
        return rt::fail(VEDA_E_STATE,
                        "veda_runtime_destroy: this is the default runtime; use veda_shutdown");
    pool->drain(rt::os::forever);
    if (!capi::remove_live(pool))
        return rt::fail(VEDA_E_HANDLE, "veda_runtime_destroy: destroyed by another thread meanwhile");
    delete pool;
    return VEDA_OK;
}

veda_status veda_runtime_drain(veda_runtime_t* runtime, uint64_t timeout_ns) noexcept {
    veda_status status;
    rt::registry* pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (rt::is_inside(*pool)) return inside(__func__);
    if (pool->drain(timeout_ns)) return VEDA_OK;
    return rt::fail(VEDA_E_BUSY, "veda_runtime_drain: %llu tasks are not complete after %llu ns",
                    static_cast<unsigned long long>(pool->pending_detached()),
                    static_cast<unsigned long long>(timeout_ns));
}

veda_status veda_init(const veda_runtime_config_t* config) noexcept {
    rt::lock_guard guard(default_lock);
    if (default_runtime.load(rt::relaxed))
        return rt::fail(VEDA_E_STATE, "veda_init: the default runtime runs already");
    return start_default(config);
}

veda_status veda_shutdown(uint64_t timeout_ns) noexcept {
    rt::lock_guard guard(default_lock);
    rt::registry* pool = default_runtime.load(rt::relaxed);
    if (!pool) return VEDA_OK;
    if (const veda_status status = veda_runtime_drain(capi::handle_of(pool), timeout_ns))
        return status;
    default_runtime.store(nullptr, rt::relaxed);
    if (capi::remove_live(pool)) delete pool;
    return VEDA_OK;
}

veda_runtime_t* veda_runtime_default(void) noexcept {
    // acquire: the registry is complete.
    if (rt::registry* pool = default_runtime.load(rt::acquire)) return capi::handle_of(pool);
    rt::lock_guard guard(default_lock);
    if (!default_runtime.load(rt::relaxed)) start_default(nullptr);
    return capi::handle_of(default_runtime.load(rt::relaxed));
}

veda_status veda_run(veda_runtime_t* runtime, void (*fn)(void* ctx, veda_worker_t* worker),
                     void* ctx) noexcept {
    veda_status status;
    rt::registry* pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!fn) return null_argument(__func__, "fn");
    const rt::entered here(*pool);
    if (rt::worker* self = here.get())
        fn(ctx, self->handle());
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
    rt::registry* pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!count) return null_argument(__func__, "count");
    *count = pool->worker_count();
    return VEDA_OK;
}

veda_status veda_runtime_slot_count(veda_runtime_t* runtime, uint32_t* count) noexcept {
    veda_status status;
    rt::registry* pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!count) return null_argument(__func__, "count");
    *count = pool->slot_count();
    return VEDA_OK;
}

veda_status veda_runtime_pending(veda_runtime_t* runtime, uint64_t* pending) noexcept {
    veda_status status;
    rt::registry* pool = checked(runtime, __func__, status);
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
