// join_context.hpp: a join whose branches are told whether they run where the join was called.
//
//     veda::join_context([&](veda::branch_context c) { sort(left, c.migrated()); },
//                        [&](veda::branch_context c) { sort(right, c.migrated()); });
//
// For algorithms that cut finer as long as others take parts: a branch that has migrated shows that somebody
// was hungry.
#ifndef VEDA_JOIN_CONTEXT_HPP
#define VEDA_JOIN_CONTEXT_HPP

#include <veda/detail/language.hpp>
#include <veda/job.h>
#include <veda/join.hpp>

#include <concepts>
#include <functional>
#include <utility>

namespace veda {

class branch_context {
  public:
    // caller: the worker that called the join; null if that was outside any runtime.
    explicit branch_context(const veda_worker_t* caller) noexcept
        : migrated_(caller == nullptr || caller != veda_worker_current()) {}

    // Another worker than the join's caller runs this branch. True for both branches of a join that was
    // called outside any runtime.
    bool migrated() const noexcept { return migrated_; }

  private:
    bool migrated_;
};

// As join; each branch gets a branch_context.
template <std::invocable<branch_context> F, std::invocable<branch_context> G>
auto join_context(F&& f, G&& g) {
    const veda_worker_t* const caller = veda_worker_current();
    return veda::join([&]() -> decltype(auto) { return std::invoke(f, branch_context(caller)); },
                      [&]() -> decltype(auto) { return std::invoke(g, branch_context(caller)); });
}

}  // namespace veda

#endif
