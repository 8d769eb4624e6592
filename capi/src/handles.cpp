#include "handles.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <utility>

namespace veda::capi {

// On a line of its own, so that threads outside different runtimes are not in each other's way.
struct alignas(64) table_entry {
    rt::atomic<std::uintptr_t> runtime{0};  // 0: free; else the registry's address and a state
    rt::atomic<std::uint32_t> callers{0};   // calls from outside that use it
};

namespace {

enum state : std::uintptr_t { open = 0, closing = 1, inherited = 2, states = 3 };

std::uintptr_t word_of(const void* pool, state s) noexcept {
    return reinterpret_cast<std::uintptr_t>(pool) | s;
}

constexpr std::uint32_t table_size = 4096;
std::array<table_entry, table_size> table{};
rt::atomic<std::uint32_t> used{0};  // entries below it have been in use

// relaxed: whoever has the handle by right comes after add_live, and hold looks once more.
table_entry* find(const void* pool, state wanted) noexcept {
    const std::uint32_t end = used.load(rt::relaxed);
    for (std::uint32_t i = 0; i < end; ++i)
        if (table[i].runtime.load(rt::relaxed) == word_of(pool, wanted)) return &table[i];
    return nullptr;
}

// seq_cst, both: count, then look; the closer closes, then looks at the count. acquire: the
// registry is complete.
bool hold(table_entry& entry, const rt::registry* pool) noexcept {
    entry.callers.fetch_add(1, rt::seq_cst);
    if (entry.runtime.load(rt::seq_cst) == word_of(pool, open)) return true;
    entry.callers.fetch_sub(1, rt::relaxed);  // refused: it has done nothing that anybody must see
    return false;
}

bool add_at(table_entry& entry, rt::registry* pool, std::uintptr_t before) noexcept {
    // release: the registry is complete; pairs with hold.
    return entry.runtime.compare_exchange_strong(before, word_of(pool, open), rt::release,
                                                 rt::relaxed);
}

// Whoever passes on the NULL of a default runtime that did not start wants to know why it did not.
veda_status null_runtime(const char* function) noexcept {
    constexpr char culprit[] = "veda_runtime_default: ";
    if (std::strncmp(rt::last_error(), culprit, sizeof culprit - 1) != 0)
        return null_argument(function, "runtime");
    char prefix[80];
    std::snprintf(prefix, sizeof prefix, "%s: runtime is NULL", function);
    return rt::blame(prefix, VEDA_E_NULL);
}

[[gnu::cold, gnu::noinline]] veda_status why_not(const void* handle,
                                                 const char* function) noexcept {
    if (!handle) return null_runtime(function);
    if (find(handle, inherited))
        return rt::fail(
            VEDA_E_FORKED,
            "%s: runtime %p belongs to the parent of this process, where its workers are; "
            "create one here, or call veda_runtime_default again",
            function, handle);
    if (find(handle, closing))
        return rt::fail(VEDA_E_SHUTDOWN, "%s: runtime %p is being ended", function, handle);
    return rt::fail(VEDA_E_HANDLE, "%s: runtime %p is not a live runtime (destroyed, or never one)",
                    function, handle);
}

}  // namespace

// -- one call
// ---------------------------------------------------------------------------------------

void held_runtime::let_go() noexcept {
    entry_->callers.fetch_sub(1, rt::release);  // pairs with alone
}

bool held_runtime::alone() const noexcept {
    return entry_->callers.load(rt::seq_cst) == 1;  // seq_cst: see hold; acquire: what callers did
}

bool held_runtime::close() const noexcept {
    std::uintptr_t expected = word_of(pool_, open);
    return entry_->runtime.compare_exchange_strong(expected, word_of(pool_, closing), rt::seq_cst);
}

void held_runtime::reopen() const noexcept {
    // release: the registry is complete; pairs with hold. A look that comes too early is only refused.
    entry_->runtime.store(word_of(pool_, open), rt::release);
}

bool held_runtime::try_close() const noexcept {
    if (!close()) return false;
    if (alone()) return true;
    reopen();
    return false;
}

// The first drain waits for guests, which may be long, and lends the place of a worker of another runtime.
// The second is for what a call submitted that was not inside yet.
void held_runtime::finish() const noexcept {
    pool_->drain(rt::os::forever);
    {
        rt::blocked here;  // a caller that is still inside may wait for work of this thread's runtime
        here.wait_until([this] { return alone(); });
    }
    pool_->drain(rt::os::forever);
}

void held_runtime::destroy() noexcept {
    // What the hooks and thread-exit destructors of its workers ask of it is refused until the end.
    delete std::exchange(pool_, nullptr);
    entry_->runtime.store(0, rt::relaxed);  // a free entry hands nothing over
}

// -- the table
// --------------------------------------------------------------------------------------

bool add_live(rt::registry* pool) noexcept {
    for (std::uint32_t i = 0; i < table_size; ++i) {
        if (!add_at(table[i], pool, 0)) continue;
        std::uint32_t end = used.load(rt::relaxed);  // relaxed, here and below: see find
        while (end < i + 1 && !used.compare_exchange_weak(end, i + 1, rt::relaxed, rt::relaxed)) {
        }
        return true;
    }
    // Full: what a parent has left is forgotten, and its handle is no runtime at all from now on.
    for (table_entry& entry : table) {
        const std::uintptr_t left = entry.runtime.load(rt::relaxed);
        if ((left & states) == inherited && add_at(entry, pool, left)) return true;
    }
    return false;
}

// relaxed: the child has one thread.
void disown_all() noexcept {
    for (table_entry& entry : table) {
        entry.callers.store(0, rt::relaxed);
        if (const std::uintptr_t left = entry.runtime.load(rt::relaxed) & ~states)
            entry.runtime.store(left | inherited, rt::relaxed);
    }
}

// -- checks
// -----------------------------------------------------------------------------------------

veda_status null_argument(const char* function, const char* argument) noexcept {
    return rt::fail(VEDA_E_NULL, "%s: %s is NULL", function, argument);
}

held_runtime checked(veda_runtime_t* handle, const char* function, veda_status& status) noexcept {
    status = VEDA_OK;
    auto* pool = reinterpret_cast<rt::registry*>(handle);
    if (pool) {
        if (rt::is_inside(pool)) return {pool, nullptr};
        if (table_entry* entry = find(pool, open); entry && hold(*entry, pool))
            return {pool, entry};
    }
    status = why_not(handle, function);
    return {};
}

rt::scope* checked(veda_scope_t* handle, const char* function, veda_status& status) noexcept {
    status = VEDA_OK;
    if (!handle) {
        status = null_argument(function, "scope");
        return nullptr;
    }
    auto* s = reinterpret_cast<rt::scope*>(handle);
    if (is_open(*s)) return s;
    const std::uint64_t generation =
        rt::atomic_view(s->magic).load(rt::relaxed) - rt::scope::first_mark;
    if (generation < rt::os::generation)
        status = rt::fail(VEDA_E_FORKED, "%s: scope %p was opened in the parent of this process",
                          function, static_cast<void*>(handle));
    else
        status =
            rt::fail(VEDA_E_HANDLE, "%s: scope %p is not open (never begun, or already waited for)",
                     function, static_cast<void*>(handle));
    return nullptr;
}

}  // namespace veda::capi
