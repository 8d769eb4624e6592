#include "fork/spawn.hpp"

#include <cstdint>
#include <cstdlib>

#include "job/callback.hpp"
#include "os/log.hpp"
#include "os/thread.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

// A plain function as a task, in the words that every task has to spare.
constexpr unsigned word_fn = VEDA_TASK_ROOM_WORD, word_ctx = word_fn + 1;

void run_function(veda_job_t* job, veda_worker_t* worker) {
    const auto fn = reinterpret_cast<task_fn>(job->reserved[word_fn]);
    auto* ctx = reinterpret_cast<void*>(job->reserved[word_ctx]);
    free_task(job, sizeof *job);
    fn(ctx, worker);
}

}  // namespace

void spawn_detached(registry& pool, veda_job_t* job) noexcept {
    worker* self = worker::current();
    if (!self || &self->pool != &pool) return pool.inject_detached(job);
    // relaxed: a drain looks at guests first, and its spawner is a guest or a task that is pending.
    self->detached_spawned.store(self->detached_spawned.load(relaxed) + 1, relaxed);
    self->spawn({job, detached_tag});
}

veda_job_t* make_task(task_fn fn, void* ctx) noexcept {
    auto* job = static_cast<veda_job_t*>(allocate_task(sizeof(veda_job_t)));
    if (!job) return nullptr;
    job->run = &run_function;
    job->reserved[word_fn] = reinterpret_cast<std::uint64_t>(fn);
    job->reserved[word_ctx] = reinterpret_cast<std::uint64_t>(ctx);
    return job;
}

void* allocate_task(std::size_t size) noexcept {
    if (size > largest_block) [[unlikely]] {
        // No machine has a quarter of all addresses; sanitizers stop a program that asks for them.
        return size > SIZE_MAX / 4 ? nullptr : std::malloc(size);
    }
    worker* self = worker::current();
    return self ? self->slab.allocate(size) : slab_depot::shared().take_one(slab_class(size));
}

void free_task(void* memory, std::size_t size) noexcept {
    if (size > largest_block) return std::free(memory);
    if (worker* self = worker::current()) return self->slab.free(memory, size);
    slab_depot::shared().give_one(slab_class(size), memory);
}

namespace {

// On top of the current task.
std::int32_t run_foreign(worker& self, tagged_job task) noexcept {
    if (task.job) {
        self.show_before();
        self.run_foreign([&] { self.run(task); });
    }
    self.settle();
    return task.job ? VEDA_YIELD_RAN : VEDA_YIELD_IDLE;
}

}  // namespace

std::int32_t yield_local() noexcept {
    worker* self = worker::current();
    return self ? run_foreign(*self, self->spawns.pop()) : VEDA_YIELD_IDLE;
}

std::int32_t yield() noexcept {
    worker* self = worker::current();
    if (!self) {
        os::yield_thread();
        return VEDA_YIELD_IDLE;
    }
    if (self->has_mail()) {
        self->run_mailbox();
        return VEDA_YIELD_RAN;
    }
    return run_foreign(*self, self->find_any());
}

void report_unhandled(const registry& pool, veda_status status, const char* message) noexcept {
    const settings& config = pool.config();
    if (config.on_unhandled_error)
        guarded("on_unhandled_error",
                [&] { config.on_unhandled_error(config.hook_ctx, status, message ? message : ""); });
    else
        os::log(os::log_level::error, "a detached task failed: %s%s%s", veda_strerror(status),
                message ? ": " : "", message ? message : "");
}

}  // namespace veda::rt
