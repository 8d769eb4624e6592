// broadcast.hpp: calls one callable once on each regular worker.
//
// The callable runs on top of whatever its worker waits for, so it must not take a lock that is
// held across a join.
#ifndef VEDA_BROADCAST_HPP
#define VEDA_BROADCAST_HPP

#include <veda/detail/language.hpp>
#include <veda/task.h>
#include <veda/detail/enter.hpp>
#include <veda/spawn.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <vector>

namespace veda {

// Called on each worker: takes nothing, or the worker's index.
template <class F>
concept broadcast_task = std::invocable<const F&> || std::invocable<const F&, std::uint32_t>;

namespace detail {

// One outcome per worker index; only those that were reached are filled.
template <class F, class R>
struct broadcast_round {
    struct cell {
        outcome<R> answer;
        bool filled = false;
    };

    const F* body;
    std::unique_ptr<cell[]> cells;
    std::uint32_t count;

    ~broadcast_round() {
        for (std::uint32_t i = 0; i < count; ++i) {
            if (cells[i].filled) cells[i].answer.drop();
        }
    }

    static void run(void* ctx, veda_worker_t*) {
        auto* self = static_cast<broadcast_round*>(ctx);
        const auto index = static_cast<std::uint32_t>(veda_worker_index());
        auto bound = [&]() -> decltype(auto) {
            if constexpr (std::invocable<const F&, std::uint32_t>) {
                return std::invoke(*self->body, index);
            } else {
                return std::invoke(*self->body);
            }
        };
        self->cells[index].answer.capture(bound);
        self->cells[index].filled = true;
    }

    R take(std::uint32_t index) {
        cells[index].filled = false;
        return cells[index].answer.take();
    }
};

template <class F>
auto broadcast_answer(const F&) {
    if constexpr (std::invocable<const F&, std::uint32_t>) {
        return std::type_identity<std::invoke_result_t<const F&, std::uint32_t>>{};
    } else {
        return std::type_identity<std::invoke_result_t<const F&>>{};
    }
}

// Calls f() or f(index) once on each regular worker of runtime and gives the answers in the order
// of the workers.
template <class F>
    requires broadcast_task<std::remove_cvref_t<F>>
auto broadcast_on(veda_runtime_t* runtime, F&& f) {
    using answer = typename decltype(broadcast_answer(f))::type;
    using kept = std::conditional_t<std::is_void_v<answer>, std::monostate, std::decay_t<answer>>;
    using round = broadcast_round<std::remove_cvref_t<F>, kept>;
    std::uint32_t places = 0;
    must_succeed(veda_runtime_slot_count(runtime, &places));
    round all{std::addressof(f), std::make_unique<typename round::cell[]>(places), places};
    must_succeed(veda_broadcast(runtime, &round::run, &all));
    std::vector<kept> answers;
    for (std::uint32_t i = 0; i < places; ++i) {
        if (all.cells[i].filled) answers.push_back(all.take(i));
    }
    if constexpr (!std::is_void_v<answer>) {
        return answers;
    }
}

}  // namespace detail

// Calls f() or f(index) once on each regular worker of the current runtime, outside of one of the default
// runtime, and gives the answers in the order of the workers. If some throw, the exception of the lowest
// index is rethrown, after all are done.
template <class F>
    requires broadcast_task<std::remove_cvref_t<F>>
auto broadcast(F&& f) {
    return detail::broadcast_on(detail::current_handle(), std::forward<F>(f));
}

// The same without waiting: f is called some time later. The handle gives the answers.
template <class F>
    requires broadcast_task<std::decay_t<F>>
auto spawn_broadcast(F&& f) {
    return veda::spawn([body = std::decay_t<F>(std::forward<F>(f)), runtime = detail::current_handle()] {
        return detail::broadcast_on(runtime, body);
    });
}

}  // namespace veda

#endif
