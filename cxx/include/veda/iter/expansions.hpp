// expansions.hpp: the adaptors that yield any number of items for each one: flat_map, filter_map, ...; and
// update, which changes an item on its way.
#ifndef VEDA_ITER_EXPANSIONS_HPP
#define VEDA_ITER_EXPANSIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/filter_map.hpp>
#include <veda/iter/flat_map.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/map.hpp>
#include <veda/iter/refusals.hpp>

#include <functional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace veda {

template <class F, class Item>
concept maps_to_chain =
    const_callable<F, Item> && parallel_source<std::invoke_result_t<const F&, Item>>;

template <class F, class Item>
concept maps_to_range =
    const_callable<F, Item> && std::ranges::input_range<std::invoke_result_t<const F&, Item>>;

namespace detail {

// flatten as flat_map: each item is already what is to be walked.
struct passing_on {
    template <class T>
    T operator()(T&& item) const {
        return std::forward<T>(item);
    }
};

// update as a map.
template <class F>
struct updating {
    F f;

    template <class T>
    T operator()(T&& item) const {
        std::invoke(f, item);
        return std::forward<T>(item);
    }
};

template <class S>
class expansions {
    using item = typename S::item;

  public:
    // Yields what is in f(item), a std::optional or a pointer, where there is something.
    template <maybe_maps<item> F>
    auto filter_map(F f) && {
        return extend<filter_mapped<S, F>>(*this, std::move(f));
    }

    // For items that are optionals: yields what is in them, and ends everywhere soon after an empty one.
    auto while_some() &&
        requires optional_like<item>
    {
        return extend<until_none<S>>(*this);
    }

    // Yields all items of the chains (or ranges that par takes) that f gives, in order; inner chains run
    // in parallel, too. flat_map_seq walks inner ranges of any kind serially: cheaper where they are short.
    template <maps_to_chain<item> F>
    auto flat_map(F f) && {
        return extend<flat_mapped<S, F>>(*this, std::move(f));
    }
    template <maps_to_range<item> F>
    auto flat_map_seq(F f) && {
        return extend<flat_mapped_seq<S, F>>(*this, std::move(f));
    }

    // The same where the items are the chains or ranges themselves.
    auto flatten() &&
        requires parallel_source<item>
    {
        return extend<flat_mapped<S, passing_on>>(*this, passing_on{});
    }
    // Of optionals (and expecteds): yields what is in them.
    auto flatten() &&
        requires(!parallel_source<item>) && holds_one<item>
    {
        return std::move(*this).filter_map(passing_on{});
    }
    auto flatten_seq() &&
        requires std::ranges::input_range<item>
    {
        return extend<flat_mapped_seq<S, passing_on>>(*this, passing_on{});
    }

    // Calls f(item&) on the way and yields the changed item.
    template <const_callable<std::remove_reference_t<item>&> F>
    auto update(F f) && {
        must_not_write_bits<item>();
        return std::move(chain_of(*this)).map(updating<F>{std::move(f)});
    }

};

}  // namespace detail
}  // namespace veda

#endif
