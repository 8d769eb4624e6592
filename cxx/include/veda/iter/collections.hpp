// collections.hpp: the methods of a chain that put its items into containers.
#ifndef VEDA_ITER_COLLECTIONS_HPP
#define VEDA_ITER_COLLECTIONS_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/error.hpp>
#include <veda/expected.hpp>
#include <veda/iter/checked.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/filter_map.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/routed.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace veda {

// std::optional<C> or expected<C, E> of a container that takes what is in the items.
template <class R, class Item>
concept collectable_if_all = optional_like<Item> && requires {
    typename R::value_type;
    requires std::same_as<R, std::optional<typename R::value_type>> ||
        requires { typename R::error_type; };
    requires collectable<typename R::value_type, detail::content_of<Item>>;
};

// std::pair of two containers that take the halves of the items.
template <class R, class Item>
concept collectable_by_halves = requires(Item&& item) {
    item.first;
    item.second;
    requires std::same_as<R, std::pair<typename R::first_type, typename R::second_type>>;
    requires collectable<typename R::first_type, decltype((std::forward<Item>(item).first))>;
    requires collectable<typename R::second_type, decltype((std::forward<Item>(item).second))>;
};

// f(item) gives a std::variant of two.
template <class F, class Item>
concept chooses = const_callable<F, Item> &&
    std::variant_size<std::remove_cvref_t<std::invoke_result_t<const F&, Item>>>::value == 2;

namespace detail {

template <class C>
using element_of = typename movable_element<typename C::value_type>::type;

template <class S>
class collections {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
    // All items in order, in a container.
    template <class C>
        requires collectable<C, item>
    C collect() {
        return run([](S& stage, piece_limits limits) { return detail::collect<C>(stage, limits); });
    }
    // collect<std::vector>(): the element type is the items' own.
    template <template <class...> class C>
        requires collectable<C<value_type>, item>
    C<value_type> collect() {
        return collect<C<value_type>>();
    }
    // collect<std::string>() of texts puts them together.
    template <class C>
        requires text_collectable<C, item>
    C collect() {
        return run([](S& stage, piece_limits limits) { return collect_text<C>(stage, limits); });
    }

    // Items that are optionals (or expecteds) into an optional (or expected) container: what is in them, or
    // empty (or an error) as soon as one is. Of several errors it is some one.
    template <class R>
        requires collectable_if_all<R, item>
    R collect() {
        return collect_checked<R, any_hit>();
    }
    // The same, but of several errors that of the leftmost item.
    template <class R>
        requires collectable_if_all<R, item>
    R collect_first_error() {
        return collect_checked<R, leftmost_hit>();
    }

    // Items that are pairs into a pair of containers.
    template <class R>
        requires collectable_by_halves<R, item>
    R collect() {
        return unzip<typename R::first_type, typename R::second_type>();
    }
    template <class A, class B>
        requires collectable_by_halves<std::pair<A, B>, item>
    std::pair<A, B> unzip() {
        return routed<A, B>(by_halves{});
    }
    auto unzip()
        requires requires(value_type x) { x.first, x.second; }
    {
        return unzip<std::vector<std::remove_cvref_t<decltype(value_type::first)>>,
                     std::vector<std::remove_cvref_t<decltype(value_type::second)>>>();
    }

    // Two containers: the items for which goes_first holds, and the others.
    template <class C = std::vector<value_type>,
              const_predicate<const std::remove_reference_t<item>&> P>
        requires collectable<C, item>
    std::pair<C, C> partition(const P& goes_first) {
        return routed<C, C>(by_predicate<P>{callable<P>(goes_first)});
    }

    // f gives a std::variant<A, B>: all As into one container, all Bs into the other.
    template <chooses<item> F>
    auto partition_map(const F& f) {
        using either = std::remove_cvref_t<std::invoke_result_t<const F&, item>>;
        return routed<std::vector<std::variant_alternative_t<0, either>>,
                      std::vector<std::variant_alternative_t<1, either>>>(
            by_variant<F>{callable<F>(f)});
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

    // Adds all items to a container.
    template <class C>
        requires collectable<C, item>
    void extend_into(C& container) {
        append(container, chain_of(*this).drive(gather_consumer<element_of<C>>{}));
    }

  private:
    template <class F>
    auto run(F&& f) {
        auto& chain = chain_of(*this);
        return in_pool([&] { return f(chain.base(), chain.limits()); });
    }

    template <class R, class Hits>
    R collect_checked() {
        using container = typename R::value_type;
        using error = decltype(why_empty(std::declval<item>()));
        using gather = gather_consumer<element_of<container>>;
        Hits hits;
        auto all = chain_of(*this).drive(checked_consumer<gather, error, Hits>{gather{}, &hits});
        if (all.error) {
            if constexpr (requires { typename R::error_type; }) {
                return R(unexpected(std::move(*all.error)));
            } else {
                return R();
            }
        }
        return R(put<container>(std::move(all.items)));
    }

    template <class A, class B, class Route>
    std::pair<A, B> routed(Route route) {
        using gather_a = gather_consumer<element_of<A>>;
        using gather_b = gather_consumer<element_of<B>>;
        auto all = chain_of(*this).drive(
            routed_consumer<gather_a, gather_b, Route>{gather_a{}, gather_b{}, route});
        return {put<A>(std::move(all.first)), put<B>(std::move(all.second))};
    }

    template <class C, class T>
    static C put(gathered<T>&& parts) {
        return in_pool([&] { return put_together<C, T>(std::move(parts)); });
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
