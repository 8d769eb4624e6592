// flat_map.hpp: yields all items of the many chains or ranges that f gives, one after the other.
//
// flat_map runs each inner chain in parallel, into the same consumer, and joins the results in order.
// flat_map_seq walks each inner range on the worker that met it. Inner positions mean nothing to the outer
// consumer: all inner items stand where their outer one does.
//
// A search from the right compares folders by where they were opened, and an item right of a hit may still be
// this folder's own. So there all inner items stand where the folder was opened.
#ifndef VEDA_ITER_FLAT_MAP_HPP
#define VEDA_ITER_FLAT_MAP_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/slot.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/as_chain.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace veda::detail {

// The consumer of an inner chain: all of it stands at one position of the outer chain.
template <consumer C>
struct pinned_consumer : passing_consumer<C> {
    auto into_folder() const { return this->next.into_folder(); }
    pinned_consumer split_off(std::uint64_t) const { return *this; }
};

// Counts: each outer item has a position of its own. Otherwise all stand where the folder was opened. limits
// are those of the outer chain.
template <consumer C, class F, bool Counts>
struct flat_map_folder {
    static constexpr bool may_fill = folder_of<C>::may_fill;

    C outer;
    callable<F> f;
    piece_limits limits;
    std::uint64_t taken = 0;  // outer items so far, if they count
    bool settled = false;     // nothing further right can change the result
    slot<result_of<C>> done;

    flat_map_folder(const C& consumer, const F& function, piece_limits of_outer)
        : outer(consumer), f(function), limits(of_outer) {}
    flat_map_folder(flat_map_folder&& other) noexcept
        : outer(std::move(other.outer)),
          f(other.f),
          limits(other.limits),
          taken(other.taken),
          settled(other.settled) {
        if (other.done) done.put(std::move(*other.done));
    }

    template <class T>
    void consume(T&& item) {
        auto chain = as_chain(f(std::forward<T>(item)));
        const pinned_consumer<C> inner{{outer.split_off(Counts ? taken++ : 0)}};
        result_of<C> more = detail::feed(chain.base(), inner, inner_limits(chain.limits()));
        if constexpr (requires { outer.settles(more); }) settled = settled || outer.settles(more);
        if (done) {
            done.replace(outer.reduce(std::move(*done), std::move(more)));
        } else {
            done.put(std::move(more));
        }
    }
    bool full() const {
        if constexpr (requires { outer.overtaken(); }) {
            if (outer.overtaken()) return true;
        }
        return settled || outer.split_off(taken).full();
    }
    result_of<C> complete() && {
        if (done) return std::move(*done);
        return outer.into_folder().complete();
    }

  private:
    // Where the outer chain asks for it, an exception outside stops what is inside, and the other way round.
    piece_limits inner_limits(piece_limits own) const noexcept {
        own.stop_on_throw = own.stop_on_throw || limits.stop_on_throw;
        own.above = limits.above;
        return own;
    }
};

template <consumer C, class F, bool Counts>
struct flat_map_consumer : passing_consumer<C> {
    const F* f;
    piece_limits limits;

    flat_map_folder<C, F, Counts> into_folder() const { return {this->next, *f, limits}; }
    flat_map_consumer split_off(std::uint64_t i) const { return {{this->next.split_off(i)}, f, limits}; }
};

template <stage S, class F>
class flat_mapped {
  public:
    using item = typename chain_from<std::invoke_result_t<const F&, typename S::item>>::item;
    static constexpr bool indexed = false;

    flat_mapped(S&& base, F&& f) : base_(std::move(base)), f_(std::move(f)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        using outer = flat_map_consumer<C, F, one_for_each<S> && !looks_from_right<C>>;
        const one_stop stop(limits);
        return detail::feed(base_, outer{{consumer}, std::addressof(f_), limits}, limits);
    }

  private:
    S base_;
    F f_;
};

// ---- serial inner ranges ---------------------------------------------------------------------------

// A container that f made gives its elements away; a view or a reference yields what it yields.
template <class R>
inline constexpr bool gives_away = !std::is_lvalue_reference_v<R> && !std::ranges::borrowed_range<R> &&
                                   !std::ranges::view<std::remove_cvref_t<R>>;

template <std::ranges::input_range R>
using inner_item = std::conditional_t<gives_away<R>, std::ranges::range_value_t<R>,
                                      std::ranges::range_reference_t<R>>;

template <class Next, class F>
struct flat_map_seq_folder {
    static constexpr bool may_fill = Next::may_fill;

    Next next;
    callable<F> f;

    template <class T>
    void consume(T&& item) {
        auto&& inner = f(std::forward<T>(item));
        const auto end = std::ranges::end(inner);
        for (auto it = std::ranges::begin(inner); it != end && !next.full(); ++it) {
            if constexpr (gives_away<decltype(f(std::forward<T>(item)))>) {
                next.consume(std::ranges::iter_move(it));
            } else {
                next.consume(*it);
            }
        }
    }
    bool full() const { return next.full(); }
    auto complete() && { return std::move(next).complete(); }
};

template <consumer C, class F>
struct flat_map_seq_consumer : passing_consumer<C> {
    const F* f;

    flat_map_seq_folder<folder_of<C>, F> into_folder() const {
        return {this->next.into_folder(), callable<F>(*f)};
    }
    flat_map_seq_consumer split_off(std::uint64_t i) const {
        return {{this->next.split_off(i)}, f};
    }
};

template <stage S, class F>
class flat_mapped_seq {
  public:
    using item = inner_item<std::invoke_result_t<const F&, typename S::item>>;
    static constexpr bool indexed = false;

    flat_mapped_seq(S&& base, F&& f) : base_(std::move(base)), f_(std::move(f)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        return detail::feed(base_, flat_map_seq_consumer<C, F>{{consumer}, std::addressof(f_)}, limits);
    }

  private:
    S base_;
    F f_;
};

}  // namespace veda::detail

#endif
