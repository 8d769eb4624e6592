// attempt.hpp: what the try_ methods take for success and failure, and their consumers.
//
//     bool            false failed
//     std::optional   empty failed; so for anything that can be asked and looked into like one
//     expected<T, E>  an error failed
//
// A failure ends the run: others stop soon after, and of several failures it is some one that is given.
#ifndef VEDA_ITER_ATTEMPT_HPP
#define VEDA_ITER_ATTEMPT_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/kept.hpp>
#include <veda/detail/slot.hpp>
#include <veda/iter/fold.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/search.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda {

// What a try_ method's callable may return.
template <class R>
concept attempt = std::move_constructible<R> && requires(const R& r) {
    static_cast<bool>(r);
};

// One that holds a value when it did not fail.
template <class R>
concept attempt_with_value = attempt<R> && requires(R&& r) {
    *std::move(r);
    R(*std::move(r));
};

// f(item) gives an attempt that needs no value to succeed: bool, std::optional<T> or expected<T, E> with a
// T that can be made from nothing, or expected<void, E>.
template <class F, class... Items>
concept attempts_with = const_callable<F, Items...> &&
    attempt<std::remove_cvref_t<std::invoke_result_t<const F&, Items...>>>;

namespace detail {

// A success that says nothing.
template <attempt R>
R plain_success() {
    if constexpr (std::same_as<R, bool>) {
        return true;
    } else if constexpr (requires { *std::declval<R&>(); } && !std::default_initializable<R>) {
        return R(std::remove_cvref_t<decltype(*std::declval<R&>())>{});
    } else if constexpr (std::same_as<R, std::optional<typename R::value_type>>) {
        return R(typename R::value_type{});
    } else {
        return R();
    }
}

// A probe (search.hpp) for failures.
template <class F>
struct failing {
    callable<F> f;

    template <class T, class Found>
    bool operator()(T&& item, std::optional<Found>& found) const {
        auto result = f(std::forward<T>(item));
        if (result) return false;
        found.emplace(std::move(result));
        return true;
    }
};

// The same for results that are items already.
struct failed_item {
    template <class T, class Found>
    bool operator()(T&& item, std::optional<Found>& found) const {
        if (item) return false;
        found.emplace(std::forward<T>(item));
        return true;
    }
};

// ---- try_fold ---------------------------------------------------------------------------------------

template <class Next, class R, class F>
struct try_fold_folder {
    static constexpr bool may_fill = true;

    Next next;
    callable<F> f;
    any_hit* hits;
    kept<R> acc;

    template <class T>
    void consume(T&& item) {
        acc.replace(R(f(**std::move(acc), std::forward<T>(item))));
        if (!*acc) hits->hit(0);
    }
    bool full() const { return hits->beyond(0) || next.full(); }
    auto complete() && {
        next.consume(std::move(*acc));
        return std::move(next).complete();
    }
};

template <consumer C, class R, class Id, class F>
struct try_fold_consumer {
    C next;
    const Id* identity;
    const F* f;
    any_hit* hits;

    try_fold_folder<folder_of<C>, R, F> into_folder() const {
        return {next.into_folder(), callable<F>(*f), hits, kept<R>(R(make_identity(*identity)))};
    }
    try_fold_consumer split_off(std::uint64_t i) const { return {next.split_off(i), identity, f, hits}; }
    bool full() const { return hits->beyond(0) || next.full(); }
    result_of<C> reduce(result_of<C>&& left, result_of<C>&& right) const {
        return next.reduce(std::move(left), std::move(right));
    }
};

template <stage S, class Id, class F>
class try_folded {
  public:
    using item = std::remove_cvref_t<
        std::invoke_result_t<const F&, identity_value<Id>, typename S::item>>;
    static constexpr bool indexed = false;

    try_folded(S&& base, Id&& identity, F&& f)
        : base_(std::move(base)), identity_(std::move(identity)), f_(std::move(f)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        any_hit hits;
        return detail::feed(base_,
                            try_fold_consumer<C, item, Id, F>{consumer, std::addressof(identity_),
                                                             std::addressof(f_), &hits},
                            limits);
    }

  private:
    S base_;
    Id identity_;
    F f_;
};

// ---- try_reduce -------------------------------------------------------------------------------------

// Items are attempts; op(value, value) gives one, too. What has been put together so far is none (nothing
// yet), a value, or the failure.
template <class R, class Op>
struct try_reduce_folder {
    static constexpr bool may_fill = true;

    callable<Op> op;
    any_hit* hits;
    slot<R> acc;

    try_reduce_folder(const Op& combine, any_hit* shared) : op(combine), hits(shared) {}
    try_reduce_folder(try_reduce_folder&& other) noexcept : op(other.op), hits(other.hits) {
        if (other.acc) acc.put(std::move(*other.acc));
    }

    template <class T>
    void consume(T&& item) {
        if (!acc) {
            acc.put(R(std::forward<T>(item)));
        } else if (!item) {
            acc.replace(R(std::forward<T>(item)));
        } else {
            acc.replace(op(*std::move(*acc), *std::forward<T>(item)));
        }
        if (!*acc) hits->hit(0);
    }
    bool full() const { return hits->beyond(0); }
    std::optional<R> complete() && {
        if (!acc) return std::nullopt;
        return std::move(*acc);
    }
};

template <class R, class Op>
struct try_reduce_consumer {
    const Op* op;
    any_hit* hits;

    try_reduce_folder<R, Op> into_folder() const { return {*op, hits}; }
    try_reduce_consumer split_off(std::uint64_t) const { return *this; }
    bool full() const { return hits->beyond(0); }
    std::optional<R> reduce(std::optional<R>&& left, std::optional<R>&& right) const {
        if (!left || (right && !*right)) return std::move(right);
        if (!right || !*left) return std::move(left);
        return std::invoke(*op, **std::move(left), **std::move(right));
    }
};

}  // namespace detail
}  // namespace veda

#endif
