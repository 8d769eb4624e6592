// views.hpp: chains written as pipes.
//
//     auto total = values | veda::par | veda::views::transform(cost) | veda::views::filter(is_large)
//                         | veda::sum();
//     auto names = people | veda::par | veda::views::transform(&person::name) | veda::to<std::vector>();
//
// Each step only calls the member of the same name with the same arguments: what it does, what it asks of
// the chain and what it throws is written there. Adaptors are in veda::views, consumers in veda itself.
// Two steps make one: auto large_costs = veda::views::transform(cost) | veda::views::filter(is_large).
//
// A step takes its arguments by value, but ranges as veda::par does: lvalues are borrowed. The standard
// library's names stand beside Rayon's.
#ifndef VEDA_VIEWS_HPP
#define VEDA_VIEWS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/par.hpp>

#include <iterator>
#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

// Something on the right of |, to be called with what is on the left of it.
template <class Call>
struct pipe_step {
    Call call;
};
template <class Call>
pipe_step(Call) -> pipe_step<Call>;

template <class C>
using stage_of = std::remove_cvref_t<decltype(std::declval<C&>().base())>;

// A chain whose stage is indexed: said here again, for in a pipe the member's own error comes late.
template <class C>
concept indexed_chain = any_chain<C> && indexed_stage<stage_of<C>>;

// Not constrained by what the step asks for: the step then says by its own concept what is missing.
template <any_chain C, class Call>
decltype(auto) operator|(C&& chain, pipe_step<Call> step) {
    return step.call(std::forward<C>(chain));
}

template <class First, class Then>
auto operator|(pipe_step<First> first, pipe_step<Then> then) {
    return pipe_step{[first = std::move(first.call),
                      then = std::move(then.call)]<class C>(C&& chain) mutable -> decltype(auto) {
        return then(first(std::forward<C>(chain)));
    }};
}

// Two iterators: then an algorithm with the name of a step was meant (<veda/algorithm.hpp>).
template <class... Args>
inline constexpr bool begins_with_iterators = false;
template <std::input_or_output_iterator It, class... Rest>
inline constexpr bool begins_with_iterators<It, It, Rest...> = true;

template <class... Args>
concept step_arguments = !begins_with_iterators<Args...>;

}  // namespace detail

// name(arguments...) is a step that calls the member of chains that are what the concept says.
#define VEDA_STEP_FOR(chain_concept, name, member)                                                  \
    template <class... Args>                                                                        \
        requires detail::step_arguments<Args...>                                                    \
    [[nodiscard]] auto name(Args... args) {                                                         \
        return detail::pipe_step{                                                                   \
            [... args = std::move(args)]<chain_concept C>(C&& chain) mutable -> decltype(auto) {    \
                return std::forward<C>(chain).member(std::move(args)...);                           \
            }};                                                                                     \
    }
#define VEDA_STEP(name, member) VEDA_STEP_FOR(detail::any_chain, name, member)

// One whose arguments are callables: with a range as the first one it would compile and quietly do nothing.
#define VEDA_STEP_OF_CALLS(name)                                                                    \
    template <class... Args>                                                                        \
        requires detail::step_arguments<Args...>                                                    \
    [[nodiscard]] auto name(Args... args) {                                                         \
        static_assert(!detail::begins_with_range<Args...>,                                          \
                      "veda::" #name " is a step of a pipe: write veda::par(range)." #name          \
                      "(f), or range | veda::par | veda::" #name "(f)");                            \
        return detail::pipe_step{                                                                   \
            [... args = std::move(args)]<detail::any_chain C>(C&& chain) mutable -> decltype(auto) { \
                return std::forward<C>(chain).name(std::move(args)...);                             \
            }};                                                                                     \
    }
#define VEDA_INDEXED_STEP(name, member) VEDA_STEP_FOR(detail::indexed_chain, name, member)

// The same for a member that takes another chain, or a range.
#define VEDA_STEP_WITH_RANGE(chain_concept, name, member)                                           \
    template <class R>                                                                              \
    [[nodiscard]] auto name(R&& range) {                                                            \
        return detail::pipe_step{                                                                   \
            [other = detail::as_chain(std::forward<R>(range))]<chain_concept C>(                  \
                C&& chain) mutable -> decltype(auto) {                                              \
                return std::forward<C>(chain).member(std::move(other));                             \
            }};                                                                                     \
    }

namespace views {

// Of any chain.
VEDA_STEP(map, map)
VEDA_STEP(transform, map)
VEDA_STEP(map_with, map_with)
VEDA_STEP(map_init, map_init)
VEDA_STEP(filter, filter)
VEDA_STEP(filter_map, filter_map)
VEDA_STEP(flat_map, flat_map)
VEDA_STEP(flat_map_seq, flat_map_seq)
VEDA_STEP(flatten, flatten)
VEDA_STEP(flatten_seq, flatten_seq)
VEDA_STEP(join, flatten_seq)
VEDA_STEP(inspect, inspect)
VEDA_STEP(update, update)
VEDA_STEP(cloned, cloned)
VEDA_STEP(intersperse, intersperse)
VEDA_STEP(join_with, intersperse)
VEDA_STEP(fold, fold)
VEDA_STEP(fold_with, fold_with)
VEDA_STEP(while_some, while_some)
VEDA_STEP(distinct, distinct)
VEDA_STEP(distinct_by, distinct_by)
VEDA_STEP(take_any, take_any)
VEDA_STEP(skip_any, skip_any)
VEDA_STEP(take_any_while, take_any_while)
VEDA_STEP(skip_any_while, skip_any_while)
VEDA_STEP(with_min_len, with_min_len)
VEDA_STEP(with_max_len, with_max_len)
VEDA_STEP(batched, batched)
VEDA_STEP(stop_on, stop_on)
VEDA_STEP(progress, progress)
VEDA_STEP(stop_on_throw, stop_on_throw)
VEDA_STEP(try_fold, try_fold)
VEDA_STEP(try_fold_with, try_fold_with)
VEDA_STEP_WITH_RANGE(detail::any_chain, chain, chain)
VEDA_STEP_WITH_RANGE(detail::any_chain, concat, chain)

// Of indexed chains.
VEDA_INDEXED_STEP(enumerate, enumerate)
VEDA_INDEXED_STEP(take, take)
VEDA_INDEXED_STEP(skip, skip)
VEDA_INDEXED_STEP(drop, skip)
VEDA_INDEXED_STEP(step_by, step_by)
VEDA_INDEXED_STEP(stride, step_by)
VEDA_INDEXED_STEP(rev, rev)
VEDA_INDEXED_STEP(reverse, rev)
VEDA_INDEXED_STEP(chunks, chunks)
VEDA_INDEXED_STEP(chunk, chunks)
VEDA_INDEXED_STEP(fold_chunks, fold_chunks)
VEDA_INDEXED_STEP(fold_chunks_with, fold_chunks_with)
VEDA_INDEXED_STEP(by_uniform_blocks, by_uniform_blocks)
VEDA_INDEXED_STEP(by_exponential_blocks, by_exponential_blocks)
VEDA_INDEXED_STEP(in_order, in_order)
VEDA_INDEXED_STEP(positions, positions)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, zip, zip)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, zip_exact, zip_exact)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, interleave, interleave)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, interleave_shortest, interleave_shortest)

}  // namespace views

VEDA_STEP_OF_CALLS(for_each)
VEDA_STEP(for_each_with, for_each_with)
VEDA_STEP(for_each_init, for_each_init)
VEDA_STEP_OF_CALLS(count)
VEDA_STEP(reduce, reduce)
VEDA_STEP(reduce_with, reduce_with)
VEDA_STEP_OF_CALLS(min)
VEDA_STEP_OF_CALLS(max)
VEDA_STEP_OF_CALLS(any_of)
VEDA_STEP_OF_CALLS(all_of)
VEDA_STEP_OF_CALLS(none_of)
VEDA_STEP(contains, contains)
VEDA_STEP_OF_CALLS(find_any)
VEDA_STEP_OF_CALLS(find_first)
VEDA_STEP_OF_CALLS(find_last)
VEDA_STEP_OF_CALLS(find_map_any)
VEDA_STEP_OF_CALLS(find_map_first)
VEDA_STEP_OF_CALLS(find_map_last)
VEDA_INDEXED_STEP(position_any, position_any)
VEDA_INDEXED_STEP(position_first, position_first)
VEDA_INDEXED_STEP(position_last, position_last)
VEDA_STEP_OF_CALLS(min_by)
VEDA_STEP_OF_CALLS(max_by)
VEDA_STEP_OF_CALLS(min_by_key)
VEDA_STEP_OF_CALLS(max_by_key)
VEDA_STEP_OF_CALLS(minmax)
VEDA_STEP_OF_CALLS(is_sorted)
VEDA_STEP_OF_CALLS(is_sorted_by)
VEDA_STEP_OF_CALLS(try_for_each)
VEDA_STEP(try_for_each_with, try_for_each_with)
VEDA_STEP(try_for_each_init, try_for_each_init)
VEDA_STEP(try_reduce, try_reduce)
VEDA_STEP(try_reduce_with, try_reduce_with)
VEDA_STEP(unzip, unzip)
VEDA_STEP_OF_CALLS(partition)
VEDA_STEP_OF_CALLS(partition_map)
VEDA_STEP(collect_chunks, collect_chunks)
VEDA_STEP_OF_CALLS(pack)
VEDA_STEP(histogram, histogram)
VEDA_STEP(group_by_key, group_by_key)
VEDA_STEP_OF_CALLS(group_by)
VEDA_STEP_OF_CALLS(reduce_by_key)
VEDA_STEP(top_k, top_k)
VEDA_STEP(top_k_by, top_k_by)
VEDA_STEP(top_k_by_key, top_k_by_key)
VEDA_STEP(kth, kth)
VEDA_INDEXED_STEP(inclusive_scan, inclusive_scan)
VEDA_INDEXED_STEP(exclusive_scan, exclusive_scan)
VEDA_INDEXED_STEP(reduce_deterministic, reduce_deterministic)
VEDA_INDEXED_STEP(sum_deterministic, sum_deterministic)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, equal, equal)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, not_equal, not_equal)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, compare, compare)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, less, less)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, less_equal, less_equal)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, greater, greater)
VEDA_STEP_WITH_RANGE(detail::indexed_chain, greater_equal, greater_equal)

#undef VEDA_STEP
#undef VEDA_STEP_OF_CALLS
#undef VEDA_INDEXED_STEP
#undef VEDA_STEP_FOR
#undef VEDA_STEP_WITH_RANGE

// The type comes from the items, or is named: sum<std::int64_t>().
template <class... R>
    requires(sizeof...(R) <= 1)
[[nodiscard]] auto sum() {
    return detail::pipe_step{[](auto&& chain) { return chain.template sum<R...>(); }};
}
template <class... R>
    requires(sizeof...(R) <= 1)
[[nodiscard]] auto product() {
    return detail::pipe_step{[](auto&& chain) { return chain.template product<R...>(); }};
}

// to<std::vector>() or to<std::vector<long>>(), as std::ranges::to; collect is the member's name for it.
template <class C>
[[nodiscard]] auto to() {
    return detail::pipe_step{[](auto&& chain) { return chain.template collect<C>(); }};
}
template <template <class...> class C>
[[nodiscard]] auto to() {
    return detail::pipe_step{[](auto&& chain) { return chain.template collect<C>(); }};
}
// Into a std::vector, whose room is used again, or a std::span; without a result.
template <class C>
[[nodiscard]] auto collect_into(C& into) {
    return detail::pipe_step{[&into](auto&& chain) { chain.collect_into(into); }};
}
// An expected container with the error of the leftmost item.
template <class C>
[[nodiscard]] auto collect_first_error() {
    return detail::pipe_step{[](auto&& chain) { return chain.template collect_first_error<C>(); }};
}
template <class C>
[[nodiscard]] auto collect() {
    return to<C>();
}
template <template <class...> class C>
[[nodiscard]] auto collect() {
    return to<C>();
}

}  // namespace veda

#endif
