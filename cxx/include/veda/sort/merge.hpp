// merge.hpp: the stable comparison sort of things that are copied like bytes: a merge sort whose halves
// run in parallel, and whose merges do, too.
//
// A merge is cut at the middle of its longer run and at the place in the other run where that element
// belongs, by binary search (Cormen et al., "Introduction to Algorithms", on multithreaded merging).
#ifndef VEDA_SORT_MERGE_HPP
#define VEDA_SORT_MERGE_HPP

#include <veda/detail/language.hpp>
#include <veda/join.hpp>
#include <veda/sort/insertion.hpp>

#include <algorithm>
#include <cstdint>

namespace veda::detail {

inline constexpr std::uint64_t merge_leaf = 2048;        // elements that one worker sorts by itself
inline constexpr std::uint64_t merge_piece = 1u << 14;   // elements that one worker merges by itself
inline constexpr std::uint64_t merge_run = 20;           // elements sorted by insertion

// T: trivially copyable.
template <class T, class Less>
class merge_sorter {
  public:
    explicit merge_sorter(const Less& less) : less_(less) {}

    // Sorts what is in from, into to; from is used as well.
    void sort(T* from, T* to, std::uint64_t size) const {
        if (size <= merge_leaf) return sort_leaf(from, to, size);
        const std::uint64_t half = size / 2;
        // The halves end in from, which leaves to for the merge.
        join([&] { sort_in_place(from, to, half); },
             [&] { sort_in_place(from + half, to + half, size - half); });
        merge(from, half, from + half, size - half, to);
    }
    void sort_in_place(T* from, T* spare, std::uint64_t size) const {
        if (size <= merge_leaf) {
            sort_leaf(from, spare, size);
            std::copy_n(spare, size, from);
            return;
        }
        const std::uint64_t half = size / 2;
        join([&] { sort(from, spare, half); },
             [&] { sort(from + half, spare + half, size - half); });
        merge(spare, half, spare + half, size - half, from);
    }

  private:
    // Runs by insertion, then merged pairwise to and fro.
    void sort_leaf(T* from, T* to, std::uint64_t size) const {
        for (std::uint64_t i = 0; i < size; i += merge_run)
            insertion_sort(from + i, from + std::min(i + merge_run, size), less_);
        T* const target = to;
        for (std::uint64_t run = merge_run; run < size; run *= 2) {
            for (std::uint64_t i = 0; i < size; i += 2 * run) {
                const std::uint64_t middle = std::min(i + run, size), end = std::min(i + 2 * run, size);
                merge_serially(from + i, middle - i, from + middle, end - middle, to + i);
            }
            std::swap(from, to);
        }
        if (from != target) std::copy_n(from, size, target);
    }

    // Of equal elements those of the left run come first.
    void merge(const T* left, std::uint64_t lefts, const T* right, std::uint64_t rights, T* to) const {
        if (lefts + rights <= merge_piece) return merge_serially(left, lefts, right, rights, to);
        std::uint64_t i, j;
        if (lefts >= rights) {
            i = lefts / 2;
            j = static_cast<std::uint64_t>(std::lower_bound(right, right + rights, left[i], less_) - right);
        } else {
            j = rights / 2;
            i = static_cast<std::uint64_t>(std::upper_bound(left, left + lefts, right[j], less_) - left);
        }
        join([&] { merge(left, i, right, j, to); },
             [&] { merge(left + i, lefts - i, right + j, rights - j, to + i + j); });
    }

    // Without a branch where the compiler can help it.
    [[gnu::__noinline__]] void merge_serially(const T* left, std::uint64_t lefts, const T* right,
                                          std::uint64_t rights, T* to) const {
        const T* const left_end = left + lefts;
        const T* const right_end = right + rights;
        while (left != left_end && right != right_end) {
            const bool from_right = less_(*right, *left);
            *to++ = from_right ? *right : *left;
            right += from_right;
            left += !from_right;
        }
        to = std::copy(left, left_end, to);
        std::copy(right, right_end, to);
    }

    Less less_;
};

}  // namespace veda::detail

#endif
