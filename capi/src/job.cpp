// job.cpp: fork and join as functions, always right; <veda/veda.hpp> inlines the same few lines.
#include <veda/job.h>

#include "handles.hpp"

using namespace veda;

static_assert(sizeof(veda_job_t) == 64);
static_assert(offsetof(veda_worker_head_t, limit) == rt::cache_line);

namespace {

// Why this is not the calling thread's own worker, in a sentence. Cold.
[[gnu::noinline, gnu::cold]] veda_status refuse_worker(const char* function,
                                                       veda_worker_t* worker) noexcept {
    if (!worker) return capi::null_argument(function, "worker");
    if (rt::worker::was_left_behind(worker))
        return rt::fail(VEDA_E_FORKED, "%s: worker %p belongs to the parent of this process", function,
                        static_cast<void*>(worker));
    return rt::fail(VEDA_E_WORKER, "%s: worker %p is not the calling thread's own", function,
                    static_cast<void*>(worker));
}

// What the fast path refused.
[[gnu::noinline, gnu::cold]] veda_status refuse(const char* function, veda_worker_t* worker,
                                                veda_job_t* job) noexcept {
    if (worker && !job) return capi::null_argument(function, "job");
    if (rt::worker::current() && worker == rt::worker::current()->handle())
        return capi::null_argument(function, "job->run");
    return refuse_worker(function, worker);
}

[[gnu::noinline, gnu::cold]] int32_t join_cold(veda_job_t* job) noexcept {
    if (!job) return capi::null_argument("veda_join", "job");
    return rt::join_last(*rt::worker::current(), job);
}

// The worker argument is right exactly if it is this thread's own and not the outside head.
bool is_own(veda_worker_t* worker, veda_worker_head_t* self) noexcept {
    return reinterpret_cast<veda_worker_head_t*>(worker) == self;
}

// What the slow paths may be called with: the calling thread's own worker, inside a runtime.
bool is_inside(veda_worker_head_t* worker) noexcept {
    return worker == veda_worker_self && worker != &rt::worker::outside_head;
}

}  // namespace

extern "C" {

// Here with the exported functions, though the runtime sets it: so it is hidden with them in the static
// library. Used, whatever a link-time optimiser thinks: it does not see what assembler statements read.
[[gnu::used]] __thread veda_worker_head_t* veda_worker_self = &rt::worker::outside_head;

veda_status veda_fork(veda_worker_t* worker, veda_job_t* job) noexcept {
    veda_worker_head_t* self = veda_worker_self;
    if (!is_own(worker, self) || !job || !job->run) [[unlikely]]
        return refuse("veda_fork", worker, job);
    veda_job_t** slot = self->head;
    if (slot >= rt::atomic_view(self->limit).load(rt::relaxed)) [[unlikely]] {
        if (!is_inside(self)) return refuse("veda_fork", worker, job);  // the head of a thread outside
        rt::fork_slow(*rt::worker::of(self), job);
        return VEDA_OK;
    }
    job->state = 0;
    job->thief = 0;
    rt::atomic_view(*slot).store(job, rt::relaxed);
    rt::atomic_view(self->head).store(slot + 1, rt::relaxed);
    return VEDA_OK;
}

int32_t veda_join(veda_worker_t* worker, veda_job_t* job) noexcept {
    veda_worker_head_t* self = veda_worker_self;
    if (!is_own(worker, self)) [[unlikely]]
        return refuse("veda_join", worker, job);
    // A NULL job is in no slot above split; the head of a thread outside has no slots at all.
    veda_job_t** head = self->head;
    if (!head) [[unlikely]]
        return refuse("veda_join", worker, job);
    veda_job_t** slot = head - 1;
    if (slot < rt::atomic_view(self->split).load(rt::relaxed) ||
        rt::atomic_view(*slot).load(rt::relaxed) != job) [[unlikely]]
        return join_cold(job);
    rt::atomic_view(self->head).store(slot, rt::relaxed);
    return VEDA_JOIN_TAKE;
}

veda_status veda_join_n(veda_worker_t* worker, uint64_t count, veda_branch_fn branch, void* ctx) noexcept {
    veda_worker_head_t* self = veda_worker_self;
    if (!is_own(worker, self) || !is_inside(self)) [[unlikely]]
        return refuse_worker(__func__, worker);
    if (!branch) [[unlikely]]
        return capi::null_argument(__func__, "branch");
    rt::join_n(*rt::worker::of(self), count, branch, ctx);
    return VEDA_OK;
}

veda_status veda_make_room(veda_worker_t* worker) noexcept {
    veda_worker_head_t* self = veda_worker_self;
    if (!is_own(worker, self) || !is_inside(self)) [[unlikely]]
        return refuse_worker("veda_make_room", worker);
    rt::worker::of(self)->look_for_room();
    return VEDA_OK;
}

uint32_t veda_hungry_places(void) noexcept {
    const rt::worker* self = rt::worker::current();
    return self ? rt::hungry_places(*self) : 0;
}

veda_job_t** veda_fork_slow(veda_worker_head_t* worker, veda_job_t* job) noexcept {
    auto* self = reinterpret_cast<veda_worker_t*>(worker);
    if (!is_inside(worker) || !job || !job->run) [[unlikely]]
        return refuse("veda_fork_slow", self, job), nullptr;
    return rt::fork_slow(*rt::worker::of(worker), job);
}

int32_t veda_join_slow(veda_worker_head_t* worker, veda_job_t* job, veda_job_t** slot) noexcept {
    auto* self = reinterpret_cast<veda_worker_t*>(worker);
    // Inlined code could not tell a refusal from an answer.
    if (rt::worker::was_left_behind(worker)) [[unlikely]]
        rt::worker::of(worker)->returned();
    if (!is_inside(worker) || !job) [[unlikely]]
        return refuse("veda_join_slow", self, job);
    if (!slot) [[unlikely]]
        return capi::null_argument("veda_join_slow", "slot");
    return rt::join_slow_checked(*rt::worker::of(worker), job, slot);
}

void* veda_job_alloc(size_t size) noexcept { return rt::allocate_task(size); }

void veda_job_free(void* memory, size_t size) noexcept {
    if (memory) rt::free_task(memory, size);
}

void veda_blocking_begin(void) noexcept {
    if (rt::worker* self = rt::worker::current()) self->begin_blocking();
}

void veda_blocking_end(void) noexcept {
    if (rt::worker* self = rt::worker::current()) self->end_blocking();
}
}
