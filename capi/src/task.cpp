// task.cpp: detached tasks, broadcast, yield and events, checked and handed over.
#include <veda/task.h>

#include "handles.hpp"

using namespace veda;
using capi::checked;
using capi::null_argument;

namespace {
veda_status not_negative(const char* function, veda_status failure) noexcept {
    return rt::fail(VEDA_E_RANGE, "%s: status is %d, must be negative", function, failure);
}
}  // namespace

extern "C" {

veda_status veda_spawn(veda_runtime_t* runtime, void (*fn)(void* ctx, veda_worker_t* worker),
                       void* ctx) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!fn) return null_argument(__func__, "fn");
    veda_job_t* task = rt::make_task(fn, ctx);
    if (!task) return rt::fail(VEDA_E_MEMORY, "veda_spawn: out of memory for a task");
    rt::spawn_detached(*pool, task);
    return VEDA_OK;
}

veda_status veda_spawn_job(veda_runtime_t* runtime, veda_job_t* job) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!job) return null_argument(__func__, "job");
    if (!job->run) return null_argument(__func__, "job->run");
    rt::spawn_detached(*pool, job);
    return VEDA_OK;
}

veda_status veda_task_fail(veda_status failure, const char* message) noexcept {
    rt::worker* self = rt::worker::current();
    if (!self || self->running_tag() != rt::detached_tag)
        return rt::fail(VEDA_E_WORKER, "veda_task_fail: no detached task is running on this thread");
    if (failure >= 0) return not_negative(__func__, failure);
    self->note_failure();
    rt::report_unhandled(self->pool, failure, message);
    return VEDA_OK;
}

veda_status veda_report_failure(veda_runtime_t* runtime, veda_status failure,
                                const char* message) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (failure >= 0) return not_negative(__func__, failure);
    rt::report_unhandled(*pool, failure, message);
    return VEDA_OK;
}

veda_status veda_broadcast(veda_runtime_t* runtime, void (*fn)(void* ctx, veda_worker_t* worker),
                           void* ctx) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    if (!fn) return null_argument(__func__, "fn");
    return rt::broadcast(*pool, fn, ctx);
}

int32_t veda_yield(void) noexcept { return rt::yield(); }

int32_t veda_yield_local(void) noexcept { return rt::yield_local(); }

veda_status veda_event_wait(veda_event_t* event) noexcept {
    if (!event) return null_argument(__func__, "event");
    return rt::wait_for_event(*event);
}

veda_status veda_event_wait_for(veda_event_t* event, uint64_t timeout_ns) noexcept {
    if (!event) return null_argument(__func__, "event");
    return rt::wait_for_event(*event, timeout_ns, __func__);
}

veda_status veda_event_set(veda_event_t* event) noexcept {
    if (!event) return null_argument(__func__, "event");
    rt::set_event(*event);
    return VEDA_OK;
}

int32_t veda_event_is_set(const veda_event_t* event) noexcept {
    return event && rt::event_is_set(*event);
}
}
