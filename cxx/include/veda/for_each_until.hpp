// for_each_until.hpp: a parallel loop that its body can end, as break ends a serial one.
//
//     auto where = veda::for_each_until(v, [&](item& x) { return work(x) ? veda::flow::go :
//     veda::flow::stop; }); auto where = veda::for_each_until(v, [&](item& x, veda::loop_control& loop) {
//     ... loop.stop(); ... });
//
// What holds: of all items whose bodies stop the loop the first one counts, its position is the answer,
// and the body has been called once for each item before it, as in the serial loop. What may differ: the
// body may have been called, at most once, for items behind it, too. A body that throws stops the loop in
// the same way: an exception travels only if no item before it stopped the loop. (What another stage of a
// chain throws travels as from any chain.)
#ifndef VEDA_FOR_EACH_UNTIL_HPP
#define VEDA_FOR_EACH_UNTIL_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/outcome.hpp>
#include <veda/iter/as_chain.hpp>
#include <veda/iter/par.hpp>
#include <veda/iter/search.hpp>

#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda {

enum class flow { go, stop };

// A body's way to the loop that it is in. Lives during one call.
class loop_control {
  public:
    loop_control(std::uint64_t index, const detail::leftmost_hit& best) noexcept
        : index_(index), best_(&best) {}
    loop_control(const loop_control&) = delete;
    loop_control& operator=(const loop_control&) = delete;

    // No item behind this one needs to be done. The body goes on to its own end.
    void stop() noexcept { stops_ = true; }
    bool stops() const noexcept { return stops_; }
    // An item before this one has stopped the loop: what this body does is no longer needed.
    bool overtaken() const noexcept { return best_->beyond(index_); }
    // The item's position, from 0.
    std::uint64_t index() const noexcept { return index_; }

  private:
    const std::uint64_t index_;
    const detail::leftmost_hit* const best_;
    bool stops_ = false;
};

// f(item) answers a veda::flow, or f(item, control) nothing.
template <class F, class Item>
concept loop_body = std::is_invocable_r_v<flow, const F&, Item> || const_callable<F, Item, loop_control&>;

namespace detail {

// The first stop of a part, or nothing; error if it was a throw.
struct loop_end {
    static constexpr std::uint64_t none = UINT64_MAX;

    std::uint64_t index = none;
    std::exception_ptr error;
};

template <class F>
struct until_folder {
    static constexpr bool may_fill = true;

    callable<F> f;
    leftmost_hit* best;
    std::uint64_t next;  // the position of the next item
    loop_end end;

    template <class T>
    void consume(T&& item) {
        const std::uint64_t i = next++;
        try {
            if (!stops(i, std::forward<T>(item))) return;
        } catch (...) {
            end.error = caught();
        }
        end.index = i;
        best->hit(i);
    }
    bool full() const { return end.index != loop_end::none; }
    loop_end complete() && { return std::move(end); }

  private:
    template <class T>
    bool stops(std::uint64_t i, T&& item) {
        if constexpr (std::is_invocable_v<const F&, T, loop_control&>) {
            loop_control control(i, *best);
            f(std::forward<T>(item), control);
            return control.stops();
        } else {
            return f(std::forward<T>(item)) == flow::stop;
        }
    }
};

template <class F>
struct until_consumer {
    const F* f;
    leftmost_hit* best;
    std::uint64_t begin;

    until_folder<F> into_folder() const { return {callable<F>(*f), best, begin, {}}; }
    until_consumer split_off(std::uint64_t i) const { return {f, best, begin + i}; }
    bool full() const { return best->beyond(begin); }
    loop_end reduce(loop_end&& left, loop_end&& right) const {
        return left.index != loop_end::none ? std::move(left) : std::move(right);
    }
};

template <indexed_stage S, loop_body<typename S::item> F>
std::optional<std::uint64_t> run_until(par_iter<S>& chain, const F& f) {
    leftmost_hit best;
    const loop_end end = chain.drive(until_consumer<F>{std::addressof(f), &best, 0});
    if (end.error != nullptr) std::rethrow_exception(end.error);
    if (end.index == loop_end::none) return std::nullopt;
    return end.index;
}

}  // namespace detail

// Calls f for the items of a range, or of an indexed chain, until one stops the loop: its position, or
// nothing if none did.
template <class R, class F>
    requires parallel_source<R>
std::optional<std::uint64_t> for_each_until(R&& range, F f) {
    auto chain = detail::as_chain(std::forward<R>(range));
    detail::must_not_write_bits<typename decltype(chain)::item>();
    return detail::run_until(chain, f);
}

}  // namespace veda

#endif
