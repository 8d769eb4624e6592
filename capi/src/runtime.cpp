// runtime.cpp: creating, entering and ending runtimes; of the default one, the functions of the C interface.
#include <veda/runtime.h>

#include <cstring>

#include "default_runtime.hpp"
#include "handles.hpp"

using namespace veda;
using capi::checked;
using capi::null_argument;

namespace {

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
    capi::forget_default();
    rt::slab_depot::shared().forget();
    rt::worker::leave_behind();
    rt::os::open_signals_in_child();
}

[[gnu::constructor]] void watch_for_forks() { rt::os::forget_in_child(forget_parent); }

}  // namespace

veda_status capi::create_runtime(const veda_runtime_config_t* config, rt::registry** out,
                                 bool is_default) noexcept {
    *out = nullptr;
    capi::table_seat seat;
    if (!seat)
        return rt::fail(VEDA_E_RANGE, "4096 runtimes are alive already, which is the most there may be");
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
    seat.seat(pool);
    *out = pool;
    return VEDA_OK;
}

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
    const veda_status status = rt::blame(__func__, capi::create_runtime(config, &pool));
    *out = capi::handle_of(pool);
    return status;
}

veda_status veda_runtime_destroy(veda_runtime_t* runtime) noexcept {
    veda_status status;
    auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (rt::is_inside(*pool)) return capi::inside(__func__);
    if (capi::is_default(pool.get()))
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
    if (rt::is_inside(*pool)) return capi::inside(__func__);
    return pool->drain(timeout_ns) ? VEDA_OK : capi::busy(__func__, *pool, timeout_ns);
}

veda_status veda_init(const veda_runtime_config_t* config) noexcept {
    return capi::start_default(config, __func__);
}

veda_status veda_shutdown(uint64_t timeout_ns) noexcept {
    return capi::end_default(timeout_ns, __func__);
}

veda_runtime_t* veda_runtime_default(void) noexcept {
    rt::registry* pool;
    (void)capi::find_default(&pool, __func__);
    return capi::handle_of(pool);
}

veda_status veda_runtime_get_default(veda_runtime_t** out) noexcept {
    if (!out) return null_argument(__func__, "out");
    rt::registry* pool;
    const veda_status status = capi::find_default(&pool, __func__);
    *out = capi::handle_of(pool);
    return status;
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
