// intersperse.hpp: a separator between any two neighbours.
//
// Where the chain is indexed, every other place is a separator's. Elsewhere nobody knows, before the end,
// whether an item stands to the left of a part: so a part begins without a separator, and where two
// neighbours that both have items come together, a part that is the separator alone is put between them.
#ifndef VEDA_ITER_INTERSPERSE_HPP
#define VEDA_ITER_INTERSPERSE_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace veda::detail {

// References stay references; to the separator, too, which lives here.
template <class Item>
using interspersed_item = std::conditional_t<std::is_reference_v<Item>,
                                             const std::remove_reference_t<Item>&, Item>;

template <indexed_stage S>
class interspersed {
    using value = std::remove_cvref_t<typename S::item>;

  public:
    using item = interspersed_item<typename S::item>;
    static constexpr bool indexed = true;

    interspersed(S&& base, value&& separator)
        : base_(std::move(base)), separator_(std::move(separator)) {
        (void)size();
    }

    std::uint64_t size() {
        const std::uint64_t items = base_.size();
        return items == 0 ? 0 : sum_of_lengths("intersperse", items, items - 1);
    }
    auto reader() {
        return [read = base_.reader(), between = std::addressof(separator_)](std::uint64_t i) -> item {
            if (i % 2 != 0) return *std::as_const(between);
            return read(i / 2);
        };
    }

  private:
    S base_;
    value separator_;
};

// ---- behind a filter ---------------------------------------------------------------------------------

template <class Item>
using separator_of = const std::remove_cvref_t<Item>*;

template <class Result>
struct interspersed_part {
    Result items;
    bool any;
};

template <class Next, class Item>
struct intersperse_folder {
    static constexpr bool may_fill = Next::may_fill;

    Next next;
    separator_of<Item> separator;
    bool any = false;

    template <class T>
    void consume(T&& item) {
        if (any) next.consume(static_cast<interspersed_item<Item>>(*separator));
        any = true;
        if (!next.full()) next.consume(static_cast<interspersed_item<Item>>(std::forward<T>(item)));
    }
    bool full() const { return next.full(); }
    auto complete() && {
        auto items = std::move(next).complete();
        return interspersed_part<decltype(items)>{std::move(items), any};
    }
};

template <consumer C, class Item>
struct intersperse_consumer {
    C next;
    separator_of<Item> separator;

    using result = interspersed_part<result_of<C>>;

    intersperse_folder<folder_of<C>, Item> into_folder() const { return {next.into_folder(), separator}; }
    intersperse_consumer split_off(std::uint64_t i) const { return {next.split_off(i), separator}; }
    bool full() const { return next.full(); }
    result reduce(result&& left, result&& right) const {
        if (!left.any || !right.any) {
            const bool any = left.any || right.any;
            return {next.reduce(std::move(left.items), std::move(right.items)), any};
        }
        auto between = next.into_folder();
        if (!between.full()) between.consume(static_cast<interspersed_item<Item>>(*separator));
        return {next.reduce(next.reduce(std::move(left.items), std::move(between).complete()),
                            std::move(right.items)),
                true};
    }
};

template <stage S>
class interspersed_some {
    using value = std::remove_cvref_t<typename S::item>;

  public:
    using item = interspersed_item<typename S::item>;
    static constexpr bool indexed = false;

    interspersed_some(S&& base, value&& separator)
        : base_(std::move(base)), separator_(std::move(separator)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        using between = intersperse_consumer<C, typename S::item>;
        return detail::feed(base_, between{consumer, std::addressof(separator_)}, limits).items;
    }

  private:
    S base_;
    value separator_;
};

}  // namespace veda::detail

#endif
