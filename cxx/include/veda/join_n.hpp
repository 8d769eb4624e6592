// join_n.hpp: a join of n branches, where n is known at run time only: the children of a node, say.
//
//     veda::join_n(node.size(), [&](std::size_t i) { visit(node[i]); });
//     auto costs = veda::join_n(n, cost);                         // std::vector, in order
//     auto total = veda::join_n(n, cost, 0.0, std::plus<>{});     // combined in order, without the vector
//
// Each branch is called exactly once and can be taken by another worker; join_n returns only after all
// are done. If several throw, the exception of the leftmost is rethrown. A branch costs what one of
// veda::join does. For many small bodies, veda::par is the cheaper loop: it runs them in pieces.
// Outside a runtime everything runs in the default runtime and the caller takes part.
#ifndef VEDA_JOIN_N_HPP
#define VEDA_JOIN_N_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/branch_forks.hpp>
#include <veda/detail/enter.hpp>
#include <veda/detail/outcome.hpp>
#include <veda/detail/slot.hpp>
#include <veda/detail/stack_job.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace veda {

// What can be the branches of a join_n: called with the number of the branch, by several threads at once.
template <class F, class N>
concept branches = std::integral<N> && std::invocable<const F&, N>;

namespace detail {

// What the i-th branch gives, once per branch.
template <class F, class N>
using branch_result = std::invoke_result_t<const F&, N>;

// The branches of one join. Call gives T for a number, Merge puts two neighbours' results together; both are
// called by several threads at once.
template <class T, class Call, class Merge>
class branch_tree {
  public:
    branch_tree(const Call& call_one, const Merge& merge) noexcept : call_(call_one), merge_(merge) {}

    // The branches from begin up to end, of which there is at least one. The results come in order, so that
    // one sum takes them all.
    [[gnu::__noinline__]] T run(branch_forks& forks, std::uint64_t begin, std::uint64_t end) const {
        later_branches open[most_open];
        std::uint32_t count = 0;
        try {
            T sum = run_first(forks, open, count, begin, end);
            while (count != 0) {
                later_branches& next = open[--count];
                if (unfork(forks.worker(), &next, next.slot)) [[likely]] {
                    sum = merge_(std::move(sum), run_first(forks, open, count, next.begin, next.end));
                } else {
                    sum = merge_(std::move(sum), next.answer.take());
                }
            }
            return sum;
        } catch (...) {
            while (count != 0) {
                later_branches& next = open[--count];
                next.settle(forks.worker());
            }
            throw;
        }
    }

  private:
    // Branches that were forked. Whether a thief has them, their owner learns when it ends the fork.
    struct alignas(16) later_branches : veda_job_t {
        const branch_tree* tree;
        std::uint64_t begin, end;
        fork_slot slot;
        outcome<T> answer;

        static void run_stolen(veda_job_t* job, veda_worker_t*) {
            static_cast<later_branches*>(job)->capture();
        }
        void capture() {
            auto run_them = [this] {
                branch_forks forks(this_head());
                return tree->run(forks, begin, end);
            };
            answer.capture(run_them);
        }
        // A branch further left threw: they are run or awaited all the same, and what they give is dropped.
        [[gnu::__cold__, gnu::__noinline__]] void settle(worker_ptr worker) noexcept {
            if (unfork(worker, this, slot)) capture();
            answer.drop();
        }
    };

    // The forks that one call of run has open: those of 16 branches. More nest.
    static constexpr std::uint32_t most_open = 4;

    // Forks the later half, and again, until one branch is left; runs that.
    [[gnu::__always_inline__]] T run_first(branch_forks& forks, later_branches (&open)[most_open],
                                       std::uint32_t& count, std::uint64_t begin, std::uint64_t end) const {
        while (end - begin > 1) {
            if (count == most_open) [[unlikely]] {
                return run(forks, begin, end);
            }
            const std::uint64_t middle = begin + (end - begin) / 2;
            later_branches& half = open[count];
            half.run = &later_branches::run_stolen;
            half.state = 0;
            half.thief = 0;
            half.tree = this;
            half.begin = middle;
            half.end = end;
            half.slot = forks.fork(&half);
            ++count;
            end = middle;
        }
        return call_(begin);
    }

    const Call& call_;
    const Merge& merge_;
};

// count is not 0.
template <class T, class Call, class Merge>
T join_all(std::uint64_t count, const Call& call_one, const Merge& merge) {
    auto inside = [&] {
        branch_forks forks(this_head());
        return branch_tree<T, Call, Merge>(call_one, merge).run(forks, 0, count);
    };
    return in_pool(inside);
}

template <class Call>
void join_all(std::uint64_t count, const Call& call_one) {
    using nothing = std::monostate;
    if (count == 0) {
        return;
    }
    (void)join_all<nothing>(
        count, [&](std::uint64_t i) { return call_one(i), nothing{}; },
        [](nothing, nothing) { return nothing{}; });
}

// How many branches: none if n is negative.
template <std::integral N>
constexpr std::uint64_t branch_count(N n) noexcept {
    return n > 0 ? static_cast<std::uint64_t>(n) : 0;
}

// The results as a vector. Each branch fills a place of its own, so what can begin empty does; else the
// places are moved into the vector afterwards.
template <class R, class Call>
std::vector<R> join_into_vector(std::uint64_t count, const Call& call_one) {
    if constexpr (std::is_trivially_default_constructible_v<R> && !std::same_as<R, bool>) {
        std::vector<R> all(count);
        join_all(count, [&](std::uint64_t i) { all[i] = call_one(i); });
        return all;
    } else {
        const auto places = std::make_unique<slot<R>[]>(count);
        join_all(count, [&](std::uint64_t i) { places[i].put(call_one(i)); });
        std::vector<R> all;
        all.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            all.push_back(std::move(*places[i]));
        }
        return all;
    }
}

}  // namespace detail

// Calls f(0), f(1), ..., f(n - 1), each as a branch of its own. The results, if f gives any, as a
// std::vector in order; references become values. A negative n counts as 0.
template <std::integral N, branches<N> F>
auto join_n(N n, const F& f) {
    using given = detail::branch_result<F, N>;
    const auto call_one = [&f](std::uint64_t i) -> given { return std::invoke(f, static_cast<N>(i)); };
    if constexpr (std::is_void_v<given>) {
        detail::join_all(detail::branch_count(n), call_one);
    } else {
        return detail::join_into_vector<std::remove_cvref_t<given>>(detail::branch_count(n), call_one);
    }
}

// combine(...combine(combine(init, f(0)), f(1))..., f(n - 1)), grouped as it suits: combine must be
// associative, and need not commute. init counts once; it is the result if n is 0.
template <std::integral N, branches<N> F, std::movable T, class Combine>
    requires std::convertible_to<detail::branch_result<F, N>, T> &&
             std::is_invocable_r_v<T, const Combine&, T, T>
T join_n(N n, const F& f, T init, const Combine& combine) {
    const std::uint64_t count = detail::branch_count(n);
    if (count == 0) {
        return init;
    }
    const auto call_one = [&f](std::uint64_t i) -> T { return std::invoke(f, static_cast<N>(i)); };
    const auto merge = [&combine](T&& left, T&& right) -> T {
        return std::invoke(combine, std::move(left), std::move(right));
    };
    return merge(std::move(init), detail::join_all<T>(count, call_one, merge));
}

}  // namespace veda

#endif
