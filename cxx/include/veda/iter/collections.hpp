// collections.hpp: the methods of a chain that put its items into containers.
#ifndef VEDA_ITER_COLLECTIONS_HPP
#define VEDA_ITER_COLLECTIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/error.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/collector.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/routed.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace veda {

// f(item) gives a std::variant of two.
template <class F, class Item>
concept chooses = const_callable<F, Item> &&
    std::variant_size<std::remove_cvref_t<std::invoke_result_t<const F&, Item>>>::value == 2;

namespace detail {

template <std::size_t Nth, class F, class Item>
using choice_in = std::variant_alternative_t<Nth, std::remove_cvref_t<std::invoke_result_t<const F&, Item>>>;

// What several containers are kept in.
template <class... C>
struct in_tuple {
    using type = std::tuple<C...>;
};
template <class A, class B>
struct in_tuple<A, B> {
    using type = std::pair<A, B>;
};
template <class... C>
using several = typename in_tuple<C...>::type;

template <template <class...> class C, class T>
concept takes_one_type = requires { typename C<T>; };

// Part number Nth of an item that has two, as a value; void of any other item.
template <std::size_t Nth, class Item>
struct half {
    using type = void;
};
template <std::size_t Nth, class Item>
    requires has_parts<Item, 2>
struct half<Nth, Item> {
    using type = std::remove_cvref_t<part_of_item<Nth, Item>>;
};

template <class S>
class collections {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

    template <std::size_t Nth>
    using half_value = typename half<Nth, item>::type;

  public:
    // All items in order, in a container. A string takes texts and code points, too; a map keeps the last of
    // equal keys. An item must be the container's element, or become it without losing anything.
    //
    // An optional or expected of a container, for items that are such: what is in them, or empty (or an
    // error) as soon as one is; of several errors it is some one. A pair or tuple of containers, for items
    // that are pairs or tuples. These nest as you like. expected<void, E> keeps nothing but an error.
    template <class C>
        requires collects<C, item>
    C collect() {
        return run([](S& stage, piece_limits limits) {
            if constexpr (collectable<C, item>) {
                return detail::collect<C>(stage, limits);
            } else {
                collector<C, item, any_hit> how;
                return how.finish(feed(stage, how.consumer(), limits));
            }
        });
    }
    // collect<std::vector>(), collect<std::map>(): of the items' own type, or that of their halves.
    template <template <class...> class C>
        requires collectable<C<value_type>, item>
    C<value_type> collect() {
        return collect<C<value_type>>();
    }
    template <template <class...> class C>
        requires(!takes_one_type<C, value_type>) && has_parts<item, 2> &&
                collectable<C<half_value<0>, half_value<1>>, item>
    C<half_value<0>, half_value<1>> collect() {
        return collect<C<half_value<0>, half_value<1>>>();
    }
    // Of several errors that of the leftmost item.
    template <class R>
        requires collects<R, item>
    R collect_first_error() {
        return run([](S& stage, piece_limits limits) {
            collector<R, item, leftmost_hit> how;
            return how.finish(feed(stage, how.consumer(), limits));
        });
    }

    // Items that are pairs, or tuples, into containers of each part.
    template <class A, class B, class... More>
        requires collects<several<A, B, More...>, item>
    several<A, B, More...> unzip() {
        return collect<several<A, B, More...>>();
    }
    auto unzip()
        requires has_parts<item, 2>
    {
        return unzip<std::vector<half_value<0>>, std::vector<half_value<1>>>();
    }

    // Two containers: the items for which goes_first holds, and the others.
    template <class A = std::vector<value_type>, class B = A,
              const_predicate<const std::remove_reference_t<item>&> P>
        requires collects<A, item> && collects<B, item>
    std::pair<A, B> partition(const P& goes_first) {
        return routed<A, B, item, item>(by_predicate<P>{callable<P>(goes_first)});
    }

    // f gives a std::variant of two: what is the first goes into one container, the second into the other.
    template <chooses<item> F>
    auto partition_map(const F& f) {
        return partition_map<std::vector<choice<0, F>>, std::vector<choice<1, F>>>(f);
    }
    template <class A, class B, chooses<item> F>
        requires collects<A, choice_in<0, F, item>> && collects<B, choice_in<1, F, item>>
    std::pair<A, B> partition_map(const F& f) {
        return routed<A, B, choice<0, F>, choice<1, F>>(by_variant<F>{callable<F>(f)});
    }

    // Replaces what is in a vector; its memory is used again. If something throws, it is empty.
    template <class T>
        requires collectable<std::vector<T>, item>
    void collect_into(std::vector<T>& into) {
        into.clear();
        run([&into](S& stage, piece_limits limits) {
            if constexpr (indexed_stage<S> && fills_in_place<std::vector<T>>) {
                fill_in_place(into, stage, limits);
            } else {
                append(into, feed(stage, gather_consumer<T>{}, limits));
            }
        });
    }
    // Assigns item i to into[i]. Throws VEDA_E_RANGE if the sizes differ.
    template <class T>
        requires indexed_stage<S> && std::assignable_from<T&, item>
    void collect_into(std::span<T> into) {
        const std::uint64_t size = chain_of(*this).base().size();
        if (size != into.size()) {
            throw error(VEDA_E_RANGE, "VEDA_E_RANGE: collect_into: the span has room for " +
                                          std::to_string(into.size()) + " items, the chain has " +
                                          std::to_string(size));
        }
        chain_of(*this).drive(assign_consumer<T>{into.data()});
    }

    // The items in the vectors in which the workers gathered them, in order: no copying, and as many
    // as parts were done in one go.
    std::vector<std::vector<value_type>> collect_chunks()
        requires kept_as_value<item>
    {
        return chain_of(*this).drive(gather_consumer<value_type>{});
    }

    // Adds all items to a container, or texts to a string.
    template <class C>
        requires collectable<C, item> || text_collectable<C, item>
    void extend_into(C& container) {
        if constexpr (collectable<C, item>) {
            append(container, chain_of(*this).drive(gather_consumer<element_of<C>>{}));
        } else {
            container.append(collect<C>());
        }
    }

  private:
    template <class F>
    auto run(F&& f) {
        auto& chain = chain_of(*this);
        return in_pool([&] { return f(chain.base(), chain.limits()); });
    }

    template <std::size_t Nth, class F>
    using choice = choice_in<Nth, F, item>;

    template <class A, class B, class ItemOfA, class ItemOfB, class Route>
    std::pair<A, B> routed(Route route) {
        return run([&](S& stage, piece_limits limits) {
            collector<A, ItemOfA, any_hit> a;
            collector<B, ItemOfB, any_hit> b;
            using both = routed_consumer<decltype(a.consumer()), decltype(b.consumer()), Route>;
            auto all = feed(stage, both{a.consumer(), b.consumer(), route}, limits);
            return std::pair<A, B>(a.finish(std::move(all.first)), b.finish(std::move(all.second)));
        });
    }
};

}  // namespace detail

// Adds all items of a chain to a container.
template <class C, stage S>
void extend(C& container, par_iter<S>&& chain) {
    chain.extend_into(container);
}

}  // namespace veda

#endif
