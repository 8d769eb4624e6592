// spawn.hpp: a task of its own, with a handle to what it will give.
//
//     auto h = veda::spawn(f);   ...   auto value = h.get();
//
// The task owns its closure and must not borrow what may die before it. Dropping the handle
// detaches the task: it still runs. An exception that nobody has fetched when both are gone, the
// task and the handle, goes to the runtime's unhandled-error hook, on the thread that lets go last.
// A worker that waits in get() lends its place to another one.
#ifndef VEDA_SPAWN_HPP
#define VEDA_SPAWN_HPP

#include <veda/detail/language.hpp>
#include <veda/task.h>
#include <veda/detail/language.hpp>
#include <veda/detail/atomic.hpp>
#include <veda/detail/enter.hpp>
#include <veda/config.hpp>
#include <veda/detail/heap_job.hpp>
#include <veda/join.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace veda {

namespace detail {

// A time as the library counts it: none if negative, for ever if longer than all.
template <class Rep, class Period>
std::uint64_t timeout_ns(std::chrono::duration<Rep, Period> time) noexcept {
    const double ns = std::chrono::duration<double, std::nano>(time).count();
    if (!(ns > 0)) return 0;
    if (ns >= 9e18) return UINT64_MAX;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
}

// What a task and its handle share. Two owners; the last one to let go frees it.
template <class T>
struct task_state : veda_job_t {
    veda_event_t done{};
    atomic<std::uint32_t> owners{2};
    bool taken = false;  // the handle's own: the outcome is empty again
    veda_runtime_t* runtime = nullptr;  // whose hook is told; perhaps gone when the handle lets go
    void (*destroy)(task_state*) noexcept = nullptr;
    outcome<T> answer;

    ~task_state() {
        if (!taken) answer.drop();
    }

    // Acquire and release: what either owner did comes before the freeing.
    void let_go(bool in_task = false) noexcept {
        if (owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            if (!taken && answer.failed()) tell_hook(in_task);
            destroy(this);
        }
    }

  private:
    // The task itself reports as a task does, and is counted as failed.
    [[gnu::__cold__, gnu::__noinline__]] void tell_hook(bool in_task) const noexcept {
        char buffer[256];
        const std::exception_ptr exception = answer.error();
        const char* text = text_of(exception, buffer, sizeof(buffer));
        unhandled_here = &exception;  // for the hook, if it wants the exception itself
        if (in_task) {
            (void)veda_task_fail(VEDA_E_FAILED, text);
        } else {
            (void)veda_report_failure(runtime, VEDA_E_FAILED, text);
        }
        unhandled_here = nullptr;
    }
};

template <class F>
struct alignas(slab_alignment) spawned_task final : task_state<result_t<F&>> {
    std::optional<closure_in_block<F>> closure;

    template <class G>
    spawned_task(veda_runtime_t* target, G&& g) {
        closure.emplace(std::forward<G>(g));
        this->runtime = target;
        this->run = &spawned_task::run_task;
        this->destroy = [](task_state<result_t<F&>>* self) noexcept {
            destroy_in_block(static_cast<spawned_task*>(self));
        };
    }

    static void run_task(veda_job_t* job, veda_worker_t*) {
        auto* self = static_cast<spawned_task*>(job);
        self->answer.capture(self->closure->get());
        self->closure.reset();
        // The waiter may let go as soon as the event is set, but this owner still holds the state.
        (void)veda_event_set(&self->done);
        self->let_go(true);
    }
};

// Below; it makes handles.
template <class F>
auto spawn_on(veda_runtime_t* runtime, F&& f);

}  // namespace detail

// The only handle to a spawned task. Not for two threads at once.
template <class T>
class [[nodiscard("dropping the handle detaches the task; say .detach()")]] task_handle {
  public:
    task_handle() noexcept = default;
    task_handle(task_handle && other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    task_handle& operator=(task_handle&& other) noexcept {
        task_handle old(std::move(other));
        std::swap(state_, old.state_);
        return *this;
    }
    ~task_handle() { detach(); }

    // There is a task behind this handle whose answer nobody has fetched.
    bool valid() const noexcept { return state_ != nullptr; }
    // The task is complete: get() would not wait. False if there is no task.
    bool ready() const noexcept {
        return state_ != nullptr && veda_event_is_set(&state_->done) != 0;
    }

    // Waits until the task is complete. This, wait_for and get throw VEDA_E_STATE if there is none.
    void wait() const {
        need_task("wait");
        must_succeed(veda_event_wait(&state_->done));
    }

    // The same for a time; false if it is over first.
    template <class Rep, class Period>
    bool wait_for(std::chrono::duration<Rep, Period> longest) const {
        need_task("wait_for");
        const veda_status status = veda_event_wait_for(&state_->done, detail::timeout_ns(longest));
        if (status == VEDA_E_BUSY) return false;
        must_succeed(status);
        return true;
    }

    // Waits, then gives the task's value or throws its exception. Once only.
    T get() {
        need_task("get");
        must_succeed(veda_event_wait(&state_->done));
        letting_go guard{std::exchange(state_, nullptr)};
        guard.task->taken = true;
        using kept = typename detail::result_of_raw<T>::type;
        if constexpr (std::is_void_v<T>) {
            guard.task->answer.take();
        } else {
            return static_cast<kept>(guard.task->answer.take());
        }
    }

    // Lets the task go on alone.
    void detach() noexcept {
        if (state_ != nullptr) {
            std::exchange(state_, nullptr)->let_go();
        }
    }

  private:
    using shared = detail::task_state<typename detail::result_of_raw<T>::type>;

    void need_task(const char* function) const {
        if (state_ != nullptr) [[likely]] return;
        throw error(VEDA_E_STATE, std::string("VEDA_E_STATE: task_handle::") + function +
                                      ": the handle has no task: it was moved from, detached, or "
                                      "get() was called before");
    }

    struct letting_go {
        shared* task;
        ~letting_go() { task->let_go(); }
    };

    template <class F>
    friend auto detail::spawn_on(veda_runtime_t*, F &&);
    explicit task_handle(shared * made) noexcept : state_(made) {}

    shared* state_ = nullptr;
};

// Runs f() some time later on some worker of runtime.
template <class F>
auto detail::spawn_on(veda_runtime_t* runtime, F&& f) {
    using closure = std::decay_t<F>;
    using handle = task_handle<std::invoke_result_t<closure&>>;
    auto* made = detail::make_in_block<detail::spawned_task<closure>>(runtime, std::forward<F>(f));
    const veda_status status = veda_spawn_job(runtime, made);
    if (status != VEDA_OK) [[unlikely]] {
        made->taken = true;
        detail::destroy_in_block(made);
        detail::throw_error(status);
    }
    return handle(made);
}

// Runs f() some time later on some worker of the current runtime, outside of one the default
// runtime.
template <class F>
    requires task<std::decay_t<F>>
auto spawn(F&& f) {
    return detail::spawn_on(detail::current_handle(), std::forward<F>(f));
}

}  // namespace veda

#endif
