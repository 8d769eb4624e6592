// fold.hpp: folds items into accumulators and yields the accumulators.
//
// One accumulator for each part of the range that one worker did in one go: a single one when
// nobody else came to help, and one more for each part that was stolen. Normally followed by
// reduce.
#ifndef VEDA_ITER_FOLD_HPP
#define VEDA_ITER_FOLD_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/kept.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace veda {

// f(acc, item) gives the new accumulator, or changes acc in place and gives nothing.
template <class F, class Acc, class Item>
concept fold_step = (std::invocable<const F&, Acc&, Item> &&
                     std::is_void_v<std::invoke_result_t<const F&, Acc&, Item>>) ||
                    (std::invocable<const F&, Acc, Item> &&
                     std::convertible_to<std::invoke_result_t<const F&, Acc, Item>, Acc>);

namespace detail {

// F changes the accumulator in place rather than give the next one.
template <class F, class Acc, class T>
consteval bool folds_in_place() {
    if constexpr (std::invocable<const F&, Acc&, T>) {
        return std::is_void_v<std::invoke_result_t<const F&, Acc&, T>>;
    } else {
        return false;
    }
}

// One step of a fold by f, a callable<F>.
template <class F, class Acc, class T>
[[gnu::__always_inline__]] inline void fold_into(const callable<F>& f, kept<Acc>& acc, T&& item) {
    if constexpr (folds_in_place<F, Acc, T>()) {
        f(*acc, std::forward<T>(item));
    } else {
        acc.replace(Acc(f(std::move(*acc), std::forward<T>(item))));
    }
}

template <class Next, class Acc, class F>
struct fold_folder {
    static constexpr bool may_fill = Next::may_fill;

    Next next;
    accumulator<kept<Acc>> acc;
    callable<F> f;

    template <class T>
    void consume(T&& item) {
        fold_into<F>(f, acc.get(), std::forward<T>(item));
    }
    bool full() const { return next.full(); }
    auto complete() && {
        next.consume(std::move(*acc.get()));
        return std::move(next).complete();
    }
};

template <consumer C, class Id, class F>
struct fold_consumer : passing_consumer<C> {
    const Id* identity;
    const F* f;

    using acc = identity_value<Id>;

    fold_folder<folder_of<C>, acc, F> into_folder() const {
        return {this->next.into_folder(), accumulator<kept<acc>>(kept<acc>(make_identity(*identity))),
                callable<F>(*f)};
    }
    fold_consumer split_off(std::uint64_t i) const {
        return {{this->next.split_off(i)}, identity, f};
    }
};

template <stage S, class Id, class F>
class folded {
  public:
    using item = identity_value<Id>;
    static constexpr bool indexed = false;

    folded(S&& base, Id&& identity, F&& f)
        : base_(std::move(base)), identity_(std::move(identity)), f_(std::move(f)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        return detail::feed(
            base_,
            fold_consumer<C, Id, F>{{consumer}, std::addressof(identity_), std::addressof(f_)}, limits);
    }

  private:
    S base_;
    Id identity_;
    F f_;
};

}  // namespace detail
}  // namespace veda

#endif
