// runtime.hpp: a runtime as an object, and a view of the default one.
//
// Most programs need none of this: join, scope, spawn and par use the runtime that the calling
// thread works for, or the default runtime. A runtime of one's own separates workloads.
#ifndef VEDA_RUNTIME_HPP
#define VEDA_RUNTIME_HPP

#include <veda/detail/language.hpp>
#include <veda/broadcast.hpp>
#include <veda/config.hpp>
#include <veda/counters.hpp>
#include <veda/join.hpp>
#include <veda/scope.hpp>
#include <veda/spawn.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace veda {

// A borrowed runtime: cheap to copy, owns nothing, must not outlive what it looks at.
class runtime_ref {
  public:
    explicit runtime_ref(veda_runtime_t* raw) noexcept : raw_(raw) {}

    veda_runtime_t* raw() const noexcept { return raw_; }

    // Calls f as a worker of this runtime: everything parallel inside f happens here.
    template <task F>
    std::invoke_result_t<F&> run(F&& f) const {
        return detail::enter(raw_, f);
    }

    template <task... F>
        requires(sizeof...(F) >= 2)
    auto join(F&&... branches) const {
        return run([&] { return veda::join(std::forward<F>(branches)...); });
    }

    template <class Body>
        requires scope_task<std::remove_reference_t<Body>>
    decltype(auto) scope(Body&& body) const {
        return run([&]() -> decltype(auto) { return scope_here(raw_, body); });
    }

    template <class F>
        requires task<std::decay_t<F>>
    auto spawn(F&& f) const { return detail::spawn_on(raw_, std::forward<F>(f)); }

    template <class F>
        requires broadcast_task<std::remove_cvref_t<F>>
    auto broadcast(F&& f) const { return detail::broadcast_on(raw_, std::forward<F>(f)); }

    // How many threads work at a time. Follows the machine, if it was not given, so it is no length for a
    // buffer.
    std::uint32_t worker_count() const {
        std::uint32_t count = 0;
        must_succeed(veda_runtime_worker_count(raw_, &count));
        return count;
    }
    // One more than the largest worker index: the length of a per-worker array.
    std::uint32_t slot_count() const {
        std::uint32_t count = 0;
        must_succeed(veda_runtime_slot_count(raw_, &count));
        return count;
    }
    // Submitted detached tasks that are not complete, at some moment during the call.
    std::uint64_t pending() const {
        std::uint64_t count = 0;
        must_succeed(veda_runtime_pending(raw_, &count));
        return count;
    }

    // Waits until every submitted task is complete; throws VEDA_E_BUSY after the time is over.
    void drain(std::chrono::nanoseconds longest = std::chrono::nanoseconds::max()) const {
        const bool no_limit = longest == std::chrono::nanoseconds::max();
        const auto bounded = longest.count() < 0 ? 0 : longest.count();
        must_succeed(veda_runtime_drain(raw_, no_limit ? UINT64_MAX : static_cast<std::uint64_t>(bounded)));
    }

    std::uint64_t counter(const std::string& name) const { return read_counter(raw_, name); }
    std::vector<counter_value> counters() const { return read_counters(raw_); }

  protected:
    veda_runtime_t* raw_;
};

// Owns a runtime. The destructor waits until every task that was submitted has run; it must not be
// reached on one of the runtime's own workers (that ends the program).
class runtime : public runtime_ref {
  public:
    explicit runtime(const config& wish = {}) : runtime_ref(nullptr), hooks_(wish.keep_alive()) {
        const veda_runtime_config_t raw = wish.raw();
        must_succeed(veda_runtime_create(&raw, &raw_));
    }

    runtime(runtime&& other) noexcept
        : runtime_ref(std::exchange(other.raw_, nullptr)), hooks_(std::move(other.hooks_)) {}
    runtime& operator=(runtime&& other) noexcept {
        runtime old(std::move(other));
        std::swap(raw_, old.raw_);
        std::swap(hooks_, old.hooks_);
        return *this;
    }

    ~runtime() {
        if (raw_ == nullptr) return;
        const veda_status status = veda_runtime_destroy(raw_);
        // noexcept, so a refusal ends the program: a runtime must not end on its own worker. In the
        // child of a fork it is the parent's, and there is nothing to end.
        if (status != VEDA_E_FORKED) must_succeed(status);
    }

  private:
    std::shared_ptr<const void> hooks_;
};

// The default runtime, started if it was not.
inline runtime_ref default_runtime() { return runtime_ref(detail::default_handle()); }

// The runtime that the calling thread works for, outside of any the default one: where a chain or a join
// that is written here runs. Its worker_count() is Rayon's current_num_threads; its slot_count() is the
// length of a buffer with a place for this_worker::index() of every thread that may come by.
inline runtime_ref current_runtime() { return runtime_ref(detail::current_handle()); }

// Starts the default runtime with this config; throws VEDA_E_STATE if it runs already. Its hooks
// are kept for the rest of the program, since nobody owns the default runtime.
inline void init(const config& wish) {
    const veda_runtime_config_t raw = wish.raw();
    must_succeed(veda_init(&raw));
    static std::mutex lock;
    static auto& kept = *new std::vector<std::shared_ptr<const void>>;
    const std::lock_guard guard(lock);
    kept.push_back(wish.keep_alive());
}

// Drains and stops the default runtime; throws VEDA_E_BUSY after the time is over, and then nothing
// is lost. A later use starts a fresh one.
inline void shutdown(std::chrono::nanoseconds longest = std::chrono::seconds(10)) {
    must_succeed(veda_shutdown(longest.count() < 0 ? 0 : static_cast<std::uint64_t>(longest.count())));
}

}  // namespace veda

#endif
