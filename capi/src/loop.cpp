// loop.cpp: checks the descriptions of loops and reductions, enters the runtime, hands over.
#include <veda/loop.h>

#include <cstdio>

#include "handles.hpp"

using namespace veda;
using capi::checked;
using capi::null_argument;

namespace {

// sizeof of the first header of ABI 1.
constexpr uint32_t oldest_for_desc = 72;
constexpr uint32_t oldest_reduce_desc = 88;

template <class Struct>
veda_status copy_desc(const Struct* from, Struct& to, uint32_t oldest, const char* type,
                      const char* function) noexcept {
    if (!from) return null_argument(function, "desc");
    veda_status status = rt::copy_sized(*from, to, oldest, "desc->", type);
    if (!status) status = rt::check_reserved(to.reserved, "desc->");
    return rt::blame(function, status);
}

template <class Struct>
veda_status check_range(const Struct& desc, uint32_t known_flags, const char* function) noexcept {
    if (desc.flags & ~known_flags)
        return rt::fail(VEDA_E_RANGE, "%s: desc->flags is %#x, known are %#x", function, desc.flags,
                        known_flags);
    if (desc.begin > desc.end || desc.end == UINT64_MAX)
        return rt::fail(VEDA_E_RANGE,
                        "%s: desc->begin is %llu and desc->end %llu, must be begin <= end < 2^64-1",
                        function, static_cast<unsigned long long>(desc.begin),
                        static_cast<unsigned long long>(desc.end));
    if (desc.max_piece && desc.max_piece < desc.min_piece)
        return rt::fail(VEDA_E_RANGE, "%s: desc->max_piece is %llu, less than min_piece %llu",
                        function, static_cast<unsigned long long>(desc.max_piece),
                        static_cast<unsigned long long>(desc.min_piece));
    return VEDA_OK;
}

veda_status check_reduce(const veda_reduce_desc_t& desc, const char* function) noexcept {
    constexpr uint64_t largest = 1 << 20;
    if (desc.acc_size == 0 || desc.acc_size > largest)
        return rt::fail(VEDA_E_RANGE, "%s: desc->acc_size is %llu, must be 1..%llu", function,
                        static_cast<unsigned long long>(desc.acc_size),
                        static_cast<unsigned long long>(largest));
    if (!desc.identity) return null_argument(function, "desc->identity");
    if ((desc.flags & VEDA_REDUCE_DETERMINISTIC) && desc.max_piece)
        return rt::fail(VEDA_E_RANGE,
                        "%s: desc->max_piece is %llu, must be 0 in the deterministic form", function,
                        static_cast<unsigned long long>(desc.max_piece));
    return VEDA_OK;
}

// Every guest place is taken, or there is no memory for one more: a worker runs f and this thread waits.
// The worker's sentence becomes this thread's.
template <class F>
[[gnu::noinline, gnu::cold]] veda_status delegate(rt::registry& pool, F& f) noexcept {
    struct context {
        F* f;
        veda_status status;
        char sentence[512];
    } context;
    context.f = &f;
    const veda_status entered = veda_run(
        capi::handle_of(&pool),
        [](void* ctx, veda_worker_t* worker) {
            auto* c = static_cast<struct context*>(ctx);
            c->status = (*c->f)(*reinterpret_cast<rt::worker*>(worker));
            std::snprintf(c->sentence, sizeof c->sentence, "%s", rt::last_error());
        },
        &context);
    if (entered) return entered;
    return context.status ? rt::fail(context.status, "%s", context.sentence) : VEDA_OK;
}

// Runs f(worker) inside the runtime, on this thread if a place is left.
template <class F>
veda_status inside(rt::registry& pool, F f) noexcept {
    const rt::entered here(pool);
    rt::worker* self = here.get();
    return self ? f(*self) : delegate(pool, f);
}

}  // namespace

extern "C" {

veda_status veda_for(veda_runtime_t* runtime, const veda_for_desc_t* desc, veda_range_fn body,
                     void* ctx) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    veda_for_desc_t d;
    if ((status = copy_desc(desc, d, oldest_for_desc, "veda_for_desc_t", __func__))) return status;
    if (!body) return null_argument(__func__, "body");
    if ((status = check_range(d, VEDA_FOR_SPREAD, __func__))) return status;
    if (d.begin == d.end) return VEDA_OK;
    return inside(*pool, [&](rt::worker& self) { return rt::run_for(self, d, body, ctx); });
}

veda_status veda_reduce(veda_runtime_t* runtime, const veda_reduce_desc_t* desc, veda_fold_fn fold,
                        veda_combine_fn combine, void* ctx, void* result) noexcept {
    veda_status status;
    const auto pool = checked(runtime, __func__, status);
    if (!pool) return status;
    veda_reduce_desc_t d;
    if ((status = copy_desc(desc, d, oldest_reduce_desc, "veda_reduce_desc_t", __func__))) return status;
    if (!fold) return null_argument(__func__, "fold");
    if (!combine) return null_argument(__func__, "combine");
    if (!result) return null_argument(__func__, "result");
    if ((status = check_range(d, VEDA_REDUCE_DETERMINISTIC, __func__))) return status;
    if ((status = check_reduce(d, __func__))) return status;
    return inside(*pool, [&](rt::worker& self) {
        return rt::run_reduce(self, d, fold, combine, ctx, result);
    });
}

uint64_t veda_loop_patience(void) noexcept {
    rt::worker* self = rt::worker::current();
    return self ? rt::patience(*self) : 0;
}
}
