// handles.hpp: what the opaque handles of the C ABI are, and how a pointer from outside is checked
// before anybody looks through it.
//
// A runtime handle is looked up in the table of live runtimes, so that a pointer to anything else,
// to a runtime that was destroyed, or to one of the parent process is found out without being read.
// Scopes lie in the caller's own memory and carry a mark.
//
// A runtime may end while other threads begin to use it. So whoever calls from outside is counted
// at the table's entry, which is never freed, and looks at the entry once more when it has been
// counted; who ends the runtime closes the entry first and then waits until nobody is counted.
#pragma once

#include "internals.hpp"

namespace veda::capi {

inline veda_runtime_t* handle_of(rt::registry* pool) noexcept {
    return reinterpret_cast<veda_runtime_t*>(pool);
}

// Between two looks at what another thread is about to do.
inline void wait_a_little() noexcept {
    rt::atomic<std::uint32_t> never{0};
    rt::os::futex_wait(never, 0, 100'000);
}

struct table_entry;

// A runtime in use by one call: it does not end before this object does. Empty if the call is
// refused.
class held_runtime {
  public:
    held_runtime() noexcept = default;
    // entry is null for a worker of the runtime: it cannot end before its workers.
    held_runtime(rt::registry* pool, table_entry* entry) noexcept : pool_(pool), entry_(entry) {}
    held_runtime(const held_runtime&) = delete;
    ~held_runtime() {
        if (entry_) let_go();
    }

    explicit operator bool() const noexcept { return pool_ != nullptr; }
    rt::registry& operator*() const noexcept { return *pool_; }
    rt::registry* operator->() const noexcept { return pool_; }
    rt::registry* get() const noexcept { return pool_; }

    // Refuses all further calls. False if somebody else has done so.
    [[nodiscard]] bool close() const noexcept;
    // After close: waits until the calls from outside that began before are over, this one excepted,
    // and everything that was submitted is done.
    void finish() const noexcept;
    // In two steps, for an end with a time-out: offers to close if there is no other call, and decides. A
    // call that comes in between is served and calls the end off: then decide_close is false. One caller at a
    // time.
    [[nodiscard]] bool offer_close() const noexcept;
    [[nodiscard]] bool decide_close(bool closes) const noexcept;
    // After finish, or a decision to close: ends the runtime. The caller must not look at it again.
    void destroy() noexcept;

  private:
    void let_go() noexcept;
    bool alone() const noexcept;

    rt::registry* pool_ = nullptr;
    table_entry* entry_ = nullptr;
};

// The runtime behind a handle; empty with the error stored in status.
held_runtime checked(veda_runtime_t* handle, const char* function, veda_status& status) noexcept;
rt::scope* checked(veda_scope_t* handle, const char* function, veda_status& status) noexcept;

// A place in the table, taken before a runtime starts. If the table were found full only afterwards, the
// creator would have to end the runtime again and to wait for its threads, while their hooks might wait for a
// lock that the creator holds.
class table_seat {
  public:
    table_seat() noexcept;
    table_seat(const table_seat&) = delete;
    ~table_seat();

    explicit operator bool() const noexcept { return entry_ != nullptr; }
    // Makes the runtime known.
    void seat(rt::registry* pool) noexcept;

  private:
    table_entry* entry_ = nullptr;
    bool is_seated_ = false;
};

// In the child of a fork: every runtime in the table is the parent's.
void disown_all() noexcept;

// Atomic, because what is no scope at all may be something that other threads write.
inline bool is_open(rt::scope& s) noexcept {
    return rt::atomic_view(s.magic).load(rt::relaxed) == rt::scope::open_mark();
}

// Refusals in words that several functions share.
veda_status null_argument(const char* function, const char* argument) noexcept;
veda_status inside(const char* function) noexcept;
veda_status busy(const char* function, const rt::registry& pool, std::uint64_t timeout_ns) noexcept;

}  // namespace veda::capi
