// shuffle.hpp: the elements of a range in random order, which depends on the seed and on nothing else.
//
// Each element goes into one of some buckets, which a hash of its place and the seed picks, and each bucket
// is shuffled by itself (Rao and Sandelius, 1961): every order is as likely as every other one. How many
// buckets there are depends on the number of elements alone, and each has a generator of its own. So
// neither the number of workers nor chance decide about the order.
#ifndef VEDA_ALGORITHM_SHUFFLE_HPP
#define VEDA_ALGORITHM_SHUFFLE_HPP

#include <veda/algorithm/in_place.hpp>
#include <veda/algorithm/support.hpp>
#include <veda/detail/language.hpp>
#include <veda/detail/raw_room.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

namespace detail {

// Numbers by chance: those of Steele, Lea and Flood's SplitMix64 (2014).
class split_mix {
  public:
    explicit constexpr split_mix(std::uint64_t seed) noexcept : state_(seed) {}

    static constexpr std::uint64_t number(std::uint64_t seed, std::uint64_t i) noexcept {
        std::uint64_t x = seed + (i + 1) * step;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        return x ^ (x >> 31);
    }
    // Below bound: the upper half of a product (Lemire, 2019). That some are likelier than others by a part
    // in 2^64 / bound nobody can tell.
    constexpr std::uint64_t below(std::uint64_t bound) noexcept {
        __extension__ using wide = unsigned __int128;
        return static_cast<std::uint64_t>(wide{number(state_, count_++)} * bound >> 64);
    }

  private:
    static constexpr std::uint64_t step = 0x9e3779b97f4a7c15u;

    std::uint64_t state_;
    std::uint64_t count_ = 0;
};

template <class It>
void shuffle_alone(It first, std::uint64_t n, split_mix chance) {
    for (std::uint64_t i = n; i > 1; --i)
        std::ranges::iter_swap(nth(first, i - 1), nth(first, chance.below(i)));
}

// On a worker, for elements whose moves cannot throw: nothing between the two moves of an element can fail.
template <class It>
class bucket_shuffle {
    using element = std::iter_value_t<It>;

  public:
    bucket_shuffle(It first, std::uint64_t n, std::uint64_t seed)
        : first_(first),
          n_(n),
          seed_(seed),
          bits_(static_cast<int>(std::bit_width(std::min(n / elements_of_bucket, most_buckets)))),
          length_(std::max(block_length(n), std::uint64_t{16} << bits_)),
          next_(groups_of(length_, n) << bits_) {}

    void run() {
        const std::uint64_t buckets = std::uint64_t{1} << bits_;
        for_each_block(n_, length_, [this](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
            std::uint64_t* const counts = next_.data() + (block << bits_);
            for (std::uint64_t i = begin; i != end; ++i) ++counts[bucket_of(i)];
        });
        std::vector<std::uint64_t> begins = places_from_counts(buckets);
        const raw_room<element> room(n_);
        for_each_block(n_, length_, [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
            std::uint64_t* const next = next_.data() + (block << bits_);
            for (std::uint64_t i = begin; i != end; ++i)
                std::construct_at(room.data() + next[bucket_of(i)]++, std::ranges::iter_move(nth(first_, i)));
        });
        indices(buckets).for_each([&](std::uint64_t bucket) {
            const std::uint64_t begin = begins[bucket], end = begins[bucket + 1];
            shuffle_alone(room.data() + begin, end - begin, split_mix(split_mix::number(~seed_, bucket)));
            for (std::uint64_t i = begin; i != end; ++i) {
                at(first_, i) = std::move(room.data()[i]);
                std::destroy_at(room.data() + i);
            }
        });
    }

  private:
    // Their sum is about what stays in a core's cache, up to so many that the scattered writes stay quick.
    static constexpr std::uint64_t elements_of_bucket = 1 << 13;
    static constexpr std::uint64_t most_buckets = 511;

    std::uint64_t bucket_of(std::uint64_t i) const noexcept {
        return split_mix::number(seed_, i) >> 32 & ((std::uint64_t{1} << bits_) - 1);
    }

    // From how many each block has of each bucket to where they go; gives where the buckets begin.
    std::vector<std::uint64_t> places_from_counts(std::uint64_t buckets) {
        std::vector<std::uint64_t> begins;
        std::uint64_t place = 0;
        for (std::uint64_t bucket = 0; bucket != buckets; ++bucket) {
            begins.push_back(place);
            for (std::uint64_t i = bucket; i < next_.size(); i += buckets)
                place += std::exchange(next_[i], place);
        }
        begins.push_back(place);
        return begins;
    }

    It first_;
    std::uint64_t n_;
    std::uint64_t seed_;
    int bits_;
    std::uint64_t length_;
    std::vector<std::uint64_t> next_;  // [block][bucket]
};

// Enough of a generator to fill a seed, whatever its numbers are.
template <class G>
std::uint64_t seed_from(G& generator) {
    std::uint64_t seed = 0;
    for (int i = 0; i < 4; ++i) seed = split_mix::number(seed, static_cast<std::uint64_t>(generator()));
    return seed;
}

}  // namespace detail

// Gives numbers by chance, as those of <random> do.
template <class G>
concept random_numbers = !std::integral<std::remove_cvref_t<G>> && requires(G& generator) {
    { generator() } -> std::unsigned_integral;
};

// All elements in an order that the seed decides, the same one for any number of workers; with a generator,
// as std::shuffle, some of its numbers are the seed. In parallel for elements whose moves cannot throw,
// which take a second place for the time; by one thread for others. Their orders differ.
template <parallel_output It>
    requires std::permutable<It>
void shuffle(It first, It last, std::uint64_t seed) {
    const std::uint64_t n = detail::length(first, last);
    constexpr std::uint64_t few = 1 << 13;  // part of the result
    if constexpr (detail::moved_without_fail<std::iter_value_t<It>>) {
        if (n > few) return detail::in_pool([&] { detail::bucket_shuffle<It>(first, n, seed).run(); });
    }
    detail::shuffle_alone(first, n, detail::split_mix(seed));
}
template <parallel_output It, random_numbers G>
    requires std::permutable<It>
void shuffle(It first, It last, G&& generator) {
    veda::shuffle(first, last, detail::seed_from(generator));
}
template <parallel_range R>
void shuffle(R&& range, std::uint64_t seed) {
    veda::shuffle(std::ranges::begin(range), detail::end_of(range), seed);
}
template <parallel_range R, random_numbers G>
void shuffle(R&& range, G&& generator) {
    veda::shuffle(std::ranges::begin(range), detail::end_of(range), detail::seed_from(generator));
}

}  // namespace veda

#endif
