// pack.hpp: the elements in memory for which a predicate holds, in order, into a vector.
//
// Gathering parts and putting them together writes everything twice, and a branch for each item costs more
// than the item where a random half is kept. So there are two walks. The first asks the predicate, once
// for each element, and keeps the answers: a bit each, and a count for each block. The counts tell where
// each block's elements go, so that the second walk can put all blocks into the vector at once, without a
// branch: it writes every element and moves on only behind those that are kept.
#ifndef VEDA_ITER_PACK_HPP
#define VEDA_ITER_PACK_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/huge_pages.hpp>
#include <veda/detail/vector_access.hpp>
#include <veda/iter/filter.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/search.hpp>
#include <veda/iter/source_range.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

// How many elements a block has: some blocks for each worker even of few elements, which may be dear to ask
// about; and never so many that a block does not fit a cache.
inline std::uint64_t pack_block(std::uint64_t size) {
    constexpr std::uint64_t blocks_each = 16, most = std::uint64_t{1} << 14;
    const std::uint64_t words = size / (blocks_each * workers_here()) / test_block + 1;
    return std::min(words * test_block, most);
}

// One bit for each of the 64 answers, the first one lowest.
inline std::uint64_t bits_of(const answers& block) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        std::uint64_t bits = 0;
        for (unsigned byte = 0; byte != 8; ++byte) {
            std::uint64_t word;
            std::memcpy(&word, block.of + 8 * byte, 8);
            bits |= (word * 0x0102040810204080u >> 56) << (8 * byte);
        }
        return bits;
    } else {
        std::uint64_t bits = 0;
        for (unsigned i = 0; i != test_block; ++i) bits |= std::uint64_t{block.of[i]} << i;
        return bits;
    }
}

// The answers for count elements, at most 64.
template <class T, class P>
std::uint64_t bits_for(const T* first, std::uint64_t count, const callable<P>& keep) {
    if (count == test_block) {
        return bits_of(ask_block(memory_reader<const T>{first}, 0, keep));
    }
    std::uint64_t bits = 0;
    for (std::uint64_t i = 0; i != count; ++i)
        bits |= std::uint64_t{static_cast<bool>(keep(first[i]))} << i;
    return bits;
}

// Copies those of 64 elements whose bit is set to out and gives the place behind them. There must be room for
// 64 or, if not roomy, for those that are kept.
template <class T>
T* put_kept(const T* first, std::uint64_t bits, T* out, bool roomy) noexcept {
    if (roomy) {
        for (unsigned i = 0; i != test_block; ++i) {
            *out = first[i];
            out += bits >> i & 1;
        }
    } else {
        for (; bits != 0; bits &= bits - 1) *out++ = first[std::countr_zero(bits)];
    }
    return out;
}

template <class T, class P>
class packing {
  public:
    packing(const T* first, std::uint64_t size, const P& keep)
        : first_(first),
          size_(size),
          keep_(keep),
          block_(pack_block(size)),
          blocks_(groups_of(block_, size)),
          words_(std::make_unique_for_overwrite<std::uint64_t[]>(blocks_ * (block_ / test_block))),
          ends_(blocks_) {}

    // On a worker, as everything here.
    std::vector<T> run() {
        const auto kept = static_cast<std::size_t>(ask());
        std::vector<T> all;
        all.reserve(kept);
        expect_to_fill(all.data(), kept * sizeof(T));
        put(all.data());
        vector_access<T>::set_size(all, kept);
        return all;
    }

    // The first walk: how many are kept.
    std::uint64_t ask() {
        for_blocks([this](std::uint64_t block) { ask_all(block); });
        std::uint64_t end = 0;
        for (std::uint64_t& entry : ends_) entry = end += entry;
        return end;
    }
    // The second one; there is room for them at out.
    void put(T* out) {
        for_blocks([this, out](std::uint64_t block) { put_block(block, out); });
    }

  private:
    template <class F>
    void for_blocks(F f) {
        for_each_index(blocks_, f);
    }

    std::uint64_t items_in(std::uint64_t block) const noexcept {
        return std::min(block_, size_ - block * block_);
    }

    void ask_all(std::uint64_t block) {
        const T* const first = first_ + block * block_;
        const std::uint64_t items = items_in(block);
        std::uint64_t* word = &words_[block * (block_ / test_block)];
        const callable<P> keep = keep_;
        std::uint64_t kept = 0;
        for (std::uint64_t i = 0; i < items; i += test_block) {
            const std::uint64_t bits = bits_for(first + i, std::min(test_block, items - i), keep);
            kept += static_cast<std::uint64_t>(std::popcount(bits));
            *word++ = bits;
        }
        ends_[block] = kept;
    }

    void put_block(std::uint64_t block, T* all) const noexcept {
        const T* const first = first_ + block * block_;
        const std::uint64_t items = items_in(block);
        const std::uint64_t* word = &words_[block * (block_ / test_block)];
        T* out = all + (block == 0 ? 0 : ends_[block - 1]);
        T* const end = all + ends_[block];
        for (std::uint64_t i = 0; i < items; i += test_block, ++word) {
            const bool whole = items - i >= test_block;
            out = put_kept(first + i, *word, out, whole && end - out >= std::ptrdiff_t{test_block});
        }
    }

    const T* first_;
    std::uint64_t size_;
    callable<P> keep_;
    std::uint64_t block_;
    std::uint64_t blocks_;
    std::unique_ptr<std::uint64_t[]> words_;
    std::vector<std::uint64_t> ends_;  // how many are kept in each block, then where its last one goes
};

// A filter right over elements in memory that can be copied like bytes, into a vector of the same type.
template <class C, class S>
inline constexpr bool packs = false;
template <class T, stage S, class P>
inline constexpr bool packs<std::vector<T>, filtered<S, P>> =
    fills_in_place<std::vector<T>> && sliceable_at_once<S> && std::is_trivially_copyable_v<T> &&
    std::is_lvalue_reference_v<typename S::item> &&
    std::same_as<std::remove_cvref_t<typename S::item>, T>;

// Below this one worker is done before others are awake, and the usual way walks once.
inline constexpr std::uint64_t least_to_pack = 4 * test_block;

template <class T, stage S, class P>
std::vector<T> pack(filtered<S, P>& stage) {
    const auto elements = stage.base().slice(0, stage.base().size());
    return packing<T, P>(elements.data(), elements.size(), stage.predicate()).run();
}

}  // namespace veda::detail

#endif
