// spawn.hpp: a task of its own, with a handle to what it will give.
//
//     auto h = veda::spawn(f);   ...   auto value = h.get();
//
// The task owns its closure and must not borrow what may die before it. Dropping the handle
// detaches the task: it still runs. An exception that nobody can fetch goes to the runtime's
// unhandled-error hook. A worker that waits in get() lends its place to another one.
#ifndef VEDA_SPAWN_HPP
#define VEDA_SPAWN_HPP

#include <veda/task.h>
#include <veda/detail/enter.hpp>
#include <veda/detail/heap_job.hpp>
#include <veda/join.hpp>

#include <atomic>
#include <cassert>
#include <cstdint>
#include <optional>
#include <utility>

namespace veda {

namespace detail {

// What a task and its handle share. Two owners; the last one to let go frees it.
template <class T>
struct task_state : veda_job_t {
    veda_event_t done{};
    std::atomic<std::uint32_t> owners{2};
    bool taken = false;  // the handle's own: the outcome is empty again
    void (*destroy)(task_state*) noexcept = nullptr;
    outcome<T> answer;

    ~task_state() {
        if (!taken) answer.drop();
    }

    // Acquire and release: what either owner did comes before the freeing.
    void let_go() noexcept {
        if (owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            destroy(this);
        }
    }
    bool detached() const noexcept { return owners.load(std::memory_order_relaxed) == 1; }
};

template <class F>
struct alignas(slab_alignment) spawned_task final : task_state<result_t<F&>> {
    std::optional<closure_in_block<F>> closure;

    template <class G>
    explicit spawned_task(G&& g) {
        closure.emplace(std::forward<G>(g));
        this->run = &spawned_task::run_task;
        this->destroy = [](task_state<result_t<F&>>* self) noexcept {
            destroy_in_block(static_cast<spawned_task*>(self));
        };
    }

    static void run_task(veda_job_t* job, veda_worker_t*) {
        auto* self = static_cast<spawned_task*>(job);
        self->answer.capture(self->closure->get());
        self->closure.reset();
        if (self->answer.failed() && self->detached()) {
            char text[256];
            (void)veda_task_fail(VEDA_E_FAILED, text_of(self->answer.error(), text, sizeof(text)));
        }
        // The waiter may let go as soon as the event is set, but this owner still holds the state.
        (void)veda_event_set(&self->done);
        self->let_go();
    }
};

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
    // The task is complete: get() would not wait.
    bool ready() const noexcept { return veda_event_is_set(&state_->done) != 0; }

    // Waits until the task is complete.
    void wait() const {
        assert(valid());
        check(veda_event_wait(&state_->done));
    }

    // Waits, then gives the task's value or throws its exception. Once only.
    T get() {
        wait();
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

    struct letting_go {
        shared* task;
        ~letting_go() { task->let_go(); }
    };

    template <class F>
    friend auto spawn_on(veda_runtime_t*, F &&);
    explicit task_handle(shared * made) noexcept : state_(made) {}

    shared* state_ = nullptr;
};

// Runs f() some time later on some worker of runtime.
template <class F>
auto spawn_on(veda_runtime_t* runtime, F&& f) {
    using closure = std::decay_t<F>;
    using handle = task_handle<std::invoke_result_t<closure&>>;
    auto* made = detail::make_in_block<detail::spawned_task<closure>>(std::forward<F>(f));
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
auto spawn(F&& f) { return spawn_on(detail::current_handle(), std::forward<F>(f)); }

}  // namespace veda

#endif
