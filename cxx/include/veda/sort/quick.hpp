// quick.hpp: the unstable comparison sort, in place and in parallel: quicksort that cannot be led astray.
//
// Everything is done by swaps, so that an order that throws leaves all elements there. An order that
// contradicts itself gives any permutation, but never leads out of the range: walks from both ends stop where
// they meet, and because the last swap may take them one past each other, they ask left < right. The two
// sides of a partition are sorted in parallel. As in Peters' pattern-defeating quicksort (arXiv:2106.05123),
// a partition that found nothing to swap is tried as nearly sorted; a pivot that equals the one before it
// takes all equal elements out; and after too many lopsided partitions a heap sort finishes. Where
// comparing is cheap, elements are compared in blocks without a branch (Edelkamp and Weiss, "BlockQuicksort",
// 2016).
#ifndef VEDA_SORT_QUICK_HPP
#define VEDA_SORT_QUICK_HPP

#include <veda/detail/language.hpp>
#include <veda/join.hpp>
#include <veda/sort/insertion.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <utility>

namespace veda::detail {

inline constexpr std::ptrdiff_t short_enough = 24;          // for insertion
inline constexpr std::ptrdiff_t worth_a_fork = 2048;        // elements
inline constexpr std::ptrdiff_t partition_block = 64;       // elements compared at once
inline constexpr std::uint64_t tries_as_sorted = 8;         // moves

template <class It, class Less>
void sift_down(It first, std::ptrdiff_t hole, std::ptrdiff_t size, const Less& less) {
    for (;;) {
        std::ptrdiff_t child = 2 * hole + 1;
        if (child >= size) return;
        if (child + 1 < size && less(first[child], first[child + 1])) ++child;
        if (!less(first[hole], first[child])) return;
        std::ranges::iter_swap(first + hole, first + child);
        hole = child;
    }
}

template <class It, class Less>
void heap_sort(It first, It last, const Less& less) {
    const std::ptrdiff_t size = last - first;
    for (std::ptrdiff_t i = size / 2; i-- > 0;) sift_down(first, i, size, less);
    for (std::ptrdiff_t end = size - 1; end > 0; --end) {
        std::ranges::iter_swap(first, first + end);
        sift_down(first, 0, end, less);
    }
}

template <class It, class Less>
class quick_sorter {
    using difference = std::iter_difference_t<It>;

  public:
    explicit quick_sorter(const Less& less) : less_(less) {}

    // lopsided: how many more bad partitions are allowed. has_left: the element before first is a pivot that
    // nothing here is less than.
    void sort(It first, It last, int lopsided, bool has_left) const {
        for (;;) {
            const difference size = last - first;
            if (size <= short_enough) return insertion_sort(first, last, less_);
            if (lopsided == 0) return heap_sort(first, last, less_);
            choose_pivot(first, size);
            if (has_left && !less_(*(first - 1), *first)) {
                first = behind_equals(first, last);
                continue;
            }
            const cut parts = partition(first, last);
            const It pivot = parts.pivot;
            const difference left = pivot - first, right = last - pivot - 1;
            const bool is_lopsided = std::min(left, right) < size / 8;
            if (is_lopsided) {
                --lopsided;
                shuffle(first, left);
                shuffle(pivot + 1, right);
            } else if (parts.untouched && nearly_sorted(first, pivot) && nearly_sorted(pivot + 1, last)) {
                return;
            }
            if (left >= worth_a_fork && right >= worth_a_fork) {
                join([&] { sort(first, pivot, lopsided, has_left); },
                     [&] { sort(pivot + 1, last, lopsided, true); });
                return;
            }
            sort(first, pivot, lopsided, has_left);
            first = pivot + 1;
            has_left = true;
        }
    }

    // Puts at place wanted what a sort would put there; nothing before it is greater, nothing behind it less.
    void select(It first, It wanted, It last, int lopsided) const {
        bool has_left = false;
        for (;;) {
            const difference size = last - first;
            if (size <= short_enough) return insertion_sort(first, last, less_);
            if (lopsided == 0) return heap_sort(first, last, less_);
            choose_pivot(first, size);
            if (has_left && !less_(*(first - 1), *first)) {
                first = behind_equals(first, last);
                if (wanted < first) return;
                continue;
            }
            const It pivot = partition(first, last).pivot;
            const difference left = pivot - first, right = last - pivot - 1;
            if (std::min(left, right) < size / 8) {
                --lopsided;
                shuffle(first, left);
                shuffle(pivot + 1, right);
            }
            if (wanted == pivot) return;
            if (wanted < pivot) {
                last = pivot;
            } else {
                first = pivot + 1;
                has_left = true;
            }
        }
    }

  private:
    bool nearly_sorted(It first, It last) const {
        return insertion_sort_within(first, last, less_, tries_as_sorted);
    }

    void order_two(It a, It b) const {
        if (less_(*b, *a)) std::ranges::iter_swap(a, b);
    }
    // The middle one of three to b.
    void order_three(It a, It b, It c) const {
        order_two(a, b);
        order_two(b, c);
        order_two(a, b);
    }

    // The median of three, or of three such, to first; something not less than it is at the end.
    void choose_pivot(It first, difference size) const {
        const It middle = first + size / 2, last = first + (size - 1);
        if (size > 128) {
            order_three(first, middle, last);
            order_three(first + 1, middle - 1, last - 1);
            order_three(first + 2, middle + 1, last - 2);
            order_three(middle - 1, middle, middle + 1);
            std::ranges::iter_swap(first, middle);
        } else {
            order_three(middle, first, last);
        }
    }

    // Breaks up patterns after a lopsided partition.
    static void shuffle(It first, difference size) {
        if (size < short_enough) return;
        const difference quarter = size / 4;
        std::ranges::iter_swap(first, first + quarter);
        std::ranges::iter_swap(first + (size - 1), first + (size - 1 - quarter));
        if (size > 128) {
            for (difference i = 1; i <= 2; ++i) {
                std::ranges::iter_swap(first + i, first + (quarter + i));
                std::ranges::iter_swap(first + (size - 1 - i), first + (size - 1 - quarter - i));
            }
        }
    }

    // Nothing is less than the pivot at first: those equal to it go to the front; gives what is behind them.
    It behind_equals(It first, It last) const {
        It left = first + 1, right = last;
        for (;;) {
            while (left < right && !less_(*first, *left)) ++left;
            while (left < right && less_(*first, *(right - 1))) --right;
            if (left >= right) return left;
            --right;
            std::ranges::iter_swap(left, right);
            ++left;
        }
    }

    struct cut {
        It pivot;         // in its final place
        bool untouched;  // nothing had to be swapped
    };

    // The pivot is at first.
    cut partition(It first, It last) const {
        It left = first + 1, right = last;
        while (left < right && less_(*left, *first)) ++left;
        while (left < right && !less_(*(right - 1), *first)) --right;
        const bool untouched = left >= right;
        if constexpr (Less::is_cheap) {
            left = partition_by_blocks(first, left, right);
        } else {
            while (left < right) {
                --right;
                std::ranges::iter_swap(left, right);
                ++left;
                while (left < right && less_(*left, *first)) ++left;
                while (left < right && !less_(*(right - 1), *first)) --right;
            }
        }
        const It pivot = left - 1;
        std::ranges::iter_swap(first, pivot);
        return {pivot, untouched};
    }

    // Those less than the pivot to the left; gives the first of the others. Offsets of elements on the
    // wrong side are gathered for a block at each end, then swapped in pairs.
    It partition_by_blocks(It pivot, It left, It right) const {
        unsigned char wrong_left[partition_block], wrong_right[partition_block];
        difference lefts = 0, rights = 0, begin_left = 0, begin_right = 0;
        // Blocks at both ends that were compared and are not yet done are part of [left, right).
        while (right - left > 2 * partition_block) {
            if (lefts == 0) {
                begin_left = 0;
                for (difference i = 0; i != partition_block; ++i) {
                    wrong_left[lefts] = static_cast<unsigned char>(i);
                    lefts += !less_(left[i], *pivot);
                }
            }
            if (rights == 0) {
                begin_right = 0;
                for (difference i = 0; i != partition_block; ++i) {
                    wrong_right[rights] = static_cast<unsigned char>(i);
                    rights += less_(*(right - 1 - i), *pivot);
                }
            }
            const difference pairs = std::min(lefts, rights);
            for (difference i = 0; i != pairs; ++i) {
                std::ranges::iter_swap(left + wrong_left[begin_left + i],
                                       right - 1 - wrong_right[begin_right + i]);
            }
            lefts -= pairs;
            rights -= pairs;
            begin_left += pairs;
            begin_right += pairs;
            if (lefts == 0) left += partition_block;
            if (rights == 0) right -= partition_block;
        }
        // The rest, among it at most one block that is half done, one by one.
        for (;;) {
            while (left < right && less_(*left, *pivot)) ++left;
            while (left < right && !less_(*(right - 1), *pivot)) --right;
            if (left >= right) return left;
            --right;
            std::ranges::iter_swap(left, right);
            ++left;
        }
    }

    Less less_;
};

// On a worker.
template <class It, class Less>
void quick_sort(It first, It last, const Less& less) {
    const auto size = static_cast<std::uint64_t>(last - first);
    quick_sorter<It, Less>(less).sort(first, last, static_cast<int>(std::bit_width(size)), false);
}

// By one thread.
template <class It, class Less>
void quick_select(It first, It wanted, It last, const Less& less) {
    if (wanted == last) return;
    const auto size = static_cast<std::uint64_t>(last - first);
    quick_sorter<It, Less>(less).select(first, wanted, last, static_cast<int>(std::bit_width(size)));
}

}  // namespace veda::detail

#endif
