// fifo.hpp: tasks that begin in the order in which they were spawned, oldest first.
//
//     veda::scope_fifo([&](auto& s) { for (auto& page : book) s.spawn([&] { print(page); }); });
//
// A worker begins with the newest of its own tasks, which is warm; where order matters more, as for work that
// arrives, a task takes whatever is the oldest when it begins. How many run at once, and in which order they
// end, is as ever.
#ifndef VEDA_FIFO_HPP
#define VEDA_FIFO_HPP

#include <veda/detail/language.hpp>
#include <veda/join.hpp>
#include <veda/scope.hpp>
#include <veda/spawn.hpp>

#include <concepts>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

// Argument: what a task may be called with; nothing, or its scope.
template <class... Argument>
class fifo_queue {
    struct entry {
        virtual ~entry() = default;
        virtual void run(Argument&...) = 0;
    };
    template <class F>
    struct entry_of final : entry {
        explicit entry_of(F&& f) : task(std::move(f)) {}
        explicit entry_of(const F& f) : task(f) {}
        void run(Argument&... argument) override {
            if constexpr (std::invocable<F&, Argument&...>) {
                (void)std::invoke(task, argument...);
            } else {
                (void)std::invoke(task);
            }
        }
        F task;
    };

  public:
    // Puts f in, and has spawn_runner spawn a task that calls run_oldest. If that throws, f is not there.
    template <class F, class Spawn>
    void spawn(F&& f, Spawn spawn_runner, Argument&... argument) {
        auto made = std::make_unique<entry_of<std::decay_t<F>>>(std::forward<F>(f));
        const entry* const mine = made.get();
        push(std::move(made));
        try {
            spawn_runner();
        } catch (...) {
            if (remove(mine)) throw;
            // Another one's task has begun with f, so that one's is left over.
            run_oldest(argument...);
        }
    }

    // There is one: each entry has a task.
    void run_oldest(Argument&... argument) { pop()->run(argument...); }

  private:
    void push(std::unique_ptr<entry> made) {
        const std::lock_guard guard(lock_);
        entries_.push_back(std::move(made));
    }
    std::unique_ptr<entry> pop() {
        const std::lock_guard guard(lock_);
        std::unique_ptr<entry> oldest = std::move(entries_.front());
        entries_.pop_front();
        return oldest;
    }
    bool remove(const entry* mine) {
        const std::lock_guard guard(lock_);
        return std::erase_if(entries_, [mine](const auto& e) { return e.get() == mine; }) != 0;
    }

    std::mutex lock_;  // held for a few instructions
    std::deque<std::unique_ptr<entry>> entries_;
};

// A thread's own: what it spawns begins in its order.
inline const std::shared_ptr<fifo_queue<>>& fifo_of_this_thread() {
    thread_local const std::shared_ptr<fifo_queue<>> queue = std::make_shared<fifo_queue<>>();
    return queue;
}

}  // namespace detail

// An open scope whose tasks begin in the order of their spawns, whoever spawned them.
class fifo_scope {
  public:
    fifo_scope(const fifo_scope&) = delete;
    fifo_scope& operator=(const fifo_scope&) = delete;

    // Runs f() or f(scope) as a task.
    template <class F>
        requires(std::invocable<std::decay_t<F>&> || std::invocable<std::decay_t<F>&, fifo_scope&>)
    void spawn(F&& f) {
        const auto spawn_runner = [this] { inside_->spawn([this] { waiting_.run_oldest(*this); }); };
        waiting_.spawn(std::forward<F>(f), spawn_runner, *this);
    }

  private:
    template <class Body>
        requires std::invocable<std::remove_reference_t<Body>&, fifo_scope&>
    friend decltype(auto) scope_fifo(Body&&);

    fifo_scope() = default;

    task_scope* inside_ = nullptr;
    detail::fifo_queue<fifo_scope> waiting_;
};

// As scope, with a fifo_scope.
template <class Body>
    requires std::invocable<std::remove_reference_t<Body>&, fifo_scope&>
decltype(auto) scope_fifo(Body&& body) {
    fifo_scope fifo;  // outlives the scope, and so its tasks
    return veda::scope([&](task_scope& inside) -> decltype(auto) {
        fifo.inside_ = &inside;
        return std::invoke(body, fifo);
    });
}

// Runs f() some time later; what one thread spawns so begins in the order of its spawns. An exception out of
// f goes to the runtime's hook for unhandled errors.
template <class F>
    requires task<std::decay_t<F>>
void spawn_fifo(F&& f) {
    const std::shared_ptr<detail::fifo_queue<>> queue = detail::fifo_of_this_thread();
    queue->spawn(std::forward<F>(f),
                 [&queue] { veda::spawn([queue] { queue->run_oldest(); }).detach(); });
}

}  // namespace veda

#endif
