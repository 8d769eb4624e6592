#include "fork/broadcast.hpp"

#include <memory>
#include <new>

#include "base/status.hpp"
#include "fork/event.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

struct gathering {
    task_fn fn;
    void* ctx;
    atomic<std::uint32_t> missing;
    veda_event_t all_done{};
};

struct call : veda_job_t {
    gathering* shared;

    static void run_it(veda_job_t* job, veda_worker_t* self) {
        gathering& shared = *static_cast<call*>(job)->shared;
        shared.fn(shared.ctx, self);
        // Not worker::current(): in the child of a fork in fn there is none.
        reinterpret_cast<worker*>(self)->counts.add(counter::completed);
        // acq_rel: the last one hands on what all wrote.
        if (shared.missing.fetch_sub(1, acq_rel) == 1) set_event(shared.all_done);
    }
};

}  // namespace

veda_status broadcast(registry& pool, task_fn fn, void* ctx) noexcept {
    const std::uint32_t count = pool.worker_count();
    const std::unique_ptr<call[]> calls(new (std::nothrow) call[count]);
    if (!calls) return fail(VEDA_E_MEMORY, "out of memory for a broadcast to %u workers", count);
    gathering shared{fn, ctx, count};
    pool.count_submitted(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        calls[i].run = &call::run_it;
        calls[i].shared = &shared;
        pool.at(i)->post(&calls[i]);
    }
    // A caller that is a regular worker finds its own call in its mailbox.
    if (worker* self = worker::current(); self && self->has_mail()) self->run_mailbox();
    wait_for_event(shared.all_done);
    return VEDA_OK;
}

}  // namespace veda::rt
