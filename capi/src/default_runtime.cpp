#include "default_runtime.hpp"

#include <new>

namespace veda::capi {

namespace {

rt::atomic<rt::registry*> current{nullptr};
constinit rt::mutex start_lock;         // held by the thread that starts one
rt::atomic<bool> is_ending{false};      // by a shutdown, one at a time

// With start_lock held.
veda_status start(const veda_runtime_config_t* config, rt::registry** out) noexcept {
    rt::os::take_seat();
    if (const veda_status status = create_runtime(config, out, true)) {
        rt::os::leave_seat();
        return status;
    }
    current.store(*out, rt::release);  // pairs with find_default
    return VEDA_OK;
}

class deadline {
  public:
    explicit deadline(std::uint64_t timeout_ns) noexcept
        : timeout_(timeout_ns), begun_(rt::os::now_ns()) {}
    std::uint64_t left() const noexcept {
        const std::uint64_t passed = rt::os::now_ns() - begun_;
        return timeout_ == rt::os::forever ? timeout_ : passed < timeout_ ? timeout_ - passed : 0;
    }

  private:
    std::uint64_t timeout_, begun_;
};

// Closes the runtime with everything done. False on timeout, and then it has gone on as before: so it is
// closed only in a moment in which nobody outside uses it and nothing is pending. Without a timeout it is
// closed at once, lest constant use keep it alive for ever.
bool close_and_drain(const held_runtime& pool, const deadline& end) noexcept {
    if (end.left() == rt::os::forever) {
        if (!pool.close()) return false;
        pool.finish();
        return true;
    }
    do {
        if (!pool->drain(end.left())) return false;
        if (pool.offer_close() && pool.decide_close(pool->drain(0))) return true;
        wait_a_little();
    } while (end.left() > 0);
    return false;
}

// Called by the thread that has set is_ending, which is over before the workers are joined: their hooks may
// want to end a default runtime too.
veda_status end_current(const deadline& end, std::uint64_t timeout_ns, const char* function) noexcept {
    rt::registry* pool = current.load(rt::relaxed);  // relaxed: checked acquires the registry
    veda_status status = VEDA_OK;
    if (!pool) return is_ending.store(false, rt::release), VEDA_OK;
    auto held = checked(handle_of(pool), function, status);
    const bool closed = held && close_and_drain(held, end);
    if (closed) {
        rt::os::leave_seat();
        current.store(nullptr, rt::release);  // all is done; pairs with end_default
    }
    is_ending.store(false, rt::release);  // pairs with end_default
    if (!held) return status;
    if (!closed) return busy(function, *held, timeout_ns);
    held.destroy();
    return VEDA_OK;
}

}  // namespace

veda_status find_default(rt::registry** out, const char* function) noexcept {
    // acquire: the registry is complete; pairs with start.
    *out = current.load(rt::acquire);
    if (*out) return VEDA_OK;
    rt::lock_guard guard(start_lock);
    // Looked at once: a shutdown takes no lock, and may come between two looks. relaxed: the lock orders it.
    *out = current.load(rt::relaxed);
    return *out ? VEDA_OK : rt::blame(function, start(nullptr, out));
}

veda_status start_default(const veda_runtime_config_t* config, const char* function) noexcept {
    rt::lock_guard guard(start_lock);
    if (current.load(rt::relaxed))  // relaxed: as in find_default
        return rt::fail(VEDA_E_STATE, "%s: the default runtime runs already", function);
    rt::registry* pool;
    return rt::blame(function, start(config, &pool));
}

veda_status end_default(std::uint64_t timeout_ns, const char* function) noexcept {
    // acquire: whoever is told that there is none sees what its tasks have done; pairs with end_current.
    const rt::registry* pool = current.load(rt::acquire);
    if (!pool) return VEDA_OK;
    if (rt::is_inside(pool)) return inside(function);
    const deadline end(timeout_ns);
    // acquire: what the last shutdown did; pairs with end_current, which hands it on.
    while (is_ending.exchange(true, rt::acquire)) {
        if (end.left() == 0)
            return rt::fail(VEDA_E_BUSY, "%s: another thread's shutdown is not over after %llu ns",
                            function, static_cast<unsigned long long>(timeout_ns));
        wait_a_little();
    }
    return end_current(end, timeout_ns, function);
}

// relaxed: only compared.
bool is_default(const rt::registry* pool) noexcept { return pool == current.load(rt::relaxed); }

// relaxed: the child has one thread.
void forget_default() noexcept {
    current.store(nullptr, rt::relaxed);
    is_ending.store(false, rt::relaxed);
    new (&start_lock) rt::mutex;
    rt::os::leave_seat();
}

}  // namespace veda::capi
