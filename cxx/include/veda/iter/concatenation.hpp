// concatenation.hpp: chain: all items of one stage, then all of another.
//
// Where both are indexed, so is the whole. Else both run in parallel into the same consumer; the second one
// at positions beyond the reach of the first, so that a consumer that compares positions (find_first)
// sees all of the first to the left of all of the second.
#ifndef VEDA_ITER_CONCATENATION_HPP
#define VEDA_ITER_CONCATENATION_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/join.hpp>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace veda {

// Two kinds of items that can stand in one chain.
template <class A, class B>
concept chained_items = std::common_reference_with<A, B>;

namespace detail {

template <class A, class B, class Item>
struct concatenation_reader {
    A a;
    B b;
    std::uint64_t border;

    Item operator()(std::uint64_t i) const {
        return i < border ? static_cast<Item>(a(i)) : static_cast<Item>(b(i - border));
    }

    template <class Sink>
    void each(std::uint64_t first, std::uint64_t last, Sink sink) const {
        bool stopped = false;
        auto passing = [&](auto&& item) {
            stopped = sink_stops(sink, static_cast<Item>(std::forward<decltype(item)>(item)));
            return stopped;
        };
        if (first < border) detail::each(a, first, std::min(last, border), passing);
        if (stopped || last <= border) return;
        detail::each(b, std::max(first, border) - border, last - border, passing);
    }
};

template <stage A, stage B>
class concatenation {
  public:
    using item = std::common_reference_t<typename A::item, typename B::item>;
    static constexpr bool indexed = A::indexed && B::indexed;

    concatenation(A&& a, B&& b) : a_(std::move(a)), b_(std::move(b)) {
        if constexpr (indexed) (void)sum_of_lengths("chain", a_.size(), b_.size());
    }

    std::uint64_t size()
        requires(indexed)
    {
        return a_.size() + b_.size();
    }
    auto reader()
        requires(indexed)
    {
        return concatenation_reader<decltype(a_.reader()), decltype(b_.reader()), item>{
            a_.reader(), b_.reader(), a_.size()};
    }

    std::uint64_t reach() { return sum_at_most(detail::reach(a_), detail::reach(b_)); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        const one_stop stop(limits);
        auto [left, right] =
            join([&] { return detail::feed(a_, consumer, limits); },
                 [&] { return detail::feed(b_, consumer.split_off(detail::reach(a_)), limits); });
        return consumer.reduce(std::move(left), std::move(right));
    }

  private:
    A a_;
    B b_;
};

}  // namespace detail
}  // namespace veda

#endif
