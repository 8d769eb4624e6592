// enter.hpp: how a thread that is no worker gets into a runtime: as a guest, by veda_run.
//
// Everything here is the cold way in. Never use it on a path that a worker takes for every task.
#ifndef VEDA_DETAIL_ENTER_HPP
#define VEDA_DETAIL_ENTER_HPP

#include <veda/detail/language.hpp>
#include <veda/runtime.h>
#include <veda/detail/outcome.hpp>
#include <veda/error.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace veda::detail {

// The default runtime, started if need be. Throws if it cannot start.
inline veda_runtime_t* default_handle() {
    veda_runtime_t* runtime = nullptr;
    must_succeed(veda_runtime_get_default(&runtime));
    return runtime;
}

// The runtime that the calling thread works for, else the default one.
inline veda_runtime_t* current_handle() {
    veda_runtime_t* runtime = veda_worker_runtime();
    return runtime != nullptr ? runtime : default_handle();
}

// Runs f as a worker of runtime on the calling thread and gives what f gives or throws.
template <class F>
[[gnu::__noinline__]] std::invoke_result_t<F&> enter(veda_runtime_t* runtime, F& f) {
    using result = result_t<F&>;
    struct visit {
        F* body;
        outcome<result> answer;
    } visit{std::addressof(f), {}};
    must_succeed(veda_run(
        runtime,
        [](void* ctx, veda_worker_t*) {
            auto* self = static_cast<struct visit*>(ctx);
            self->answer.capture(*self->body);
        },
        &visit));
    if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
        visit.answer.take();
    } else {
        return visit.answer.take();
    }
}

// Calls f on a worker: right here if the caller is one, else as a guest of the default runtime.
template <class F>
std::invoke_result_t<F&> in_pool(F&& f) {
    if (veda_worker_current() != nullptr) {
        return f();
    }
    return enter(default_handle(), f);
}

}  // namespace veda::detail

#endif
