// by_prefix.hpp: sorts texts by the first eight bytes in which they differ.
//
// Comparing two texts means to fetch both from wherever they live. So what is sorted are pairs of a
// text's number and its eight bytes behind the prefix that all texts share, as one integer in their
// order; only where those are equal the texts themselves are asked. At the end each goes to its place.
#ifndef VEDA_SORT_BY_PREFIX_HPP
#define VEDA_SORT_BY_PREFIX_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/raw_room.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/par.hpp>
#include <veda/sort/by_pointers.hpp>
#include <veda/sort/order.hpp>
#include <veda/sort/quick.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string_view>
#include <string>
#include <type_traits>

namespace veda::detail {

// std::string and std::string_view by their own order; a class derived from them may have another one.
template <class T>
inline constexpr bool is_text = std::same_as<T, std::string_view>;
template <class Allocator>
inline constexpr bool is_text<std::basic_string<char, std::char_traits<char>, Allocator>> = true;
template <class T, class Cmp, class Proj>
inline constexpr bool sorted_by_prefix = is_text<T> && std::same_as<Proj, std::identity> &&
                                         (is_less<Cmp, T> || is_greater<Cmp, T>);

inline constexpr std::uint64_t least_for_prefix = 1024;

struct prefixed {
    std::uint64_t bytes;  // most significant first, 0 behind the end
    std::uint64_t index;
};

inline std::uint64_t bytes_behind(std::string_view text, std::size_t skipped) noexcept {
    std::uint64_t bytes = 0;
    const std::size_t end = std::min(text.size(), skipped + 8);
    for (std::size_t i = skipped; i < end; ++i)
        bytes |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * (7 - (i - skipped)));
    return bytes;
}

// Upwards or downwards; of equal texts the one that comes first stays first.
template <class It, bool Downwards>
class prefix_order {
  public:
    static constexpr bool is_cheap = true;

    prefix_order(It first, std::size_t skipped) : first_(first), skipped_(skipped) {}

    [[gnu::__always_inline__]] bool operator()(const prefixed& a, const prefixed& b) const {
        if (a.bytes != b.bytes) return Downwards ? b.bytes < a.bytes : a.bytes < b.bytes;
        return behind(a, b);
    }

  private:
    [[gnu::__noinline__]] bool behind(const prefixed& a, const prefixed& b) const {
        const std::string_view left = at(first_, a.index), right = at(first_, b.index);
        const int order = left.substr(skipped_).compare(right.substr(skipped_));
        if (order != 0) return Downwards ? order > 0 : order < 0;
        return a.index < b.index;
    }

    It first_;
    std::size_t skipped_;
};

// How many bytes at the beginning all texts share.
template <class It>
std::size_t shared_prefix(It first, std::uint64_t size) {
    const std::string_view one = *first;
    return par(std::uint64_t{1}, size)
        .map([first, one](std::uint64_t i) {
            const std::string_view text = at(first, i);
            const std::size_t most = std::min(one.size(), text.size());
            return static_cast<std::size_t>(
                std::mismatch(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(most), text.begin())
                    .first -
                one.begin());
        })
        .reduce(one.size(), [](std::size_t a, std::size_t b) { return std::min(a, b); });
}

// On a worker. Stable.
template <bool Downwards, class It>
void sort_by_prefix(It first, std::uint64_t size) {
    const std::size_t skipped = shared_prefix(first, size);
    const raw_room<prefixed> entries(size);
    for_each_index(size, [first, skipped, to = entries.data()](std::uint64_t i) {
        to[i] = {bytes_behind(at(first, i), skipped), i};
    });
    quick_sort(entries.data(), entries.data() + size, prefix_order<It, Downwards>(first, skipped));
    const raw_room<std::uint64_t> order(size);
    for_each_index(size, [from = entries.data(), to = order.data()](std::uint64_t i) {
        to[i] = from[i].index;
    });
    rearrange(first, size, order.data());
}

}  // namespace veda::detail

#endif
