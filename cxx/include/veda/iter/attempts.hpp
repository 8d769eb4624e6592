// attempts.hpp: the methods of a chain whose callables may fail by what they return: try_for_each,
// try_fold, ...
#ifndef VEDA_ITER_ATTEMPTS_HPP
#define VEDA_ITER_ATTEMPTS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/attempt.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/map_with.hpp>
#include <veda/iter/refusals.hpp>
#include <veda/iter/scratch.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class S>
class attempts {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
    // Calls f for each item until one fails; gives the failure, or a success that says nothing.
    template <attempts_with<item> F>
    auto try_for_each(const F& f) {
        must_not_write_bits<item>();
        using result = std::remove_cvref_t<std::invoke_result_t<const F&, item>>;
        any_hit hits;
        return success_unless<result>(chain_of(*this).drive(
            search_consumer<result, failing<F>, any_hit>{&hits, failing<F>{callable<F>(f)}}));
    }
    // The same with a state of each worker's own, as in for_each_init and for_each_with.
    template <state_maker M, attempts_with<state_of<M>&, item> F>
    auto try_for_each_init(const M& make, const F& f) {
        must_not_write_bits<item>();
        using result = std::remove_cvref_t<std::invoke_result_t<const F&, state_of<M>&, item>>;
        using search = search_consumer<result, failed_item, any_hit>;
        any_hit hits;
        return success_unless<result>(chain_of(*this).drive(
            map_with_consumer<search, M, F>{{search{&hits, {}}}, std::addressof(make), std::addressof(f)}));
    }
    template <std::copy_constructible T, attempts_with<T&, item> F>
    auto try_for_each_with(const T& state, const F& f) {
        return try_for_each_init([&state]() -> T { return state; }, f);
    }

    // Yields attempts, one for each part that one worker did in one go: f(acc, item) gives the next one,
    // and a failure ends all parts.
    template <class Id, attempts_with<identity_value<Id>, item> F>
        requires attempt_with_value<
            std::remove_cvref_t<std::invoke_result_t<const F&, identity_value<Id>, item>>>
    auto try_fold(Id identity, F f) && {
        return extend<try_folded<S, Id, F>>(*this, std::move(identity), std::move(f));
    }
    template <std::copy_constructible T, attempts_with<T, item> F>
    auto try_fold_with(T start, F f) && {
        return std::move(*this).try_fold(copying<T>{std::move(start)}, std::move(f));
    }

    // For items that are attempts: combines their values by op(value, value), which gives an attempt. The
    // first failure that is met ends it. identity may be combined in any number of times.
    template <class Id, class Op>
        requires attempt_with_value<value_type> &&
            std::convertible_to<std::invoke_result_t<const Op&, identity_value<Id>, identity_value<Id>>,
                                value_type>
    value_type try_reduce(const Id& identity, const Op& op) {
        std::optional<value_type> all = try_reduce_with(op);
        if (!all) return value_type(make_identity(identity));
        return std::move(*all);
    }
    // The same without an identity: empty if there are no items.
    template <class Op>
        requires attempt_with_value<value_type>
    std::optional<value_type> try_reduce_with(const Op& op) {
        any_hit hits;
        return chain_of(*this).drive(try_reduce_consumer<value_type, Op>{std::addressof(op), &hits});
    }

  private:
    template <class R>
    static R success_unless(std::optional<R>&& failure) {
        if (failure) return std::move(*failure);
        return plain_success<R>();
    }
};

}  // namespace veda::detail

#endif
