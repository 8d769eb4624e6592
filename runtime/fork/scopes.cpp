#include "fork/scopes.hpp"

#include <cstdlib>
#include <cstring>
#include <iterator>
#include <new>

#include "base/status.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

constexpr std::size_t longest_message = 255;

// The scope cannot end before this worker has settled: it runs a task of the scope, or opened it.
bool holds_open(const scope& s, const worker& self) noexcept {
    return self.running_tag() == reinterpret_cast<job_tag>(&s) || s.owner == &self;
}

[[gnu::noinline]] void spawn_from_outside(scope& s, tagged_job task) noexcept {
    s.pool->inject_from_outside(&task, 1);
}

}  // namespace

veda_status begin_scope(scope& s, registry& pool) noexcept {
    worker* self = worker::current();
    const bool entered = !self || &self->pool != &pool;
    if (entered) self = pool.enter();
    if (!self && pool.has_free_guest_slot())
        return fail(VEDA_E_MEMORY, "veda_scope_begin: out of memory for a guest of the runtime");
    if (!self)
        return fail(VEDA_E_BUSY, "veda_scope_begin: all %u guest places of the runtime are taken",
                    registry::max_guests);
    new (&s) scope{};
    s.owner = self;
    s.pool = &pool;
    s.entered = entered;
    s.floor = self->spawns.top();
    s.depth = ++self->open_scopes;
    s.magic = scope::open_mark();
    return VEDA_OK;
}

void spawn_in(scope& s, veda_job_t* job) noexcept {
    const auto tag = reinterpret_cast<job_tag>(&s);
    // The opener first; a scope has one, so that this is no thread outside.
    if (worker* self = worker::of(veda_worker_self); self == s.owner) [[likely]] {
        self->count_owed(tag);
        return self->spawn({job, tag});
    }
    worker* self = worker::current();
    if (self && self->running_tag() == tag) {
        self->count_paid(tag);
        return self->spawn({job, tag});
    }
    s.latch.add(1);
    if (!self || &self->pool != s.pool) return spawn_from_outside(s, {job, tag});
    self->spawn({job, tag});
    self->share_everything();  // must not be hidden behind what this task does next
}

void spawn_in(scope& s, veda_job_t* first, std::size_t count, std::size_t stride) noexcept {
    s.latch.add(count);  // once for all
    const auto tag = reinterpret_cast<job_tag>(&s);
    auto* at = reinterpret_cast<char*>(first);
    worker* self = worker::current();
    if (self && &self->pool == s.pool) {
        self->counts.add(counter::spawned, count);
        for (std::size_t i = 0; i < count; ++i)
            self->enqueue({reinterpret_cast<veda_job_t*>(at + i * stride), tag});
        return holds_open(s, *self) ? self->offer() : self->share_everything();
    }
    tagged_job batch[spawn_deque::max_batch];
    for (std::size_t i = 0; i < count;) {
        std::uint32_t filled = 0;
        for (; filled < std::size(batch) && i < count; ++i)
            batch[filled++] = {reinterpret_cast<veda_job_t*>(at + i * stride), tag};
        s.pool->inject_from_outside(batch, filled);
    }
}

// The first to change error owns message; the failing task's completion orders it before end_scope.
void fail_scope(scope& s, veda_status status, const char* message) noexcept {
    s.failures.fetch_add(1, relaxed);  // relaxed: read after the scope's end
    worker* self = worker::current();
    if (self && self->running_tag() == reinterpret_cast<job_tag>(&s)) self->note_failure();
    veda_status none = VEDA_OK;
    if (!s.error.compare_exchange_strong(none, status, relaxed)) return;
    if (message) s.message = ::strndup(message, longest_message);
}

veda_status end_scope(scope& s) noexcept {
    worker& self = *s.owner;
    if (s.depth != self.open_scopes)
        return fail(VEDA_E_ORDER,
                    "scope %p is the %u. open scope of this thread, of %u; scopes must end in the "
                    "opposite order of their beginning",
                    static_cast<void*>(&s), s.depth, self.open_scopes);
    self.wait_for(s);
    --self.open_scopes;
    s.magic = 0;
    if (s.entered) s.pool->leave(self);
    const veda_status status = s.error.load(relaxed);
    if (status == VEDA_OK) return VEDA_OK;
    const auto failures = static_cast<unsigned long long>(s.failures.load(relaxed));
    fail(status, failures > 1 ? "%s (and %llu more tasks failed)" : "%s",
         s.message ? s.message : veda_strerror(status), failures - 1);
    std::free(s.message);
    return status;
}

}  // namespace veda::rt
