// map_with.hpp: yields f(state, item), where the state belongs to the part of the range that one worker
// does in one go.
//
// Stays indexed, but feeds itself: its folder keeps a state over all of its pieces. Only where another
// indexed adaptor follows (zip, enumerate, ...) a reader makes one for each piece.
#ifndef VEDA_ITER_MAP_WITH_HPP
#define VEDA_ITER_MAP_WITH_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class Next, class State, class F>
struct map_with_folder {
    static constexpr bool may_fill = Next::may_fill;

    Next next;
    accumulator<State> state;
    callable<F> f;

    template <class T>
    void consume(T&& item) {
        next.consume(f(state.get(), std::forward<T>(item)));
    }
    bool full() const { return next.full(); }
    auto complete() && { return std::move(next).complete(); }
};

template <consumer C, class M, class F>
struct map_with_consumer : passing_consumer<C> {
    const M* make;
    const F* f;

    using state = std::remove_cvref_t<std::invoke_result_t<const M&>>;

    map_with_folder<folder_of<C>, state, F> into_folder() const {
        return {this->next.into_folder(), accumulator<state>(std::invoke(*make)), callable<F>(*f)};
    }
    map_with_consumer split_off(std::uint64_t i) const {
        return {{this->next.split_off(i)}, make, f};
    }
};

template <stage S, class M, class F>
class mapped_with {
    using state = std::remove_cvref_t<std::invoke_result_t<const M&>>;

  public:
    using item = std::invoke_result_t<const F&, state&, typename S::item>;
    static constexpr bool indexed = S::indexed;
    static constexpr bool one_for_each = detail::one_for_each<S>;
    static constexpr bool feeds_itself = true;

    mapped_with(S&& base, M&& make, F&& f)
        : base_(std::move(base)), make_(std::move(make)), f_(std::move(f)) {}

    std::uint64_t size()
        requires indexed_stage<S>
    {
        return base_.size();
    }
    auto reader()
        requires indexed_stage<S>
    {
        return reading<decltype(base_.reader())>{
            base_.reader(), accumulator<state>(std::invoke(make_)), callable<F>(f_)};
    }

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        return detail::feed(
            base_, map_with_consumer<C, M, F>{{consumer}, std::addressof(make_), std::addressof(f_)},
            limits);
    }

  private:
    // Used by one thread only, so that its state may change.
    template <class Reader>
    struct reading {
        Reader read;
        mutable accumulator<state> own;
        callable<F> f;

        item operator()(std::uint64_t i) const { return f(own.get(), read(i)); }
    };

    S base_;
    M make_;
    F f_;
};

}  // namespace veda::detail

#endif
