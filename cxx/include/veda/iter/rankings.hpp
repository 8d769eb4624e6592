// rankings.hpp: the methods of a chain that look for items by their rank: top_k and kth.
#ifndef VEDA_ITER_RANKINGS_HPP
#define VEDA_ITER_RANKINGS_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/extreme.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/held.hpp>
#include <veda/iter/keyed_parts.hpp>
#include <veda/iter/ranked.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

template <class S>
class rankings {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;
    template <class Proj>
    using ranked_item = held_with_key<item, Proj, held_by_address<item>>;

  public:
    // The k greatest items, the greatest first, or all if there are fewer; of equal ones the earlier ones,
    // in their order. What a stable sort by the reversed order would put first. A NaN is less than any
    // number. For a k that is small beside the number of items; else sort. A key is computed once an item.
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && kept_as_value<item>
    std::vector<value_type> top_k(std::uint64_t k, const Cmp& cmp = {}, const Proj& proj = {}) {
        using ranks = ranking<Cmp, Proj>;
        using few = greatest_few<ranked_item<Proj>, ranks>;
        const ranks order{callable<Cmp>(cmp), callable<Proj>(proj)};
        few best = chain_of(*this).drive(accumulating{
            [k] { return few(k); },
            [order](few& acc, auto&& x) {
                acc.see(order, forward_item<item>(x), order.key_of(std::as_const(x)));
            },
            [order](few& left, few&& right) { left.merge(order, std::move(right)); }});
        std::vector<value_type> all;
        std::move(best).finish(
            order, [&all](ranked_item<Proj>& one) { all.push_back(std::move(one.item()).take()); });
        return all;
    }
    // By an order, or by a key.
    template <class Cmp>
        requires order_on<Cmp, std::identity, item> && kept_as_value<item>
    std::vector<value_type> top_k_by(std::uint64_t k, const Cmp& cmp) {
        return top_k(k, cmp);
    }
    template <class Proj>
        requires order_on<std::less<>, Proj, item> && kept_as_value<item>
    std::vector<value_type> top_k_by_key(std::uint64_t k, const Proj& key) {
        return top_k(k, std::less<>{}, key);
    }

    // The item that a stable sort would put at place k, counted from 0; empty if there are no more than k
    // items. A NaN is less than any number.
    template <class Cmp = std::less<>, class Proj = std::identity>
        requires order_on<Cmp, Proj, item> && kept_as_value<item>
    std::optional<value_type> kth(std::uint64_t k, const Cmp& cmp = {}, const Proj& proj = {}) {
        using one = ranked_item<Proj>;
        using ranks = ranking<Cmp, Proj>;
        auto& chain = chain_of(*this);
        return in_pool([&]() -> std::optional<value_type> {
            const ranks order{callable<Cmp>(cmp), callable<Proj>(proj)};
            const auto hold = [order](std::vector<one>& own, auto&& x) {
                auto&& key = order.key_of(std::as_const(x));
                own.emplace_back(forward_item<item>(x), std::forward<decltype(key)>(key));
            };
            std::vector<one> all = put_together<std::vector<one>>(
                feed(chain.base(), gathering_parts<std::vector<one>>(hold), chain.limits()));
            if (k >= all.size()) return std::nullopt;
            const by_rank<true, one, ranks> before{all.data(), std::addressof(order)};
            return std::move(all[place_of_rank(all.size(), before).find(k)].item()).take();
        });
    }
};

}  // namespace veda::detail

#endif
