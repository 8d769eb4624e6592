// join.hpp: runs two or more callables, possibly in parallel, and gives all their results.
//
//     auto [a, b] = veda::join(f, g);
//
// Every callable is called exactly once, and join returns only after all of them did. If several
// throw, the leftmost exception is rethrown. A void result is std::monostate, a reference stays
// one. Outside a runtime the whole join runs in the default runtime and the caller takes part.
#ifndef VEDA_JOIN_HPP
#define VEDA_JOIN_HPP

#include <veda/detail/enter.hpp>
#include <veda/detail/stack_job.hpp>

#include <concepts>
#include <tuple>
#include <utility>

namespace veda {

// What can be a branch of a join, a task or a scope's body: callable without arguments.
template <class F>
concept task = std::invocable < std::remove_reference_t<F>
& > ;

namespace detail {

template <class F, class G>
using join_result = std::pair<result_t<F&>, result_t<G&>>;

template <class F, class G>
[[gnu::cold, gnu::noinline]] join_result<F, G> join_from_outside(F& f, G& g);

// Calls the left branch; if it throws, the fork is ended first.
template <class G, class F>
[[gnu::always_inline]] inline result_t<F&> call_left(F& f, worker_ptr worker, stack_job<G>& job,
                                                     fork_slot slot) {
    try {
        return call(f);
    } catch (...) {
        settle(worker, job, slot);
        throw;
    }
}

// G is a reference type. Left before right in every answer.
template <class F, class G>
[[gnu::always_inline]] inline auto join_two(F& f, std::remove_reference_t<G>& g)
    -> join_result<F, std::remove_reference_t<G>> {
    const worker_ptr worker = this_head();
    stack_job<G> job(g);
    const fork_slot slot = fork(worker, &job);
    if (slot == nullptr) [[unlikely]] {
        return join_from_outside<F, std::remove_reference_t<G>>(f, g);
    }
    result_t<F&> left = call_left(f, worker, job, slot);
    if (unfork(worker, &job, slot)) [[likely]] {
        return {std::forward<result_t<F&>>(left), call(g)};
    }
    return {std::forward<result_t<F&>>(left), job.answer.take()};
}

template <class F, class G>
join_result<F, G> join_from_outside(F& f, G& g) {
    auto inside = [&] { return join_two<F, G&>(f, g); };
    return enter(default_handle(), inside);
}

}  // namespace detail

// Both branches; answers std::pair of their results.
template <task F, task G>
[[gnu::always_inline]] inline auto join(F&& f, G&& g) {
    return detail::join_two<std::remove_reference_t<F>, G&&>(f, g);
}

// Three branches or more; answers std::tuple of their results.
template <task F, task G, task... More>
requires(sizeof...(More) > 0) auto join(F&& f, G&& g, More&&... more) {
    auto rest = [&] { return veda::join(std::forward<G>(g), std::forward<More>(more)...); };
    using left = detail::result_t<std::remove_reference_t<F>&>;
    auto both = veda::join(std::forward<F>(f), rest);
    return std::tuple_cat(std::tuple<left>(std::forward<left>(both.first)), std::move(both.second));
}

}  // namespace veda

#endif
