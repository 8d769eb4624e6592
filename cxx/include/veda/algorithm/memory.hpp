// memory.hpp: elements made in raw memory, and destroyed: uninitialized_copy and its family, destroy.
//
// If making one throws, all that were made are destroyed before the exception travels on.
#ifndef VEDA_ALGORITHM_MEMORY_HPP
#define VEDA_ALGORITHM_MEMORY_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/language.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <new>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

template <parallel_output It>
void destroy(It first, It last) {
    if constexpr (!std::is_trivially_destructible_v<std::iter_value_t<It>>) {
        detail::indices(detail::length(first, last)).for_each([first](std::uint64_t i) {
            std::destroy_at(std::addressof(detail::at(first, i)));
        });
    }
}
template <parallel_range R>
void destroy(R&& range) {
    veda::destroy(std::ranges::begin(range), detail::end_of(range));
}
template <parallel_output It, std::integral N>
It destroy_n(It first, N n) {
    const It last = detail::nth(first, detail::count_from(n));
    veda::destroy(first, last);
    return last;
}

namespace detail {

// The elements of a block that were made so far; destroyed if it is left before all are.
template <class It>
class made_so_far {
  public:
    explicit made_so_far(It first) : first_(first), last_(first) {}
    made_so_far(const made_so_far&) = delete;
    ~made_so_far() { std::destroy(first_, last_); }
    It next() const { return last_; }
    void one_more() { ++last_; }
    void keep() { first_ = last_; }

  private:
    It first_;
    It last_;
};

// make(where, i) makes the i-th of n elements. Blocks that are whole when another one fails are destroyed
// behind it.
template <class It, class Make>
It make_all(It first, std::uint64_t n, const Make& make) {
    const std::uint64_t length = block_length(n);
    std::vector<unsigned char> whole(groups_of(length, n));
    const auto make_block = [&](std::uint64_t block, std::uint64_t begin, std::uint64_t end) {
        made_so_far<It> made(nth(first, begin));
        for (std::uint64_t i = begin; i != end; ++i, made.one_more()) {
            make(static_cast<void*>(std::addressof(*made.next())), i);
        }
        made.keep();
        whole[block] = 1;
    };
    try {
        for_each_block(n, length, make_block);
    } catch (...) {
        for (std::uint64_t block = 0; block != whole.size(); ++block) {
            if (whole[block] == 0) continue;
            std::destroy(nth(first, block * length), nth(first, std::min(n, (block + 1) * length)));
        }
        throw;
    }
    return nth(first, n);
}

}  // namespace detail

template <parallel_iterator It, parallel_output O>
O uninitialized_copy(It first, It last, O out) {
    using element = std::iter_value_t<O>;
    return detail::make_all(out, detail::length(first, last), [first](void* where, std::uint64_t i) {
        ::new (where) element(detail::at(first, i));
    });
}
template <parallel_iterator It, std::integral N, parallel_output O>
O uninitialized_copy_n(It first, N n, O out) {
    return veda::uninitialized_copy(first, detail::nth(first, detail::count_from(n)), out);
}
template <parallel_iterator It, parallel_output O>
O uninitialized_move(It first, It last, O out) {
    using element = std::iter_value_t<O>;
    return detail::make_all(out, detail::length(first, last), [first](void* where, std::uint64_t i) {
        ::new (where) element(std::ranges::iter_move(detail::nth(first, i)));
    });
}
template <parallel_iterator It, std::integral N, parallel_output O>
std::pair<It, O> uninitialized_move_n(It first, N n, O out) {
    const It last = detail::nth(first, detail::count_from(n));
    return {last, veda::uninitialized_move(first, last, out)};
}
template <parallel_output O, class T>
void uninitialized_fill(O first, O last, const T& value) {
    using element = std::iter_value_t<O>;
    detail::make_all(first, detail::length(first, last),
                     [&value](void* where, std::uint64_t) { ::new (where) element(value); });
}
template <parallel_output O, std::integral N, class T>
O uninitialized_fill_n(O first, N n, const T& value) {
    const O last = detail::nth(first, detail::count_from(n));
    veda::uninitialized_fill(first, last, value);
    return last;
}
template <parallel_output O>
void uninitialized_default_construct(O first, O last) {
    using element = std::iter_value_t<O>;
    if constexpr (!std::is_trivially_default_constructible_v<element>) {
        detail::make_all(first, detail::length(first, last),
                         [](void* where, std::uint64_t) { ::new (where) element; });
    }
}
template <parallel_output O, std::integral N>
O uninitialized_default_construct_n(O first, N n) {
    const O last = detail::nth(first, detail::count_from(n));
    veda::uninitialized_default_construct(first, last);
    return last;
}
template <parallel_output O>
void uninitialized_value_construct(O first, O last) {
    using element = std::iter_value_t<O>;
    detail::make_all(first, detail::length(first, last),
                     [](void* where, std::uint64_t) { ::new (where) element(); });
}
template <parallel_output O, std::integral N>
O uninitialized_value_construct_n(O first, N n) {
    const O last = detail::nth(first, detail::count_from(n));
    veda::uninitialized_value_construct(first, last);
    return last;
}

// From and into ranges: as many as the shorter one has. They give the end of what was made.
template <parallel_range R, parallel_range Out>
std::ranges::borrowed_iterator_t<Out> uninitialized_copy(R&& range, Out&& out) {
    const std::uint64_t n = std::min<std::uint64_t>(std::ranges::size(range), std::ranges::size(out));
    return veda::uninitialized_copy_n(std::ranges::begin(range), n, std::ranges::begin(out));
}
template <parallel_range R, parallel_range Out>
std::ranges::borrowed_iterator_t<Out> uninitialized_move(R&& range, Out&& out) {
    const std::uint64_t n = std::min<std::uint64_t>(std::ranges::size(range), std::ranges::size(out));
    return veda::uninitialized_move_n(std::ranges::begin(range), n, std::ranges::begin(out)).second;
}
template <parallel_range Out, class T>
void uninitialized_fill(Out&& out, const T& value) {
    veda::uninitialized_fill(std::ranges::begin(out), detail::end_of(out), value);
}
template <parallel_range Out>
void uninitialized_default_construct(Out&& out) {
    veda::uninitialized_default_construct(std::ranges::begin(out), detail::end_of(out));
}
template <parallel_range Out>
void uninitialized_value_construct(Out&& out) {
    veda::uninitialized_value_construct(std::ranges::begin(out), detail::end_of(out));
}

}  // namespace veda

#endif
