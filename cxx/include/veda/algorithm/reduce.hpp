// reduce.hpp: algorithms that make one answer of all elements: reduce, count, the extremes.
#ifndef VEDA_ALGORITHM_REDUCE_HPP
#define VEDA_ALGORITHM_REDUCE_HPP

#include <veda/algorithm/support.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/language.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/extreme.hpp>
#include <veda/iter/par.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

// init and then all values, from left to right.
template <class Chain, class T, class Op>
T combined(Chain values, T&& init, const Op& op) {
    // A sum needs no case for the first element, and its loop can be vectorised.
    if constexpr (std::integral<T> && std::same_as<Op, std::plus<>>) {
        return static_cast<T>(init + values.reduce(T{}, op));
    } else {
        std::optional<T> all = values.reduce_with(op);
        if (!all) return std::move(init);
        return std::invoke(op, std::move(init), std::move(*all));
    }
}

}  // namespace detail

template <parallel_iterator It, class T, combiner<T> Op, const_callable<std::iter_reference_t<It>> F>
requires std::convertible_to<std::invoke_result_t<const F&, std::iter_reference_t<It>>, T> T
transform_reduce(It first, It last, T init, Op op, F f) {
    auto values = par(first, last).map([make = detail::callable<F>(f)](std::iter_reference_t<It> x) -> T {
        return make(x);
    });
    return detail::combined(std::move(values), std::move(init), op);
}

template <parallel_iterator It, parallel_iterator J, class T, combiner<T> Op,
          const_callable<std::iter_reference_t<It>, std::iter_reference_t<J>> F>
T transform_reduce(It first, It last, J other, T init, Op op, F f) {
    auto values = detail::indices(detail::length(first, last))
                      .map([=, make = detail::callable<F>(f)](std::uint64_t i) -> T {
                          return make(detail::at(first, i), detail::at(other, i));
                      });
    return detail::combined(std::move(values), std::move(init), op);
}
template <parallel_iterator It, parallel_iterator J, class T>
T transform_reduce(It first, It last, J other, T init) {
    return veda::transform_reduce(first, last, other, std::move(init), std::plus<>{},
                                  std::multiplies<>{});
}

template <parallel_iterator It, class T, combiner<T> Op>
requires std::convertible_to<std::iter_reference_t<It>, T> T reduce(It first, It last, T init, Op op) {
    return veda::transform_reduce(first, last, std::move(init), std::move(op), std::identity{});
}
template <parallel_iterator It, class T>
requires std::convertible_to<std::iter_reference_t<It>, T> T reduce(It first, It last, T init) {
    return veda::reduce(first, last, std::move(init), std::plus<>{});
}
template <parallel_iterator It>
std::iter_value_t<It> reduce(It first, It last) {
    return veda::reduce(first, last, std::iter_value_t<It>{}, std::plus<>{});
}

template <parallel_iterator It, const_predicate<std::iter_reference_t<It>> P>
std::iter_difference_t<It> count_if(It first, It last, P likes) {
    using number = std::iter_difference_t<It>;
    const detail::callable<P> is(likes);
    return veda::transform_reduce(
        first, last, number{0}, std::plus<>{},
        [is](std::iter_reference_t<It> x) { return static_cast<number>(is(x) ? 1 : 0); });
}
template <parallel_iterator It, class T>
std::iter_difference_t<It> count(It first, It last, const T& value) {
    return veda::count_if(first, last,
                          [get = detail::constant(value)](const auto& x) { return x == get(); });
}

namespace detail {

// The position of the element that better(candidate, best) likes most, the first one of several. What is in
// no order and leads a part is kept apart, as in iter/extreme.hpp.
template <class It, class Better>
class best_position {
    static constexpr std::uint64_t none = UINT64_MAX;

  public:
    best_position(const It& first, const Better& better) : first_(first), better_(better) {}

    void see(std::uint64_t i) {
        if (best_ == none) [[unlikely]] {
            begin(i);
        } else if (better_(at(first_, i), at(first_, best_))) [[unlikely]] {
            best_ = i;
            // Stays a branch: after a conditional move each element would wait for the one before.
            asm volatile("");
        }
    }
    void merge(const best_position& right) {
        if (right.lead_ != none) see(right.lead_);
        if (right.best_ != none) see(right.best_);
    }
    It found(const It& last) const {
        const std::uint64_t best =
            lead_ == none || (best_ != none && better_(at(first_, best_), at(first_, lead_))) ? best_ : lead_;
        return best == none ? last : nth(first_, best);
    }

  private:
    void begin(std::uint64_t i) {
        if (!in_no_order(at(first_, i))) {
            best_ = i;
        } else if (lead_ == none || better_(at(first_, i), at(first_, lead_))) {
            lead_ = i;
        }
    }

    It first_;
    callable<Better> better_;
    std::uint64_t best_ = none;
    std::uint64_t lead_ = none;
};

// The two at once.
template <class Min, class Max>
struct both_positions {
    Min min;
    Max max;

    void see(std::uint64_t i) {
        min.see(i);
        max.see(i);
    }
    void merge(const both_positions& right) {
        min.merge(right.min);
        max.merge(right.max);
    }
};

template <class Min, class Max>
both_positions(Min, Max) -> both_positions<Min, Max>;

// Shows all positions to copies of none, one for each part of the loop, and gives what they found.
template <class Best>
Best best_of(std::uint64_t n, const Best& none) {
    return indices(n).drive(accumulating{[none] { return none; },
                                         [](Best& best, std::uint64_t i) { best.see(i); },
                                         [](Best& left, const Best& right) { left.merge(right); }});
}

template <class It, class Better>
auto best_from(const It& first, const Better& better) {
    return best_position<It, Better>(first, better);
}

}  // namespace detail

// The first of the smallest elements; last if there are none.
template <parallel_iterator It, class Less = std::less<>>
requires const_predicate<Less, std::iter_reference_t<It>, std::iter_reference_t<It>> It
min_element(It first, It last, Less less = {}) {
    return detail::best_of(detail::length(first, last), detail::best_from(first, less)).found(last);
}

// The first of the largest ones.
template <parallel_iterator It, class Less = std::less<>>
requires const_predicate<Less, std::iter_reference_t<It>, std::iter_reference_t<It>> It
max_element(It first, It last, Less less = {}) {
    const auto greater = [less = detail::callable<Less>(less)](const auto& a, const auto& b) -> bool {
        return less(b, a);
    };
    return veda::min_element(first, last, greater);
}

// The first of the smallest ones and the last of the largest ones.
template <parallel_iterator It, class Less = std::less<>>
requires const_predicate<Less, std::iter_reference_t<It>, std::iter_reference_t<It>> std::pair<It, It>
minmax_element(It first, It last, Less less = {}) {
    const auto last_greatest = [less = detail::callable<Less>(less)](const auto& a, const auto& b) -> bool {
        return detail::greatest::wins(less, a, b);
    };
    const detail::both_positions none{detail::best_from(first, less),
                                      detail::best_from(first, last_greatest)};
    const auto best = detail::best_of(detail::length(first, last), none);
    return {best.min.found(last), best.max.found(last)};
}

}  // namespace veda

#endif
