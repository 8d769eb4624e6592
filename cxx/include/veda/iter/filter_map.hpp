// filter_map.hpp: yields what is in the std::optional that f gives for an item, where there is something;
// and while_some, which ends everywhere at the first empty one.
#ifndef VEDA_ITER_FILTER_MAP_HPP
#define VEDA_ITER_FILTER_MAP_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace veda {

// A std::optional, or what can be asked and looked into like one: a pointer, an expected.
template <class T>
concept optional_like = requires(T&& x) {
    static_cast<bool>(x);
    *std::forward<T>(x);
};

// One that holds its content itself: no pointer.
template <class T>
concept holds_one = optional_like<T> && std::is_class_v<std::remove_cvref_t<T>> &&
    requires { typename std::remove_cvref_t<T>::value_type; };

// f(item) gives one.
template <class F, class Item>
concept maybe_maps = const_callable<F, Item> && optional_like<std::invoke_result_t<const F&, Item>>;

namespace detail {

// What is yielded of an optional: its value, moved out of it; of a pointer the thing pointed to.
template <optional_like T>
using content_of = std::conditional_t<std::is_rvalue_reference_v<decltype(*std::declval<T>())>,
                                      std::remove_cvref_t<decltype(*std::declval<T>())>,
                                      decltype(*std::declval<T>())>;

template <class Next, class F>
struct filter_map_folder {
    static constexpr bool may_fill = Next::may_fill;

    Next next;
    callable<F> f;

    template <class T>
    void consume(T&& item) {
        auto&& found = f(std::forward<T>(item));
        if (found) next.consume(*std::forward<decltype(found)>(found));
    }
    bool full() const { return next.full(); }
    auto complete() && { return std::move(next).complete(); }
};

template <consumer C, class F>
struct filter_map_consumer : passing_consumer<C> {
    const F* f;

    filter_map_folder<folder_of<C>, F> into_folder() const {
        return {this->next.into_folder(), callable<F>(*f)};
    }
    filter_map_consumer split_off(std::uint64_t i) const { return {{this->next.split_off(i)}, f}; }
};

template <stage S, class F>
class filter_mapped {
  public:
    using item = content_of<std::invoke_result_t<const F&, typename S::item>>;
    static constexpr bool indexed = false;
    static constexpr bool one_for_each = detail::one_for_each<S>;

    filter_mapped(S&& base, F&& f) : base_(std::move(base)), f_(std::move(f)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        return detail::feed(base_, filter_map_consumer<C, F>{{consumer}, std::addressof(f_)}, limits);
    }

  private:
    S base_;
    F f_;
};

template <class Next>
struct while_some_folder {
    static constexpr bool may_fill = true;

    Next next;
    std::atomic<bool>* over;  // only a hint to the others; relaxed

    template <class T>
    void consume(T&& item) {
        if (item) {
            next.consume(*std::forward<T>(item));
        } else {
            over->store(true, std::memory_order_relaxed);
        }
    }
    bool full() const { return over->load(std::memory_order_relaxed) || next.full(); }
    auto complete() && { return std::move(next).complete(); }
};

template <consumer C>
struct while_some_consumer {
    C next;
    std::atomic<bool>* over;

    while_some_folder<folder_of<C>> into_folder() const { return {next.into_folder(), over}; }
    while_some_consumer split_off(std::uint64_t i) const { return {next.split_off(i), over}; }
    bool full() const { return over->load(std::memory_order_relaxed) || next.full(); }
    result_of<C> reduce(result_of<C>&& left, result_of<C>&& right) const {
        return next.reduce(std::move(left), std::move(right));
    }
};

template <stage S>
class until_none {
  public:
    using item = content_of<typename S::item>;
    static constexpr bool indexed = false;
    static constexpr bool one_for_each = detail::one_for_each<S>;

    explicit until_none(S&& base) : base_(std::move(base)) {}

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        std::atomic<bool> over{false};
        return detail::feed(base_, while_some_consumer<C>{consumer, &over}, limits);
    }

  private:
    S base_;
};

}  // namespace detail
}  // namespace veda

#endif
