// map.hpp: yields f(item). Stays indexed if its base is.
#ifndef VEDA_ITER_MAP_HPP
#define VEDA_ITER_MAP_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class Next, class F>
struct map_folder {
    static constexpr bool may_fill = Next::may_fill;

    Next next;
    callable<F> f;

    template <class T>
    void consume(T&& item) {
        next.consume(f(std::forward<T>(item)));
    }
    bool full() const { return next.full(); }
    auto complete() && { return std::move(next).complete(); }
};

template <consumer C, class F>
struct map_consumer : passing_consumer<C> {
    const F* f;

    map_folder<folder_of<C>, F> into_folder() const {
        return {this->next.into_folder(), callable<F>(*f)};
    }
    map_consumer split_off(std::uint64_t i) const { return {{this->next.split_off(i)}, f}; }
};

template <class Reader, class F, class Item>
struct map_reader {
    Reader read;
    callable<F> f;

    [[gnu::__always_inline__]] Item operator()(std::uint64_t i) const { return f(read(i)); }

    template <class Sink>
    [[gnu::__always_inline__]] void each(std::uint64_t first, std::uint64_t last, Sink sink) const {
        detail::each(read, first, last, [this, &sink](auto&& item) {
            return sink(f(std::forward<decltype(item)>(item)));
        });
    }
};

template <stage S, class F>
class mapped {
  public:
    using item = std::invoke_result_t<const F&, typename S::item>;
    static constexpr bool indexed = S::indexed;
    static constexpr bool one_for_each = detail::one_for_each<S>;

    mapped(S&& base, F&& f) : base_(std::move(base)), f_(std::move(f)) {}

    std::uint64_t size()
        requires indexed_stage<S>
    {
        return base_.size();
    }
    auto reader()
        requires indexed_stage<S>
    {
        auto read = base_.reader();
        return map_reader<decltype(read), F, item>{std::move(read), callable<F>(f_)};
    }

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        return detail::feed(base_, map_consumer<C, F>{{consumer}, std::addressof(f_)}, limits);
    }

  private:
    S base_;
    F f_;
};

// inspect as a map: shows the item to f and passes it on.
template <class F>
struct inspecting {
    F f;

    template <class T>
    T operator()(T&& item) const {
        std::invoke(f, std::as_const(item));
        return std::forward<T>(item);
    }
};

// cloned as a map: references become values.
struct cloning {
    template <class T>
    std::remove_cvref_t<T> operator()(T&& item) const {
        return std::forward<T>(item);
    }
};

}  // namespace veda::detail

#endif
