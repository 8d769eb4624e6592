// scope.cpp: scopes, checked and handed over.
#include <veda/scope.h>

#include "handles.hpp"

using namespace veda;
using capi::checked;
using capi::null_argument;

namespace {

// The fast half of checked(); spawning into a scope is a hot path.
rt::scope* open_scope(veda_scope_t* scope) noexcept {
    auto* s = reinterpret_cast<rt::scope*>(scope);
    return s && capi::is_open(*s) ? s : nullptr;
}

[[gnu::cold, gnu::noinline]] veda_status refuse(veda_scope_t* scope, const char* function,
                                                const char* argument) noexcept {
    veda_status status;
    return checked(scope, function, status) ? null_argument(function, argument) : status;
}

}  // namespace

extern "C" {

veda_status veda_scope_begin(veda_scope_t* scope, veda_runtime_t* runtime) noexcept {
    if (!scope) return null_argument(__func__, "scope");
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    return rt::begin_scope(*reinterpret_cast<rt::scope*>(scope), *pool);
}

veda_status veda_scope_spawn(veda_scope_t* scope, void (*fn)(void* ctx, veda_worker_t* worker),
                             void* ctx) noexcept {
    rt::scope* s = open_scope(scope);
    if (!s || !fn) [[unlikely]]
        return refuse(scope, __func__, "fn");
    veda_job_t* task = rt::make_task(fn, ctx);
    if (!task) return rt::fail(VEDA_E_MEMORY, "veda_scope_spawn: out of memory for a task");
    rt::spawn_in(*s, task);
    return VEDA_OK;
}

veda_status veda_scope_spawn_job(veda_scope_t* scope, veda_job_t* job) noexcept {
    rt::scope* s = open_scope(scope);
    if (!s || !job || !job->run) [[unlikely]]
        return refuse(scope, __func__, job ? "job->run" : "job");
    rt::spawn_in(*s, job);
    return VEDA_OK;
}

veda_status veda_scope_spawn_n(veda_scope_t* scope, veda_job_t* first, size_t count,
                               size_t stride) noexcept {
    veda_status status;
    rt::scope* s = checked(scope, __func__, status);
    if (!s) return status;
    if (count == 0) return VEDA_OK;
    if (!first) return null_argument(__func__, "first");
    if (stride < sizeof(veda_job_t) || stride % alignof(veda_job_t) != 0)
        return rt::fail(VEDA_E_RANGE,
                        "veda_scope_spawn_n: stride is %zu, must be a multiple of %zu from %zu on",
                        stride, alignof(veda_job_t), sizeof(veda_job_t));
    for (size_t i = 0; i < count; ++i)
        if (!reinterpret_cast<veda_job_t*>(reinterpret_cast<char*>(first) + i * stride)->run)
            return rt::fail(VEDA_E_NULL, "veda_scope_spawn_n: run of job %zu from first on is NULL", i);
    rt::spawn_in(*s, first, count, stride);
    return VEDA_OK;
}

veda_scope_t* veda_scope_current(void) noexcept {
    const rt::worker* self = rt::worker::current();
    if (!self || !rt::is_scope(self->running_tag())) return nullptr;
    return reinterpret_cast<veda_scope_t*>(self->running_tag());
}

veda_status veda_scope_fail(veda_scope_t* scope, veda_status failure, const char* message) noexcept {
    veda_status status;
    rt::scope* s = checked(scope, __func__, status);
    if (!s) return status;
    if (failure >= 0)
        return rt::fail(VEDA_E_RANGE, "veda_scope_fail: status is %d, must be negative", failure);
    rt::fail_scope(*s, failure, message);
    return VEDA_OK;
}

veda_status veda_scope_wait(veda_scope_t* scope) noexcept {
    veda_status status;
    rt::scope* s = checked(scope, __func__, status);
    if (!s) return status;
    if (s->owner != rt::worker::current())
        return rt::fail(VEDA_E_WORKER,
                        "veda_scope_wait: scope %p was begun by another thread, or in another runtime",
                        static_cast<void*>(scope));
    return rt::end_scope(*s);
}
}
