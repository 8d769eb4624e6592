// join.hpp: runs two or more callables, possibly in parallel, and gives all their results.
//
//     auto [a, b] = veda::join(f, g);
//
// Every callable is called exactly once, and join returns only after all of them did. If several
// throw, the leftmost exception is rethrown. A void result is std::monostate, a reference stays
// one. Outside a runtime the whole join runs in the default runtime and the caller takes part.
#ifndef VEDA_JOIN_HPP
#define VEDA_JOIN_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/detail/stack_job.hpp>

#include <concepts>
#include <memory>
#include <tuple>
#include <utility>

namespace veda {

// What can be a branch of a join, a task or a scope's body: callable without arguments.
template <class F>
concept task = std::invocable < std::remove_reference_t<F>
& > ;

namespace detail {

template <class F, class G>
using join_result =
    std::pair<result_t<std::remove_reference_t<F>&>, result_t<std::remove_reference_t<G>&>>;

// Calls the left branch; if it throws, the fork is ended first.
//
// The handler does not rethrow, because clang gives up shrink-wrapping where a handler does not return: the
// user's function would then save registers even on the way on which it forks nothing.
template <class G, class F>
[[gnu::__always_inline__]] inline result_t<F&> call_left(F& f, worker_ptr worker, stack_job<G>& job,
                                                     fork_slot slot) {
    try {
        return call(f);
    } catch (...) {
        settle_thrown(worker, *address_again(job), slot);
    }
    return throw_answer<result_t<F&>>(*address_again(job));
}

// The second half of a join, after its job was put into slot.
template <class F, class G>
[[gnu::__always_inline__]] inline join_result<F, G> join_forked(std::remove_reference_t<F>& f,
                                                            worker_ptr worker, stack_job<G>& job,
                                                            fork_slot slot) {
    using left_result = result_t<std::remove_reference_t<F>&>;
    left_result left = call_left(f, worker, job, slot);
    if constexpr (std::is_trivially_copyable_v<left_result> && sizeof(left) <= sizeof(void*)) {
        // It waits in memory for the right half; in a register it would cost a save and a restore.
        asm("" : "+m"(left));
    }
    if (unfork(worker, &job, slot)) [[likely]] {
        return {std::forward<left_result>(left), call(job.closure.get())};
    }
    return {std::forward<left_result>(left), job.answer.take()};
}

// The whole join again, as a guest of the default runtime.
template <class F, class G>
[[gnu::__cold__, gnu::__noinline__]] join_result<F, G> join_outside(std::remove_reference_t<F>& f,
                                                            std::remove_reference_t<G>& g) {
    auto inside = [&] {
        const worker_ptr worker = this_head();
        stack_job<G> job(g);
        return join_forked<F>(f, worker, job, fork(worker, &job));
    };
    return enter(default_handle(), inside);
}

// Where the fast fork was refused. Inlined, and with a job of its own: a list of joins whose forks are
// all slow must not need two frames each, and the fast way must not pay for this one.
template <class F, class G>
[[gnu::__always_inline__]] inline join_result<F, G> join_slowly(std::remove_reference_t<F>& f,
                                                            std::remove_reference_t<G>& g) {
    const worker_ptr worker = worker_or_null();
    if (worker == nullptr) return join_outside<F, G>(f, g);
    stack_job<G> job(g);
    return join_forked<F>(f, worker, job, fork_slow(worker, &job));
}

// F and G are reference types: rvalue references to what dies with the join.
template <class F, class G>
[[gnu::__always_inline__]] inline join_result<F, G> join_two(std::remove_reference_t<F>& f,
                                                         std::remove_reference_t<G>& g) {
    const worker_ptr worker = this_head();
    stack_job<G> job(g);
    fork_slot slot;
    if (try_fork(worker, &job, slot)) [[likely]] {
        return join_forked<F>(f, worker, job, slot);
    }
    if constexpr (copied_into_job<F> && copied_into_job<G>) {
        // Copies, so that the originals' addresses are never taken and they can live in registers.
        std::remove_cvref_t<F> own_f = f;
        std::remove_cvref_t<G> own_g = g;
        // From here on they lie in memory: in registers, the slow way would make the fast one save these.
        asm("" : : "r"(std::addressof(own_f)), "r"(std::addressof(own_g)) : "memory");
        return join_slowly<F, G>(own_f, own_g);
    } else {
        return join_slowly<F, G>(f, g);
    }
}

}  // namespace detail

// Both branches; answers std::pair of their results.
template <task F, task G>
[[gnu::__always_inline__]] inline auto join(F&& f, G&& g) {
    return detail::join_two<F&&, G&&>(f, g);
}

// Three branches or more; answers std::tuple of their results.
template <task F, task G, task... More>
    requires(sizeof...(More) > 0)
auto join(F&& f, G&& g, More&&... more) {
    auto rest = [&] { return veda::join(std::forward<G>(g), std::forward<More>(more)...); };
    using left = detail::result_t<std::remove_reference_t<F>&>;
    auto both = veda::join(std::forward<F>(f), rest);
    return std::tuple_cat(std::tuple<left>(std::forward<left>(both.first)), std::move(both.second));
}

}  // namespace veda

#endif
