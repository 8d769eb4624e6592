// selection.hpp: the smallest elements of a range: nth_element, partial_sort, partial_sort_copy.
//
// A sample tells an element that is a little greater than the one that is wanted. One parallel pass asks of
// each element whether it is greater than that; what is not goes to the front, and one thread selects among
// those. Where few are wanted they are few, and are found without moving the others. If the sample was
// wrong, one thread selects among all. Each element is asked about once in the pass, so that no order,
// however it contradicts itself, makes an element go astray.
#ifndef VEDA_ALGORITHM_SELECTION_HPP
#define VEDA_ALGORITHM_SELECTION_HPP

#include <veda/algorithm/in_place.hpp>
#include <veda/algorithm/packing.hpp>
#include <veda/algorithm/support.hpp>
#include <veda/detail/language.hpp>
#include <veda/sort.hpp>
#include <veda/sort/order.hpp>
#include <veda/sort/quick.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <utility>
#include <vector>

namespace veda {

namespace detail {

template <class It, class Less>
class selection {
    using element = std::iter_value_t<It>;
    static constexpr std::uint64_t least_to_share = std::uint64_t{1} << 16;
    static constexpr std::uint64_t samples = 512;

  public:
    selection(It first, std::uint64_t size, const Less& less) : first_(first), size_(size), less_(less) {}

    // Those that a sort would put before place wanted come before it, and its own element is there.
    void select(std::uint64_t wanted) {
        std::uint64_t candidates = size_;
        if (size_ >= least_to_share && workers_here() > 1) candidates = gather(wanted);
        quick_select(first_, nth(first_, wanted), nth(first_, candidates), less_);
    }

  private:
    // Four times the standard deviation of how many samples are below an element, and some.
    static std::uint64_t spread(std::uint64_t rank) {
        const std::uint64_t from_the_end = std::min(rank, samples - std::min(rank, samples));
        return 6 + 4 * static_cast<std::uint64_t>(std::sqrt(static_cast<double>(from_the_end)));
    }

    // Brings the elements to the front that are not greater than a sampled one, and returns how many they
    // are, if they are more than wanted and not nearly all; else returns the size.
    std::uint64_t gather(std::uint64_t wanted) {
        const std::uint64_t expected = wanted / (size_ / samples + 1);
        const std::uint64_t rank = expected + spread(expected);
        if (rank >= samples - samples / 8) return size_;
        const It pivot = nth(first_, sampled(rank));
        std::uint64_t gathered = size_;
        if (rank <= samples / 4) {
            gathered = gather_few(*pivot);
        } else if constexpr (moved_without_fail<element>) {
            // The pivot stands still while the others move.
            std::ranges::iter_swap(first_, pivot);
            const element& limit = *first_;
            const auto kept = [this, &limit](const element& x) -> bool { return !less_(limit, x); };
            const It behind = partition_by_a_room<element>(first_ + 1, size_ - 1, kept);
            gathered = static_cast<std::uint64_t>(behind - first_);
        }
        return gathered > wanted ? gathered : size_;
    }

    // The place of the element that has this rank among the samples.
    std::uint64_t sampled(std::uint64_t rank) const {
        std::array<std::uint64_t, samples> places;
        for (std::uint64_t i = 0; i != samples; ++i) {
            // Not evenly, because patterns repeat evenly.
            const std::uint64_t offset = (i * 0x9e3779b97f4a7c15u >> 32) % (size_ / samples);
            places[i] = size_ / samples * i + offset;
        }
        const auto by_place = [this](std::uint64_t a, std::uint64_t b) -> bool {
            return less_(at(first_, a), at(first_, b));
        };
        std::uint64_t* const place = places.data() + rank;
        sort_places(places.data(), place, by_place);
        return *place;
    }
    template <class ByPlace>
    static void sort_places(std::uint64_t* places, std::uint64_t* wanted, const ByPlace& by_place) {
        const order<std::uint64_t, ByPlace, std::identity> less(by_place, identity_);
        quick_select(places, wanted, places + samples, less);
    }

    std::uint64_t gather_few(const element& limit) {
        const std::uint64_t length = block_length(size_);
        std::vector<std::vector<std::uint64_t>> found(groups_of(length, size_));
        for_each_block(size_, length, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
            for (std::uint64_t i = begin; i != end; ++i) {
                if (!less_(limit, at(first_, i))) found[block].push_back(i);
            }
        });
        // The places rise, so none is behind what it is swapped with.
        std::uint64_t front = 0;
        for (const auto& places : found) {
            for (const std::uint64_t i : places)
                std::ranges::iter_swap(nth(first_, front++), nth(first_, i));
        }
        return front;
    }

    static constexpr std::identity identity_{};

    It first_;
    std::uint64_t size_;
    const Less& less_;
};

template <class It, class Cmp, class Proj>
void select(It first, It wanted, It last, const Cmp& cmp, const Proj& proj) {
    if (wanted == last) return;
    const order<std::iter_value_t<It>, Cmp, Proj> less(cmp, proj);
    in_pool([&] { selection(first, length(first, last), less).select(length(first, wanted)); });
}

template <class It, class Cmp, class Proj>
void sort_smallest(It first, It middle, It last, const Cmp& cmp, const Proj& proj) {
    if (first == middle) return;
    select(first, middle - 1, last, cmp, proj);
    sort_elements<false>(first, length(first, middle), cmp, proj);
}

template <class It, class O, class Cmp, class Proj>
O copy_smallest(It first, It last, O out, O out_last, const Cmp& cmp, const Proj& proj) {
    const std::uint64_t n = length(first, last), wanted = std::min(n, length(out, out_last));
    auto copies = par(first, last)
                      .map([](std::iter_reference_t<It> x) { return std::iter_value_t<It>(x); })
                      .template collect<std::vector<std::iter_value_t<It>>>();
    sort_smallest(copies.begin(), nth(copies.begin(), wanted), copies.end(), cmp, proj);
    indices(wanted).for_each([&](std::uint64_t i) { at(out, i) = std::move(copies[i]); });
    return nth(out, wanted);
}

}  // namespace detail

// Puts at wanted what a sort would put there; nothing before it is greater, nothing behind it less.
template <parallel_output It, class Less = std::less<>>
requires sortable_by<It, Less, std::identity>
void nth_element(It first, It wanted, It last, Less less = {}) {
    detail::select(first, wanted, last, less, std::identity{});
}
template <parallel_range R, class Cmp = std::less<>, class Proj = std::identity>
requires sortable_by<std::ranges::iterator_t<R>, Cmp, Proj>
void nth_element(R&& range, std::ranges::iterator_t<R> wanted, Cmp cmp = {}, Proj proj = {}) {
    detail::select(std::ranges::begin(range), wanted, detail::end_of(range), cmp, proj);
}

// The smallest elements to [first, middle), sorted; the others behind them, in any order.
template <parallel_output It, class Less = std::less<>>
requires sortable_by<It, Less, std::identity>
void partial_sort(It first, It middle, It last, Less less = {}) {
    detail::sort_smallest(first, middle, last, less, std::identity{});
}
template <parallel_range R, class Cmp = std::less<>, class Proj = std::identity>
requires sortable_by<std::ranges::iterator_t<R>, Cmp, Proj>
void partial_sort(R&& range, std::ranges::iterator_t<R> middle, Cmp cmp = {}, Proj proj = {}) {
    detail::sort_smallest(std::ranges::begin(range), middle, detail::end_of(range), cmp, proj);
}

// Copies of the smallest elements, as many as there is room for, sorted. Gives the end of what was written.
template <parallel_iterator It, parallel_output O, class Less = std::less<>>
requires const_order<It, Less, std::identity> O partial_sort_copy(It first, It last, O out, O out_last,
                                                                  Less less = {}) {
    return detail::copy_smallest(first, last, out, out_last, less, std::identity{});
}
template <parallel_range R, parallel_range Out, class Cmp = std::less<>, class Proj = std::identity>
requires const_order<std::ranges::iterator_t<R>, Cmp, Proj> std::ranges::borrowed_iterator_t<Out>
partial_sort_copy(R&& range, Out&& out, Cmp cmp = {}, Proj proj = {}) {
    return detail::copy_smallest(std::ranges::begin(range), detail::end_of(range), std::ranges::begin(out),
                                 detail::end_of(out), cmp, proj);
}

}  // namespace veda

#endif
