// scope.hpp: tasks that may borrow the caller's stack, since the scope ends only after all of them.
//
//     veda::scope([&](auto& s) {
//         s.spawn([&] { a = f(); });
//         s.spawn([&](auto& s) { s.spawn([&] { b = g(); }); });
//     });
//
// scope gives what its body gives. The body's own exception comes first, else the first one thrown
// by a task; either is rethrown only after every task is complete.
#ifndef VEDA_SCOPE_HPP
#define VEDA_SCOPE_HPP

#include <veda/scope.h>
#include <veda/detail/enter.hpp>
#include <veda/detail/heap_job.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

namespace veda {

class task_scope;

// A task of a scope takes nothing, or the scope.
template <class F>
concept scope_task = std::invocable<F&> || std::invocable<F&, task_scope&>;

// An open scope, as its body and its tasks see it. Lives on the opener's stack; any thread that the
// body lets at it may spawn until the body and all tasks are through.
class task_scope {
  public:
    task_scope(const task_scope&) = delete;
    task_scope& operator=(const task_scope&) = delete;

    // Runs f() or f(scope) as a task. f is moved in and destroyed before its task counts as
    // complete.
    template <class F>
        requires scope_task<std::decay_t<F>>
    void spawn(F&& f) {
        using job = spawned<std::decay_t<F>>;
        job* made = detail::make_in_block<job>(std::forward<F>(f));
        const veda_status status = veda_scope_spawn_job(&raw_, made);
        if (status != VEDA_OK) [[unlikely]] {
            detail::destroy_in_block(made);
            detail::throw_error(status);
        }
    }

    veda_scope_t* raw() noexcept { return &raw_; }

  private:
    template <class Body>
    friend decltype(auto) scope_here(veda_runtime_t*, Body&);

    template <class F>
    struct alignas(detail::slab_alignment) spawned : detail::closure_job<F> {
        template <class G>
        explicit spawned(G&& g) : detail::closure_job<F>(std::forward<G>(g)) {
            this->run = &spawned::run_task;
        }

        // The library signals completion after this returned, so all is freed before that.
        static void run_task(veda_job_t* job, veda_worker_t* worker) {
            auto* self = static_cast<spawned*>(job);
            try {
                if constexpr (std::invocable<F&, task_scope&>) {
                    std::invoke(self->get(), current());
                } else {
                    std::invoke(self->get());
                }
            } catch (...) {
                current().keep_first(detail::caught());
            }
            detail::destroy_after_run(self, worker);
        }
    };

    // The scope of the task that is running; tasks do not carry its address.
    static task_scope& current() noexcept {
        static_assert(std::is_standard_layout_v<task_scope>, "raw_ is where the scope is");
        return *reinterpret_cast<task_scope*>(veda_scope_current());
    }

    explicit task_scope(veda_runtime_t* runtime) { must_succeed(veda_scope_begin(&raw_, runtime)); }

    void wait() { must_succeed(veda_scope_wait(&raw_)); }

    // Relaxed: the scope's own completion publishes error_ to the opener.
    void keep_first(std::exception_ptr error) noexcept {
        if (!failed_.exchange(1, std::memory_order_relaxed)) {
            error_ = std::move(error);
        }
    }

    void rethrow() {
        if (error_ != nullptr) [[unlikely]] {
            std::rethrow_exception(std::exchange(error_, nullptr));
        }
    }

    veda_scope_t raw_{};
    std::atomic<std::uint32_t> failed_{0};  // a word: a byte needs libatomic on RISC-V
    std::exception_ptr error_;
};

// The whole life of a scope on the calling worker.
template <class Body>
decltype(auto) scope_here(veda_runtime_t* runtime, Body& body) {
    task_scope scope(runtime);
    auto bound = [&]() -> decltype(auto) {
        if constexpr (std::invocable<Body&, task_scope&>) {
            return std::invoke(body, scope);
        } else {
            return std::invoke(body);
        }
    };
    using result = std::invoke_result_t<decltype(bound)&>;
    detail::outcome<detail::result_t<decltype(bound)&>> answer;
    answer.capture(bound);
    struct dropper {
        decltype(answer)* held;
        ~dropper() {
            if (held != nullptr) held->drop();
        }
    } dropper{&answer};
    scope.wait();
    if (!answer.failed()) {
        scope.rethrow();
    }
    dropper.held = nullptr;
    if constexpr (std::is_void_v<result>) {
        answer.take();
    } else {
        return static_cast<detail::result_t<decltype(bound)&>>(answer.take());
    }
}

// Opens a scope, calls body(scope) or body(), waits for all tasks and gives the body's answer.
template <class Body>
    requires scope_task<std::remove_reference_t<Body>>
decltype(auto) scope(Body&& body) {
    return detail::in_pool(
        [&]() -> decltype(auto) { return scope_here(veda_worker_runtime(), body); });
}

}  // namespace veda

#endif
