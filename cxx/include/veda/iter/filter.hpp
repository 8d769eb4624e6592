// filter.hpp: yields the items for which a predicate holds, in order. No longer indexed.
#ifndef VEDA_ITER_FILTER_HPP
#define VEDA_ITER_FILTER_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace veda::detail {

template <class Next, class P>
struct filter_folder {
    static constexpr bool may_fill = Next::may_fill;

    Next next;
    callable<P> keep;

    template <class T>
    void consume(T&& item) {
        if (keep(std::as_const(item))) next.consume(std::forward<T>(item));
    }
    bool full() const { return next.full(); }
    auto complete() && { return std::move(next).complete(); }
};

template <consumer C, class P>
struct filter_consumer : passing_consumer<C> {
    const P* keep;

    filter_folder<folder_of<C>, P> into_folder() const {
        return {this->next.into_folder(), callable<P>(*keep)};
    }
    filter_consumer split_off(std::uint64_t i) const { return {{this->next.split_off(i)}, keep}; }
};

template <stage S, class P>
class filtered {
  public:
    using item = typename S::item;
    static constexpr bool indexed = false;
    static constexpr bool one_for_each = detail::one_for_each<S>;

    filtered(S&& base, P&& keep) : base_(std::move(base)), keep_(std::move(keep)) {}

    std::uint64_t reach() { return detail::reach(base_); }
    S& base() noexcept { return base_; }
    const P& predicate() const noexcept { return keep_; }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        return detail::feed(base_, filter_consumer<C, P>{{consumer}, std::addressof(keep_)}, limits);
    }

  private:
    S base_;
    P keep_;
};

}  // namespace veda::detail

#endif
