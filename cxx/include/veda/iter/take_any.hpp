// take_any.hpp: some n items, or those before somebody meets one that a predicate does not like, whichever
// worker comes first.
//
// What all workers share is one word, made new for each run. Which items are taken is a matter of
// chance; those that are keep their order.
#ifndef VEDA_ITER_TAKE_ANY_HPP
#define VEDA_ITER_TAKE_ANY_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

namespace veda::detail {

// How many may still be taken (or must still be skipped); relaxed, for nothing else hangs on it.
class quota {
  public:
    explicit quota(std::uint64_t n) noexcept
        : left_(static_cast<std::int64_t>(std::min<std::uint64_t>(n, INT64_MAX))) {}
    bool spent() const noexcept { return left_.load(std::memory_order_relaxed) <= 0; }
    // Looks first: a quota that is spent is only read from then on, and cannot run below its type.
    bool draw() noexcept { return !spent() && left_.fetch_sub(1, std::memory_order_relaxed) > 0; }

  private:
    std::atomic<std::int64_t> left_;
};

// Rule(item) says of each item whether it goes on; ended() that none will any more.
template <class Next, class Rule>
struct admitting_folder {
    static constexpr bool may_fill = Next::may_fill || Rule::ends;

    Next next;
    Rule rule;

    template <class T>
    void consume(T&& item) {
        if (rule(std::as_const(item))) next.consume(std::forward<T>(item));
    }
    bool full() const { return rule.ended() || next.full(); }
    auto complete() && { return std::move(next).complete(); }
};

template <consumer C, class Rule>
struct admitting_consumer {
    C next;
    Rule rule;

    admitting_folder<folder_of<C>, Rule> into_folder() const { return {next.into_folder(), rule}; }
    admitting_consumer split_off(std::uint64_t i) const { return {next.split_off(i), rule}; }
    bool full() const { return rule.ended() || next.full(); }
    result_of<C> reduce(result_of<C>&& left, result_of<C>&& right) const {
        return next.reduce(std::move(left), std::move(right));
    }
};

struct take_rule {
    static constexpr bool ends = true;
    quota* left;
    template <class T>
    bool operator()(const T&) const {
        return left->draw();
    }
    bool ended() const { return left->spent(); }
};

struct skip_rule {
    static constexpr bool ends = false;
    quota* left;
    template <class T>
    bool operator()(const T&) const {
        return !left->draw();
    }
    static constexpr bool ended() { return false; }
};

template <class P>
struct take_while_rule {
    static constexpr bool ends = true;
    std::atomic<bool>* over;
    callable<P> holds;
    template <class T>
    bool operator()(const T& item) const {
        if (ended()) return false;
        if (holds(item)) return true;
        over->store(true, std::memory_order_relaxed);
        return false;
    }
    bool ended() const { return over->load(std::memory_order_relaxed); }
};

template <class P>
struct skip_while_rule {
    static constexpr bool ends = false;
    std::atomic<bool>* over;
    callable<P> holds;
    template <class T>
    bool operator()(const T& item) const {
        if (over->load(std::memory_order_relaxed)) return true;
        if (holds(item)) return false;
        over->store(true, std::memory_order_relaxed);
        return true;
    }
    static constexpr bool ended() { return false; }
};

// take_any and skip_any, by their rule.
template <stage S, class Rule>
class counted_any {
  public:
    using item = typename S::item;
    static constexpr bool indexed = false;

    counted_any(S&& base, std::uint64_t count) : base_(std::move(base)), count_(count) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        quota left(count_);
        return detail::feed(base_, admitting_consumer<C, Rule>{consumer, Rule{&left}}, limits);
    }

  private:
    S base_;
    std::uint64_t count_;
};

// take_any_while and skip_any_while.
template <stage S, class P, template <class> class Rule>
class judged_any {
  public:
    using item = typename S::item;
    static constexpr bool indexed = false;

    judged_any(S&& base, P&& holds) : base_(std::move(base)), holds_(std::move(holds)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        std::atomic<bool> over{false};
        return detail::feed(
            base_, admitting_consumer<C, Rule<P>>{consumer, Rule<P>{&over, callable<P>(holds_)}},
            limits);
    }

  private:
    S base_;
    P holds_;
};

}  // namespace veda::detail

#endif
