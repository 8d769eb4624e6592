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

//   open ──close──► closing ──destroy──► free
//        ──offer_close──► undecided ──decide_close──► closing
//                         undecided ──not idle, or a call comes──► open
//
// inherited: it belongs to the parent of this process.
enum state : std::uintptr_t { open = 0, closing = 1, inherited = 2, undecided = 3, states = 3 };

std::uintptr_t word_of(const void* pool, state s) noexcept {
    return reinterpret_cast<std::uintptr_t>(pool) | s;
}

constexpr std::uint32_t table_size = 4096;
std::array<table_entry, table_size> table{};
rt::atomic<std::uint32_t> used{0};  // entries below it have been in use

// The entry of a runtime, nullptr if it has none. The handle may be anything: it is only compared. relaxed:
// whoever has the handle by right comes after seat(), and hold looks once more.
table_entry* find(const void* handle) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(handle);
    const std::uint32_t end = used.load(rt::relaxed);
    for (std::uint32_t i = 0; i < end; ++i)
        if ((table[i].runtime.load(rt::relaxed) & ~states) == address) return &table[i];
    return nullptr;
}

// seq_cst: count, then look; the closer closes, then looks at the count. acquire: the registry is complete.
// An end that is not decided is called off by whoever comes, so that no call is refused by an end that then
// does not come.
bool hold(table_entry& entry, const rt::registry* pool) noexcept {
    entry.callers.fetch_add(1, rt::seq_cst);
    std::uintptr_t seen = entry.runtime.load(rt::seq_cst);
    // relaxed: the load has acquired, and of a decision and a call that calls it off, the word's own order
    // decides which comes first.
    if (seen == word_of(pool, undecided) &&
        entry.runtime.compare_exchange_strong(seen, word_of(pool, open), rt::relaxed, rt::relaxed))
        return true;
    if (seen == word_of(pool, open)) return true;
    entry.callers.fetch_sub(1, rt::relaxed);  // refused: it has done nothing that anybody must see
    return false;
}

// The word of an entry whose runtime is being made. No handle has this address.
constexpr std::uintptr_t reserved = closing;

// relaxed: the runtime is not there yet.
bool reserve(table_entry& entry, std::uintptr_t before) noexcept {
    return entry.runtime.compare_exchange_strong(before, reserved, rt::relaxed, rt::relaxed);
}

table_entry* reserve_any() noexcept {
    for (std::uint32_t i = 0; i < table_size; ++i) {
        if (!reserve(table[i], 0)) continue;
        std::uint32_t end = used.load(rt::relaxed);  // relaxed, here and below: see find
        while (end < i + 1 && !used.compare_exchange_weak(end, i + 1, rt::relaxed, rt::relaxed)) {
        }
        return &table[i];
    }
    // Full: what a parent has left is forgotten, and its handle is no runtime at all from now on.
    for (table_entry& entry : table) {
        const std::uintptr_t left = entry.runtime.load(rt::relaxed);
        if ((left & states) == inherited && reserve(entry, left)) return &entry;
    }
    return nullptr;
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
    const table_entry* entry = find(handle);
    // relaxed: a look for the sentence, nothing hangs on it.
    const std::uintptr_t seen = entry ? entry->runtime.load(rt::relaxed) : 0;
    if (seen == word_of(handle, inherited))
        return rt::fail(
            VEDA_E_FORKED,
            "%s: runtime %p belongs to the parent of this process, where its workers are; "
            "create one here, or call veda_runtime_default again",
            function, handle);
    if (seen == word_of(handle, closing))
        return rt::fail(VEDA_E_SHUTDOWN, "%s: runtime %p is being ended", function, handle);
    return rt::fail(VEDA_E_HANDLE, "%s: runtime %p is not a live runtime (destroyed, or never one)",
                    function, handle);
}

}  // namespace

// -- one call ------------------------------------------------------------------------------------

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

bool held_runtime::offer_close() const noexcept {
    std::uintptr_t word = word_of(pool_, open);
    // seq_cst: see hold.
    if (!entry_->runtime.compare_exchange_strong(word, word_of(pool_, undecided), rt::seq_cst))
        return false;
    if (alone()) return true;
    (void)decide_close(false);
    return false;
}

// It fails if a call has come meanwhile. relaxed: see hold.
bool held_runtime::decide_close(bool closes) const noexcept {
    std::uintptr_t word = word_of(pool_, undecided);
    const std::uintptr_t decision = word_of(pool_, closes ? closing : open);
    return entry_->runtime.compare_exchange_strong(word, decision, rt::relaxed, rt::relaxed) && closes;
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

// -- the table -----------------------------------------------------------------------------------

table_seat::table_seat() noexcept : entry_(reserve_any()) {}

table_seat::~table_seat() {
    if (entry_ && !is_seated_) entry_->runtime.store(0, rt::relaxed);
}

void table_seat::seat(rt::registry* pool) noexcept {
    entry_->runtime.store(word_of(pool, open), rt::release);  // the registry is complete; pairs with hold
    is_seated_ = true;
}

// relaxed: the child has one thread.
void disown_all() noexcept {
    for (table_entry& entry : table) {
        entry.callers.store(0, rt::relaxed);
        const std::uintptr_t left = entry.runtime.load(rt::relaxed) & ~states;
        entry.runtime.store(left ? left | inherited : 0, rt::relaxed);
    }
}

// -- checks --------------------------------------------------------------------------------------

veda_status null_argument(const char* function, const char* argument) noexcept {
    return rt::fail(VEDA_E_NULL, "%s: %s is NULL", function, argument);
}

veda_status inside(const char* function) noexcept {
    return rt::fail(VEDA_E_WORKER,
                    "%s: the calling thread is inside this runtime (a worker, or in veda_run); it "
                    "would wait for itself",
                    function);
}

veda_status busy(const char* function, const rt::registry& pool, std::uint64_t timeout_ns) noexcept {
    return rt::fail(VEDA_E_BUSY,
                    "%s: %llu tasks are not complete, and %u threads from outside are in the runtime, "
                    "after %llu ns",
                    function, static_cast<unsigned long long>(pool.pending_detached()),
                    pool.guests_inside(), static_cast<unsigned long long>(timeout_ns));
}

held_runtime checked(veda_runtime_t* handle, const char* function, veda_status& status) noexcept {
    status = VEDA_OK;
    auto* pool = reinterpret_cast<rt::registry*>(handle);
    if (pool) {
        if (rt::is_inside(pool)) return {pool, nullptr};
        if (table_entry* entry = find(pool); entry && hold(*entry, pool))
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
