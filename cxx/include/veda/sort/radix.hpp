// radix.hpp: sorts elements in memory by the bits of an unsigned key; stable.
//
//     1  is it sorted already, or backwards? which bits differ at all? If they are few, and the elements are
//        numbers, counting them is enough
//     2  all at once: by the eight highest bits that differ, or, where keys crowd, by a table of more
//        bits, into a second array, so that a bucket fits a cache (each block of the array knows from
//        everybody's counts where its elements go)
//     3  each bucket by itself, back into the array: by as many more bits as tell its elements apart, from
//        the lowest of them up; what still stands wrong is put right by insertion, or, if that is much, by
//        going through all bits
//
// Step 2 is McIlroy, Bostic and McIlroy's radix exchange by counting ("Engineering Radix Sort", 1993), step 3
// the usual sort from the low digit up.
#ifndef VEDA_SORT_RADIX_HPP
#define VEDA_SORT_RADIX_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/detail/raw_room.hpp>
#include <veda/detail/huge_pages.hpp>
#include <veda/runtime.h>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/par.hpp>
#include <veda/sort/insertion.hpp>
#include <veda/sort/spine.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <numeric>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

inline constexpr std::uint64_t least_for_radix = std::uint64_t{1} << 13;

template <class T, class Key>
class radix_sorter {
    using bits = std::remove_cvref_t<std::invoke_result_t<const Key&, const T&>>;
    static constexpr unsigned digit = 8;
    static constexpr unsigned buckets = 1u << digit;
    static constexpr std::uint64_t cache = std::uint64_t{1} << 20;  // bytes that a bucket should fit
    static constexpr std::size_t line = 64;
    static constexpr std::uint64_t worth_sharing = std::uint64_t{1} << 16;  // elements
    // The bytes of an element are its key, and so can be made from it.
    static constexpr bool is_its_own_key = Key::is_the_element;
    using counts = std::array<std::uint64_t, buckets>;

  public:
    radix_sorter(T* first, std::uint64_t size, const Key& key) : first_(first), size_(size), key_(key) {}

    // On a worker. False if there is a better way; nothing was moved then, nor if it throws bad_alloc.
    bool run() {
        if (sorted_already()) return true;
        if (nearly_sorted()) {
            if constexpr (is_its_own_key) return by_spine();
            return false;
        }
        const bits differ = differing_bits(first_, size_);
        if constexpr (is_its_own_key) {
            if (std::bit_width(differ) <= int{digit}) {
                write_runs();
                return true;
            }
        }
        const raw_room<T> room(size_);
        split(first_, room.data(), size_, static_cast<unsigned>(std::bit_width(differ)), false);
        return true;
    }

  private:
    // Of a thousand neighbours nearly all are in order, though not all.
    bool nearly_sorted() const {
        constexpr std::uint64_t samples = 1024;
        std::uint64_t descents = 0;
        for (std::uint64_t i = 0; i != samples; ++i) {
            const T* const at = first_ + (size_ - 2) / samples * i;
            descents += key_(at[1]) < key_(at[0]);
        }
        return descents < samples / 16;
    }

    struct by_key {
        static constexpr bool is_cheap = true;
        Key key;
        bool operator()(const T& a, const T& b) const noexcept { return key(a) < key(b); }
    };

    bool by_spine() {
        return spine_sorter<T, by_key>(first_, size_, block_count(size_), by_key{key_}).run();
    }

    bool sorted_already() {
        if (neighbours_are([](const bits& a, const bits& b) { return a <= b; })) return true;
        // Equal elements would not keep their order.
        if (!neighbours_are([](const bits& a, const bits& b) { return a > b; })) return false;
        T* const last = first_ + size_ - 1;
        for_each_part(size_ / 2, [this, last](std::uint64_t, std::uint64_t begin, std::uint64_t end) {
            for (std::uint64_t i = begin; i != end; ++i) std::swap(first_[i], *(last - i));
        });
        return true;
    }

    // Each element's key and the next one's.
    template <class Fits>
    bool neighbours_are(const Fits& fits) const {
        std::atomic<bool> all{true};
        const Key key = key_;
        for_each_part(size_ - 1, [&, key](std::uint64_t, std::uint64_t i, std::uint64_t end) {
            constexpr std::uint64_t between_looks = 4096;
            while (i != end && all.load(std::memory_order_relaxed)) {
                const std::uint64_t stop = std::min(end, i + between_looks);
                while (i != stop && fits(key(first_[i]), key(first_[i + 1]))) ++i;
                if (i != stop) all.store(false, std::memory_order_relaxed);
            }
        });
        return all.load(std::memory_order_relaxed);
    }

    bits differing_bits(const T* from, std::uint64_t size) const {
        const Key key = key_;
        const bits one = key(from[0]);
        if (size < worth_sharing) {
            bits differ = 0;
            for (std::uint64_t i = 0; i != size; ++i) differ |= static_cast<bits>(key(from[i]) ^ one);
            return differ;
        }
        std::vector<bits> differ(block_count(size));
        for_each_part(size, [&](std::uint64_t part, std::uint64_t begin, std::uint64_t end) {
            bits here = 0;
            for (std::uint64_t i = begin; i != end; ++i) here |= static_cast<bits>(key(from[i]) ^ one);
            differ[part] = here;
        });
        return std::accumulate(differ.begin(), differ.end(), bits{0},
                               [](bits a, bits b) { return static_cast<bits>(a | b); });
    }

    // All elements with the same digit are the same: how many there are of each is all that counts.
    void write_runs() const {
        counts seen{};
        std::array<T, buckets> one{};
        const auto blocks = block_count(size_);
        std::vector<counts> each(blocks);
        for_each_index(blocks, [&](std::uint64_t b) {
            const std::uint64_t begin = block_border(size_, blocks, b);
            const std::uint64_t end = block_border(size_, blocks, b + 1);
            each[b] = counted(first_ + begin, end - begin, by_digit{0});
        });
        for (const counts& block : each)
            for (unsigned b = 0; b != buckets; ++b) seen[b] += block[b];
        T* const first = first_;
        const bits high = static_cast<bits>(key_(first[0]) >> digit << digit);
        for (unsigned b = 0; b != buckets; ++b) one[b] = Key::element_of(static_cast<bits>(high | b));
        counts begins{};
        std::uint64_t place = 0;
        for (unsigned b = 0; b != buckets; ++b) begins[b] = std::exchange(place, place + seen[b]);
        for_each_index(blocks, [&](std::uint64_t block) {
            std::uint64_t i = block_border(size_, blocks, block);
            const std::uint64_t end = block_border(size_, blocks, block + 1);
            unsigned b = static_cast<unsigned>(
                std::upper_bound(begins.begin(), begins.end(), i) - begins.begin()) - 1;
            for (; i != end; ++b) {
                const std::uint64_t stop = std::min(end, begins[b] + seen[b]);
                std::fill(first + i, first + stop, one[b]);
                i = stop;
            }
        });
    }

    // f(part, begin, end) for block_count(size) parts.
    template <class F>
    static void for_each_part(std::uint64_t size, const F& f) {
        const std::uint64_t blocks = block_count(size);
        for_each_index(blocks, [&](std::uint64_t b) {
            f(b, block_border(size, blocks, b), block_border(size, blocks, b + 1));
        });
    }

    static std::uint64_t block_count(std::uint64_t size) noexcept {
        return std::clamp<std::uint64_t>(size >> 15, 1, std::uint64_t{4} * workers_here());
    }

    // ---- which bucket a key belongs to ----

    struct by_digit {
        unsigned shift;
        unsigned operator()(bits key) const noexcept {
            return static_cast<unsigned>(key >> shift) & (buckets - 1);
        }
    };

    // For keys that crowd: more bits than a digit name a cell, and a table puts neighbouring cells together
    // so that each bucket gets about as many of a sample. A cell with enough for a bucket gets its own.
    class by_table {
        static constexpr unsigned most_cell_bits = 18;
        static constexpr std::uint64_t samples = std::uint64_t{1} << 12;

      public:
        by_table(const T* from, std::uint64_t size, unsigned width, const Key& key)
            : cell_bits_(std::min(width, most_cell_bits)),
              shift_(width - cell_bits_),
              bucket_(std::size_t{1} << cell_bits_) {
            std::vector<std::uint16_t> seen(bucket_.size());
            for (std::uint64_t i = 0; i != samples; ++i) ++seen[cell(key(from[size / samples * i]))];
            unsigned bucket = 0;
            std::uint64_t gathered = 0;
            for (std::size_t at = 0; at != seen.size(); ++at) {
                const bool full = gathered >= fair || (seen[at] >= fair && gathered != 0);
                if (full && bucket + 1 < buckets) {
                    ++bucket;
                    gathered = 0;
                }
                gathered += seen[at];
                bucket_[at] = static_cast<std::uint8_t>(bucket);
            }
        }
        unsigned operator()(bits key) const noexcept { return bucket_[cell(key)]; }

      private:
        static constexpr std::uint64_t fair = samples / buckets;
        std::size_t cell(bits key) const noexcept {
            return static_cast<std::size_t>(key >> shift_) & (bucket_.size() - 1);
        }

        unsigned cell_bits_;
        unsigned shift_;
        std::vector<std::uint8_t> bucket_;
    };

    // Of a look at a few keys one digit got many.
    bool crowds(const T* from, std::uint64_t size, by_digit bucket_of) const {
        constexpr std::uint64_t samples = 512;
        std::array<std::uint16_t, buckets> seen{};
        std::uint64_t most = 0;
        for (std::uint64_t i = 0; i != samples; ++i) {
            most = std::max<std::uint64_t>(most, ++seen[bucket_of(key_(from[size / samples * i]))]);
        }
        return most > 8 * samples / buckets;
    }

    // Into buckets by the highest of the bits below width, from the one array into the other, and then each
    // bucket by itself, so that everything ends in to, or in from.
    void split(T* from, T* to, std::uint64_t size, unsigned width, bool into_to,
               bool may_crowd = true) const {
        const by_digit plain{width > digit ? width - digit : 0};
        if (may_crowd && size >= worth_sharing && width > digit && crowds(from, size, plain)) {
            const by_table table(from, size, width, key_);
            sort_buckets(scatter(from, size, to, table), from, to, size, width, into_to, false);
        } else {
            sort_buckets(scatter(from, size, to, plain), from, to, size, plain.shift, into_to, true);
        }
    }

    // high: the bits from there on agree in each bucket. may_crowd: false after a split that need not have
    // brought that any further.
    void sort_buckets(const counts& begins, T* from, T* to, std::uint64_t size, unsigned high,
                      bool into_to, bool may_crowd) const {
        const auto sort_one = [&](std::uint64_t b) {
            const std::uint64_t begin = begins[b], end = b + 1 < buckets ? begins[b + 1] : size;
            if (begin == end) return;
            sort_bucket(to + begin, from + begin, end - begin, high, !into_to, may_crowd);
        };
        if (size < worth_sharing) {
            for (unsigned b = 0; b != buckets; ++b) sort_one(b);
        } else {
            for_each_index(buckets, sort_one);
        }
    }

    // Gives where each bucket begins.
    template <class Bucket>
    counts scatter(const T* from, std::uint64_t size, T* to, const Bucket& bucket_of) const {
        const std::uint64_t blocks = size < worth_sharing ? 1 : block_count(size);
        std::vector<counts> next(blocks);
        const auto block = [&](std::uint64_t b) {
            return std::span(from + block_border(size, blocks, b),
                             block_border(size, blocks, b + 1) - block_border(size, blocks, b));
        };
        const auto count_one = [&](std::uint64_t b) {
            next[b] = counted(block(b).data(), block(b).size(), bucket_of);
        };
        const auto place_one = [&](std::uint64_t b) {
            distribute<true>(block(b).data(), block(b).size(), to, next[b], bucket_of);
        };
        if (blocks == 1) {
            count_one(0);
        } else {
            for_each_index(blocks, count_one);
        }
        counts begins{};
        std::uint64_t place = 0;
        for (unsigned bucket = 0; bucket != buckets; ++bucket) {
            begins[bucket] = place;
            for (counts& of : next) place += std::exchange(of[bucket], place);
        }
        if (blocks == 1) {
            place_one(0);
        } else {
            for_each_index(blocks, place_one);
        }
        return begins;
    }

    template <class Bucket>
    [[gnu::__noinline__]] counts counted(const T* from, std::uint64_t size, const Bucket& bucket_of) const {
        const Key key = key_;
        // Two tables, for neighbours often have the same digit, and would wait for each other.
        std::array<counts, 2> seen{};
        std::uint64_t i = 0;
        for (; i + 1 < size; i += 2) {
            ++seen[0][bucket_of(key(from[i]))];
            ++seen[1][bucket_of(key(from[i + 1]))];
        }
        if (i < size) ++seen[0][bucket_of(key(from[i]))];
        for (unsigned b = 0; b != buckets; ++b) seen[0][b] += seen[1][b];
        return seen[0];
    }

    // next: where the next element of each digit goes. Far: to is in no cache, and each digit writes to
    // a line of its own; asking for the line after the next one in time made this three times faster.
    template <bool Far, class Bucket>
    [[gnu::__noinline__]] void distribute(const T* from, std::uint64_t size, T* to, const counts& next,
                                      const Bucket& bucket_of) const {
        const Key key = key_;
        T* place[buckets];
        for (unsigned b = 0; b != buckets; ++b) place[b] = to + next[b];
        for (std::uint64_t i = 0; i != size; ++i) {
            const T element = from[i];
            T*& out = place[bucket_of(key(element))];
            if constexpr (Far) __builtin_prefetch(reinterpret_cast<const char*>(out) + 2 * line, 1);
            *out++ = element;
        }
    }

    // One pass of a bucket by one digit.
    void pass(const T* from, std::uint64_t size, T* to, by_digit bucket_of) const {
        counts next = counted(from, size, bucket_of);
        std::uint64_t place = 0;
        for (std::uint64_t& n : next) place += std::exchange(n, place);
        distribute<false>(from, size, to, next, bucket_of);
    }

    // Elements that agree in all bits from high on; they end in to, or in from.
    void sort_bucket(T* from, T* to, std::uint64_t size, unsigned high, bool into_to,
                     bool may_crowd) const {
        const auto less = [key = key_](const T& a, const T& b) { return key(a) < key(b); };
        T* const target = into_to ? to : from;
        if (size <= 32) {
            if (into_to) std::copy_n(from, size, to);
            insertion_sort(target, target + size, less);
            return;
        }
        const unsigned width =
            std::min(high, static_cast<unsigned>(std::bit_width(differing_bits(from, size))));
        if (size * sizeof(T) > cache && width > 2 * digit) {
            return split(from, to, size, width, into_to, may_crowd);
        }
        fetch_ahead(to, size);
        const unsigned telling = static_cast<unsigned>(std::bit_width(size)) + 4;
        const unsigned low = width > telling ? (width - telling) / digit * digit : 0;
        by_digits(from, to, size, low, width, target);
        if (low == 0 || insertion_sort_within(target, target + size, less, size)) return;
        by_digits(target, into_to ? from : to, size, 0, width, target);
    }

    // Brings an array into a cache that is about to be written all over.
    static void fetch_ahead(const T* first, std::uint64_t size) noexcept {
        const char* const end = reinterpret_cast<const char*>(first + size);
        for (const char* at = reinterpret_cast<const char*>(first); at < end; at += line)
            __builtin_prefetch(at, 1);
    }

    // By the bits from low up to high, from the lowest digit up.
    void by_digits(T* from, T* to, std::uint64_t size, unsigned low, unsigned high, T* target) const {
        for (unsigned shift = low; shift < high; shift += digit) {
            pass(from, size, to, by_digit{shift});
            std::swap(from, to);
        }
        if (from != target) std::copy_n(from, size, target);
    }

    T* first_;
    std::uint64_t size_;
    Key key_;
};

// An element beside its key.
template <class T, class Bits>
struct with_key {
    Bits key;
    T element;
};
struct key_beside {
    static constexpr bool is_the_element = false;
    template <class T, class Bits>
    Bits operator()(const with_key<T, Bits>& x) const noexcept {
        return x.key;
    }
};

// Asks for each key once. The sorter reads keys several times, and would write out of bounds if one changed.
template <class T, class Key>
bool radix_sort_by_copied_keys(T* first, std::uint64_t size, const Key& key) {
    using keyed = with_key<T, std::remove_cvref_t<std::invoke_result_t<const Key&, const T&>>>;
    const raw_room<keyed> room(size);
    for_each_index(size, [=, to = room.data()](std::uint64_t i) {
        std::construct_at(to + i, keyed{key(first[i]), first[i]});
    });
    if (!radix_sorter<keyed, key_beside>(room.data(), size, key_beside{}).run()) return false;
    for_each_index(size, [=, from = room.data()](std::uint64_t i) { first[i] = from[i].element; });
    return true;
}

// Returns false, with the input unchanged, if there is no memory for it or another sort suits it better.
// KeyIsStable: the key of an element is certainly the same each time.
template <bool KeyIsStable, class T, class Key>
bool radix_sort(T* first, std::uint64_t size, const Key& key) {
    try {
        if constexpr (KeyIsStable) {
            return radix_sorter<T, Key>(first, size, key).run();
        } else {
            return radix_sort_by_copied_keys(first, size, key);
        }
    } catch (const std::bad_alloc&) {
        return false;
    }
}

}  // namespace veda::detail

#endif
