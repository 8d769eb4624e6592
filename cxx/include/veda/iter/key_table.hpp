// key_table.hpp: a hash table that numbers keys. It holds numbers only: the keys lie with its user, who
// compares them.
//
// Open addressing, at most half full. A place holds a key's number and some bits of its hash, so that two
// keys are compared only if they are almost certainly equal.
#ifndef VEDA_ITER_KEY_TABLE_HPP
#define VEDA_ITER_KEY_TABLE_HPP

#include <veda/detail/language.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

// Spreads a hash over all bits: the standard library's hash of an integer is the integer.
constexpr std::uint64_t scattered(std::uint64_t x) noexcept {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
    x *= odd;
    x ^= x >> 32;
    x *= odd;
    return x ^ (x >> 29);
}

template <class K>
concept has_std_hash = requires(const K& key) {
    std::hash<K>{}(key);
};
template <class K>
concept has_fixed_parts = requires {
    std::tuple_size<K>::value;
};

template <class K>
consteval bool has_hash() {
    if constexpr (has_std_hash<K>) {
        return true;
    } else if constexpr (has_fixed_parts<K>) {
        return []<std::size_t... Nth>(std::index_sequence<Nth...>) {
            return (has_hash<std::remove_cvref_t<std::tuple_element_t<Nth, K>>>() && ...);
        }(std::make_index_sequence<std::tuple_size<K>::value>{});
    } else {
        return false;
    }
}
// The hash of anything that std::hash knows, and of pairs, tuples and arrays of such.
template <class K>
std::uint64_t hash_of(const K& key) {
    if constexpr (has_std_hash<K>) {
        return scattered(static_cast<std::uint64_t>(std::hash<K>{}(key)));
    } else if constexpr (has_hash<K>()) {
        std::uint64_t all = 0;
        std::apply([&all](const auto&... parts) { ((all = scattered(all + hash_of(parts))), ...); }, key);
        return all;
    } else {
        return 0;  // refused elsewhere
    }
}

class key_table {
  public:
    // The number of the key that has this hash and for which is_same(number) holds. If there is none,
    // add() stores the key and gives its number; whatever add throws, the table stays as it was.
    // hash_of_key(number): the hash of a key that is in the table.
    template <class IsSame, class HashOfKey, class Add>
    std::uint64_t find_or_add(std::uint64_t hash, const IsSame& is_same, const HashOfKey& hash_of_key,
                              const Add& add) {
        if (2 * count_ >= places_.size()) grow(hash_of_key);
        const std::uint64_t tag = hash & tag_bits;
        const std::uint64_t mask = places_.size() - 1;
        std::uint64_t at = hash & mask;
        for (; places_[at] != empty; at = (at + 1) & mask) {
            const std::uint64_t number = (places_[at] & ~tag_bits) - 1;
            if ((places_[at] & tag_bits) == tag && is_same(number)) return number;
        }
        const std::uint64_t number = add();
        places_[at] = tag | (number + 1);
        ++count_;
        return number;
    }

  private:
    static constexpr std::uint64_t empty = 0;  // others hold a number plus one, and the hash's upper bits
    static constexpr std::uint64_t tag_bits = ~std::uint64_t{0} << 40;
    static constexpr std::size_t fewest_places = 16;

    template <class HashOfKey>
    [[gnu::__noinline__]] void grow(const HashOfKey& hash_of_key) {
        const std::size_t factor = places_.size() < (std::size_t{1} << 16) ? 4 : 2;
        std::vector<std::uint64_t> larger(std::max(factor * places_.size(), fewest_places));
        const std::uint64_t mask = larger.size() - 1;
        for (const std::uint64_t place : places_) {
            if (place == empty) continue;
            std::uint64_t at = hash_of_key((place & ~tag_bits) - 1) & mask;
            while (larger[at] != empty) at = (at + 1) & mask;
            larger[at] = place;
        }
        places_.swap(larger);
    }

    std::vector<std::uint64_t> places_;
    std::uint64_t count_ = 0;
};

}  // namespace veda::detail

#endif
