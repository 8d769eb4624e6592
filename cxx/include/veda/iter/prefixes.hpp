// prefixes.hpp: what Rayon lacks: running totals, packing, counting and grouping by integral keys, and
// reductions whose result does not depend on the number of workers.
#ifndef VEDA_ITER_PREFIXES_HPP
#define VEDA_ITER_PREFIXES_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/enter.hpp>
#include <veda/detail/float_mode.hpp>
#include <veda/detail/kept.hpp>
#include <veda/error.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/grouped.hpp>
#include <veda/iter/scan.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

// Items that running totals by op can be made of.
template <class Op, class Item>
concept scans = combiner<Op, std::remove_cvref_t<Item>> && kept_as_value<Item> &&
    has_its_place<std::remove_cvref_t<Item>> &&
    std::copy_constructible<std::remove_cvref_t<Item>> && std::movable<std::remove_cvref_t<Item>>;

// key(item) is an integer.
template <class F, class Item>
concept keys_of = const_callable<F, const std::remove_reference_t<Item>&> &&
    std::integral<std::remove_cvref_t<std::invoke_result_t<const F&, const std::remove_reference_t<Item>&>>>;

namespace detail {

inline constexpr std::uint64_t deterministic_block = 4096;  // items; part of the result, for floating point

// An indexed stage whose items are computed in the floating-point mode of the thread that made it.
template <indexed_stage S>
class in_callers_mode {
  public:
    using item = typename S::item;
    static constexpr bool indexed = true;

    explicit in_callers_mode(S&& base) : base_(std::move(base)), mode_(float_mode::of_this_thread()) {}

    std::uint64_t size() { return base_.size(); }
    auto reader() {
        return [read = base_.reader(), mode = mode_](std::uint64_t i) -> item {
            const in_float_mode as_the_caller(mode);
            return read_one(read, i);
        };
    }

  private:
    template <class Reader>
    [[gnu::__noinline__]] static item read_one(const Reader& read, std::uint64_t i) {
        return read(i);
    }

    S base_;
    float_mode mode_;
};

template <class S>
class prefixes {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

    // Elements in memory are read where they are; anything else is collected first.
    static constexpr bool in_memory = sliceable_at_once<S> && std::is_lvalue_reference_v<item> &&
                                      std::is_trivially_copyable_v<value_type> &&
                                      fills_in_place<std::vector<value_type>>;

  public:
    // Running totals: item i of the result is init (if given), item 0, ..., item i combined by the
    // associative op, in order. exclusive_scan leaves item i itself out, so that it begins with init.
    template <scans<item> Op = std::plus<>>
        requires indexed_stage<S>
    std::vector<value_type> inclusive_scan(const Op& op = {}) {
        return scan<true>(op, std::nullopt);
    }
    template <scans<item> Op>
        requires indexed_stage<S>
    std::vector<value_type> inclusive_scan(const Op& op, value_type init) {
        return scan<true>(op, std::optional<value_type>(std::move(init)));
    }
    template <scans<item> Op = std::plus<>>
        requires indexed_stage<S>
    std::vector<value_type> exclusive_scan(value_type init, const Op& op = {}) {
        return scan<false>(op, std::optional<value_type>(std::move(init)));
    }
    // The same into elements that are there; they may be those that the chain reads. Throws VEDA_E_RANGE if
    // the sizes differ.
    template <scans<item> Op = std::plus<>>
        requires indexed_stage<S>
    void inclusive_scan_into(std::span<value_type> into, const Op& op = {}) {
        scan_into<true>("inclusive_scan_into", into, op, std::nullopt);
    }
    template <scans<item> Op = std::plus<>>
        requires indexed_stage<S>
    void exclusive_scan_into(std::span<value_type> into, value_type init, const Op& op = {}) {
        scan_into<false>("exclusive_scan_into", into, op, std::optional<value_type>(std::move(init)));
    }

    // The items for which keep holds, in a vector: filter and collect in one word.
    template <const_predicate<const std::remove_reference_t<item>&> P>
        requires kept_as_value<item>
    std::vector<value_type> pack(P keep) && {
        return std::move(chain_of(*this)).filter(std::move(keep)).template collect<std::vector<value_type>>();
    }

    // How many items have each key from 0 up to count. Throws VEDA_E_RANGE for any other key.
    template <keys_of<item> F = std::identity>
    std::vector<std::uint64_t> histogram(std::uint64_t count, const F& key = {}) {
        using counts = std::vector<std::uint64_t>;
        const callable<F> key_of(key);
        return chain_of(*this).drive(accumulating{
            [count] { return counts(static_cast<std::size_t>(count)); },
            [key_of, count](counts& acc, auto&& x) {
                ++acc[checked_key("histogram", key_of(std::as_const(x)), count)];
            },
            [](counts& left, counts&& right) {
                for (std::size_t i = 0; i != left.size(); ++i) left[i] += right[i];
            }});
    }

    // The items by their key, from 0 up to count, each group in the order of the items. Throws VEDA_E_RANGE
    // for any other key.
    template <keys_of<item> F = std::identity>
        requires kept_as_value<item> && has_its_place<value_type>
    grouped<value_type> group_by_key(std::uint64_t count, const F& key = {}) {
        auto& chain = chain_of(*this);
        return in_pool([&] {
            auto items = detail::collect<std::vector<value_type>>(chain.base(), chain.limits());
            std::vector<std::uint64_t> keys(items.size());
            for_each_index(items.size(), [&](std::uint64_t i) {
                keys[i] = checked_key("group_by_key", std::invoke(key, std::as_const(items[i])), count);
            });
            grouped<value_type> all;
            const auto order = counting_order(keys, count).run(all.begins);
            rearranged<value_type> moved(std::move(items), order);
            all.items = detail::collect<std::vector<value_type>>(moved, {});
            return all;
        });
    }

    // reduce and sum with the same result, to the last bit, for any number of workers: blocks of a fixed
    // number of items, combined from left to right. Deterministic also where op is not quite associative. All
    // of it is computed as the caller rounds, and with its treatment of denormal numbers.
    template <class Id, class Op>
        requires indexed_stage<S> && combiner<Op, identity_value<Id>> &&
            const_callable<Op, identity_value<Id>, item>
    identity_value<Id> reduce_deterministic(Id identity, const Op& op) && {
        using value = identity_value<Id>;
        const callable<Op> combine(op);
        auto folded = std::move(chain_of(*this))
                          .fold_chunks(deterministic_block, identity,
                                       [combine](value acc, auto&& x) -> value {
                                           return combine(std::move(acc), forward_item<item>(x));
                                       });
        const piece_limits limits = folded.limits();
        using in_mode = in_callers_mode<std::remove_cvref_t<decltype(folded.base())>>;
        const std::vector<value> blocks =
            chain_with(in_mode(std::move(folded).release()), limits).template collect<std::vector<value>>();
        kept<value> all(make_identity(identity));
        for (const value& block : blocks) all.replace(value(combine(std::move(*all), value(block))));
        return *std::move(all);
    }
    template <class R = value_type>
        requires indexed_stage<S> && sum_of<R, item>
    R sum_deterministic() && {
        return std::move(*this).reduce_deterministic(R{}, [](R acc, auto&& x) -> R {
            return static_cast<R>(std::move(acc) + std::forward<decltype(x)>(x));
        });
    }

  private:
    // Elements given away in a new order.
    template <class T>
    class rearranged {
      public:
        using item = T;
        static constexpr bool indexed = true;

        rearranged(std::vector<T>&& items, const std::vector<std::uint64_t>& order)
            : items_(std::move(items)), order_(std::addressof(order)) {}
        std::uint64_t size() const noexcept { return items_.size(); }
        auto reader() {
            return [items = items_.data(), order = order_->data()](std::uint64_t i) -> T {
                return std::move(items[order[i]]);
            };
        }

      private:
        std::vector<T> items_;
        const std::vector<std::uint64_t>* order_;
    };

    template <bool Inclusive, class Op>
    std::vector<value_type> scan(const Op& op, std::optional<value_type> init) {
        auto& chain = chain_of(*this);
        return in_pool([&] {
            std::vector<value_type> all;
            if constexpr (in_memory) {
                const auto elements = chain.base().slice(0, chain.base().size());
                all.reserve(elements.size());
                expect_to_fill(all.data(), elements.size() * sizeof(value_type));
                vector_access<value_type>::set_size(all, elements.size());
                run_scan<Inclusive>(elements.data(), all, op, std::move(init));
            } else {
                all = detail::collect<std::vector<value_type>>(chain.base(), chain.limits());
                run_scan<Inclusive>(all.data(), all, op, std::move(init));
            }
            return all;
        });
    }

    template <bool Inclusive, class Op>
    void scan_into(const char* method, std::span<value_type> into, const Op& op,
                   std::optional<value_type> init) {
        auto& chain = chain_of(*this);
        const std::uint64_t size = chain.base().size();
        if (size != into.size()) {
            throw error(VEDA_E_RANGE, std::string("VEDA_E_RANGE: ") + method + ": the span has room for " +
                                          std::to_string(into.size()) + " items, the chain has " +
                                          std::to_string(size));
        }
        in_pool([&] {
            if constexpr (in_memory) {
                run_scan<Inclusive>(chain.base().slice(0, size).data(), into, op, std::move(init));
            } else {
                (void)feed(chain.base(), assign_consumer<value_type>{into.data()}, chain.limits());
                run_scan<Inclusive>(into.data(), into, op, std::move(init));
            }
        });
    }

    template <bool Inclusive, class To, class Op>
    static void run_scan(const value_type* from, To& to, const Op& op, std::optional<value_type> init) {
        scanning<value_type, Op, Inclusive>(from, to.data(), to.size(), op, std::move(init)).run();
    }
};

}  // namespace detail
}  // namespace veda

#endif
