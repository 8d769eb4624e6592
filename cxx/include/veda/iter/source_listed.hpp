// source_listed.hpp: containers without random access: lists, sets, maps, hash tables.
//
// Their places are listed first, by one thread, for nobody can find the middle of a list faster than by
// walking. A borrowed one yields references. An owned one gives its elements away: sets and maps by
// their nodes, so that keys can be moved, too.
#ifndef VEDA_ITER_SOURCE_LISTED_HPP
#define VEDA_ITER_SOURCE_LISTED_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <cstdint>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

// A range that can be walked again and again, without random access.
template <class R>
concept listable_range = std::ranges::forward_range<R> && !parallel_range<R>;

namespace detail {

template <std::forward_iterator It>
class listed {
  public:
    using item = std::iter_reference_t<It>;
    static constexpr bool indexed = true;

    template <class R>
    explicit listed(R& range) {
        if constexpr (std::ranges::sized_range<R>) places_.reserve(std::ranges::size(range));
        const auto end = std::ranges::end(range);
        for (auto place = std::ranges::begin(range); place != end; ++place) places_.push_back(place);
    }

    std::uint64_t size() const noexcept { return places_.size(); }
    auto reader() const {
        return [places = places_.data()](std::uint64_t i) -> item { return *places[i]; };
    }

  private:
    std::vector<It> places_;
};

// Elements moved into a vector one by one, which then gives them away.
template <class T>
class taken_out {
  public:
    using item = T;
    static constexpr bool indexed = true;

    explicit taken_out(std::vector<T>&& items) : items_(std::move(items)) {}

    std::uint64_t size() const noexcept { return items_.size(); }
    auto reader() {
        return [items = items_.data()](std::uint64_t i) -> T { return std::move(items[i]); };
    }

  private:
    std::vector<T> items_;
};

// All elements moved out of a container.
template <class R>
auto take_all_out(R&& container) {
    using C = std::remove_cvref_t<R>;
    if constexpr (requires { container.extract(container.begin()).mapped(); }) {
        using element = std::pair<typename C::key_type, typename C::mapped_type>;
        std::vector<element> items;
        items.reserve(container.size());
        while (!container.empty()) {
            auto node = container.extract(container.begin());
            items.emplace_back(std::move(node.key()), std::move(node.mapped()));
        }
        return items;
    } else if constexpr (requires { container.extract(container.begin()).value(); }) {
        std::vector<typename C::value_type> items;
        items.reserve(container.size());
        while (!container.empty())
            items.push_back(std::move(container.extract(container.begin()).value()));
        return items;
    } else {
        std::vector<std::ranges::range_value_t<C>> items;
        for (auto place = std::ranges::begin(container); place != std::ranges::end(container); ++place)
            items.push_back(std::ranges::iter_move(place));
        return items;
    }
}

}  // namespace detail
}  // namespace veda

#endif
