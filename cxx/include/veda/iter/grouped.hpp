// grouped.hpp: items put into groups by a key, each group in the order of the items.
#ifndef VEDA_ITER_GROUPED_HPP
#define VEDA_ITER_GROUPED_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/iter/for_each_index.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace veda {

// Elements of a vector that several workers fill, each its own place; a bool has none.
template <class T>
concept has_its_place = !std::same_as<T, bool>;

// All items, those with key 0 first, and so on. Group k is (*this)[k].
template <class T>
struct grouped {
    std::vector<T> items;
    std::vector<std::uint64_t> begins{0};  // one more than there are groups

    std::uint64_t size() const noexcept { return begins.size() - 1; }
    std::span<T> operator[](std::uint64_t key) noexcept {
        return {items.data() + begins[key], static_cast<std::size_t>(begins[key + 1] - begins[key])};
    }
    std::span<const T> operator[](std::uint64_t key) const noexcept {
        return {items.data() + begins[key], static_cast<std::size_t>(begins[key + 1] - begins[key])};
    }
};

// The groups of keys of any kind, in the order of their first items: (*this)[g] are the items with keys[g].
template <class K, class T>
struct grouped_by : grouped<T> {
    std::vector<K> keys;
};

namespace detail {

// A key as an index. Throws VEDA_E_RANGE for one that is negative or too large.
template <class K>
std::uint64_t checked_key(const char* method, K key, std::uint64_t count) {
    bool inside = static_cast<std::uint64_t>(key) < count;
    if constexpr (std::is_signed_v<K>) inside = inside && key >= 0;
    if (!inside) [[unlikely]] {
        throw error(VEDA_E_RANGE, std::string("VEDA_E_RANGE: ") + method + ": key is " +
                                      std::to_string(key) + ", must be below " + std::to_string(count));
    }
    return static_cast<std::uint64_t>(key);
}

// For each place in the grouped order, which of the keys goes there; a counting sort of the keys by
// blocks: how often each key is in each block tells where the block's first one with that key goes.
class counting_order {
  public:
    counting_order(const std::vector<std::uint64_t>& keys, std::uint64_t count)
        : keys_(keys),
          count_(count),
          block_(std::max<std::uint64_t>(std::uint64_t{1} << 14, 4 * count)),
          blocks_((keys.size() + block_ - 1) / block_) {}

    // begins: where each key's group begins, and the end. On a worker.
    std::vector<std::uint64_t> run(std::vector<std::uint64_t>& begins) {
        std::vector<std::uint64_t> next(blocks_ * count_);  // [block][key]
        for_each_index(blocks_, [&](std::uint64_t b) {
            std::uint64_t* const mine = next.data() + b * count_;
            each_of(b, [&](std::uint64_t i) { ++mine[keys_[i]]; });
        });
        begins.assign(count_ + 1, 0);
        std::uint64_t place = 0;
        for (std::uint64_t key = 0; key != count_; ++key) {
            begins[key] = place;
            for (std::uint64_t b = 0; b != blocks_; ++b)
                place += std::exchange(next[b * count_ + key], place);
        }
        begins[count_] = place;
        std::vector<std::uint64_t> order(keys_.size());
        for_each_index(blocks_, [&](std::uint64_t b) {
            std::uint64_t* const mine = next.data() + b * count_;
            each_of(b, [&](std::uint64_t i) { order[mine[keys_[i]]++] = i; });
        });
        return order;
    }

  private:
    template <class F>
    void each_of(std::uint64_t block, F f) const {
        const std::uint64_t end = std::min<std::uint64_t>((block + 1) * block_, keys_.size());
        for (std::uint64_t i = block * block_; i != end; ++i) f(i);
    }

    const std::vector<std::uint64_t>& keys_;
    std::uint64_t count_;
    std::uint64_t block_;
    std::uint64_t blocks_;
};

}  // namespace detail
}  // namespace veda

#endif
