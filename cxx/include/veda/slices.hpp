// slices.hpp: contiguous elements in parts, as the source of parallel chains that yield std::spans.
//
//     veda::par_chunks(v, 1000).for_each([](std::span<float> part) { normalise(part); });
//     veda::par_windows<3>(v).map([](auto w) { return w[0] - 2 * w[1] + w[2]; });
//     veda::par_chunk_by(sorted, same_key).map(total);
//
// The elements stay where they are and must outlive the chain. Spans of a mutable range are mutable where no
// two of them overlap; windows are read only. As steps of a pipe: v | veda::par | veda::views::slide(3).
#ifndef VEDA_SLICES_HPP
#define VEDA_SLICES_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/iter/blocks.hpp>
#include <veda/iter/par.hpp>
#include <veda/iter/source_parts.hpp>
#include <veda/iter/source_range.hpp>
#include <veda/iter/source_slices.hpp>
#include <veda/views.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace veda {

// Contiguous elements that stay when the range object is gone.
template <class R>
concept slice_source = std::ranges::contiguous_range<R> && std::ranges::sized_range<R> &&
    std::ranges::borrowed_range<R>;

namespace detail {

template <class R>
auto span_of(R&& range) {
    return std::span(std::ranges::data(range), static_cast<std::size_t>(std::ranges::size(range)));
}
template <class R>
using slice_element = typename decltype(span_of(std::declval<R>()))::element_type;

template <class Layout, class T>
auto spans_by(const char* function, std::span<T> all, std::uint64_t length) {
    must_not_be_empty(function, length);
    return par_iter(spans<std::span<T>, Layout>(all, length));
}

template <part_style Style, class T, class Finder>
auto parts_by(std::span<T> all, Finder&& finder) {
    using parts = between_separators<std::span<T>, Finder, Style>;
    return par_iter(parted<parts>(parts(all, std::move(finder))));
}

template <class P, class R>
concept predicate_on = const_predicate<P, const slice_element<R>&>;
template <class P, class R>
concept relation_on = const_predicate<P, const slice_element<R>&, const slice_element<R>&>;

}  // namespace detail

// ---- chunks: length neighbours each; indexed. Throws VEDA_E_RANGE for length 0. --------------------

// From the left; the last one may be shorter. From the right: the first ones are the last elements, and the
// last chunk, at the beginning of the range, may be shorter.
template <slice_source R>
[[nodiscard]] auto par_chunks(R&& range, std::uint64_t length) {
    return detail::spans_by<detail::chunks_from_left>("par_chunks", detail::span_of(range), length);
}
template <slice_source R>
[[nodiscard]] auto par_rchunks(R&& range, std::uint64_t length) {
    return detail::spans_by<detail::chunks_from_right>("par_rchunks", detail::span_of(range), length);
}
// Only those that are not shorter. What is left over: chunks_remainder, rchunks_remainder.
template <slice_source R>
[[nodiscard]] auto par_chunks_exact(R&& range, std::uint64_t length) {
    using layout = detail::only_whole<detail::chunks_from_left>;
    return detail::spans_by<layout>("par_chunks_exact", detail::span_of(range), length);
}
template <slice_source R>
[[nodiscard]] auto par_rchunks_exact(R&& range, std::uint64_t length) {
    using layout = detail::only_whole<detail::chunks_from_right>;
    return detail::spans_by<layout>("par_rchunks_exact", detail::span_of(range), length);
}
template <slice_source R>
[[nodiscard]] auto chunks_remainder(R&& range, std::uint64_t length) {
    detail::must_not_be_empty("chunks_remainder", length);
    const auto all = detail::span_of(range);
    return all.last(all.size() % length);
}
template <slice_source R>
[[nodiscard]] auto rchunks_remainder(R&& range, std::uint64_t length) {
    detail::must_not_be_empty("rchunks_remainder", length);
    const auto all = detail::span_of(range);
    return all.first(all.size() % length);
}

// ---- windows: every run of length neighbours, read only; indexed. None if there are fewer elements. ----

template <slice_source R>
[[nodiscard]] auto par_windows(R&& range, std::uint64_t length) {
    using elements = std::span<const detail::slice_element<R>>;
    return detail::spans_by<detail::windows_layout>("par_windows", elements(detail::span_of(range)), length);
}
// The length is part of the type: std::span<const T, N>, for loops that the compiler unrolls.
template <std::size_t N, slice_source R>
    requires(N > 0)
[[nodiscard]] auto par_windows(R&& range) {
    using window = std::span<const detail::slice_element<R>, N>;
    return par_iter(detail::spans<window, detail::windows_layout>(detail::span_of(range), N));
}

// ---- parts that end where the elements say so; not indexed ------------------------------------------

// What is between the elements that is_separator likes; also the empty parts, one more than there are
// separators.
template <slice_source R, detail::predicate_on<R> P>
[[nodiscard]] auto par_split(R&& range, P is_separator) {
    return detail::parts_by<detail::part_style{.last_may_be_empty = true}>(
        detail::span_of(range), detail::element_finder<P>(std::move(is_separator)));
}
// Each part with the separator that ends it. Nothing behind a separator at the very end.
template <slice_source R, detail::predicate_on<R> P>
[[nodiscard]] auto par_split_inclusive(R&& range, P is_separator) {
    return detail::parts_by<detail::part_style{.keeps_separator = true}>(
        detail::span_of(range), detail::element_finder<P>(std::move(is_separator)));
}
// Runs of neighbours, each of which belongs together with the next: belong_together(element, the next one).
template <slice_source R, detail::relation_on<R> P>
[[nodiscard]] auto par_chunk_by(R&& range, P belong_together) {
    return detail::parts_by<detail::part_style{}>(
        detail::span_of(range), detail::border_finder<P>(std::move(belong_together)));
}

// ---- as steps of a pipe, on elements that lie somewhere else ----------------------------------------

namespace detail {

template <class S>
inline constexpr bool is_borrowed = false;
template <class It>
inline constexpr bool is_borrowed<borrowed<It>> = true;

// A chain over contiguous elements that it does not own, as veda::par makes it of an lvalue.
template <class C>
concept chain_of_elements = any_chain<C> && sliceable<stage_of<C>> && is_borrowed<stage_of<C>>;

template <chain_of_elements C>
auto elements_of(C& chain) {
    return chain.base().slice(0, chain.base().size());
}

}  // namespace detail

namespace views {

[[nodiscard]] inline auto slide(std::uint64_t length) {
    return detail::pipe_step{[length]<detail::chain_of_elements C>(C&& chain) {
        return par_windows(detail::elements_of(chain), length);
    }};
}
template <std::size_t N>
[[nodiscard]] auto slide() {
    return detail::pipe_step{[]<detail::chain_of_elements C>(C&& chain) {
        return par_windows<N>(detail::elements_of(chain));
    }};
}
template <class P>
[[nodiscard]] auto split(P is_separator) {
    return detail::pipe_step{
        [is_separator = std::move(is_separator)]<detail::chain_of_elements C>(C&& chain) mutable {
            return par_split(detail::elements_of(chain), std::move(is_separator));
        }};
}
template <class P>
[[nodiscard]] auto chunk_by(P belong_together) {
    return detail::pipe_step{
        [belong_together = std::move(belong_together)]<detail::chain_of_elements C>(C&& chain) mutable {
            return par_chunk_by(detail::elements_of(chain), std::move(belong_together));
        }};
}

}  // namespace views
}  // namespace veda

#endif
