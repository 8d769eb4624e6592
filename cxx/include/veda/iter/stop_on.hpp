// stop_on.hpp: ends a run from outside: asks a token once per piece, and throws veda::cancelled when it
// says stop.
//
// Between two questions lie a few microseconds or one item, whichever is longer. The item loop itself is
// left as it is: in an indexed chain the question is asked where a piece gets its reader, in any other one
// where the driver asks whether more items are wanted. What has been built by then is destroyed by its
// owners, as after any exception. A run that was through before it asked is not cancelled.
#ifndef VEDA_ITER_STOP_ON_HPP
#define VEDA_ITER_STOP_ON_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <utility>

namespace veda {

// std::stop_token, or anything else that can be asked by several threads at once.
template <class T>
concept stop_token_like = std::move_constructible<T> && requires(const T& token) {
    { token.stop_requested() } -> std::convertible_to<bool>;
};

namespace detail {

template <class T>
void throw_if_stopped(const T& token) {
    if (token.stop_requested()) [[unlikely]] {
        throw cancelled();
    }
}

// full() also where it throws: the driver asks it before each piece.
template <consumer C, class T>
struct stop_consumer : passing_consumer<C> {
    const T* token;

    auto into_folder() const { return this->next.into_folder(); }
    stop_consumer split_off(std::uint64_t i) const { return {{this->next.split_off(i)}, token}; }
    bool full() const {
        if (this->next.full()) return true;
        throw_if_stopped(*token);
        return false;
    }
};

template <stage S, stop_token_like T>
class stopped_on {
  public:
    using item = typename S::item;
    static constexpr bool indexed = S::indexed;
    static constexpr bool one_for_each = detail::one_for_each<S>;
    static constexpr bool feeds_itself = detail::feeds_itself<S>;
    static constexpr bool is_attended = true;

    stopped_on(S&& base, T&& token) : base_(std::move(base)), token_(std::move(token)) {}

    std::uint64_t size()
        requires indexed_stage<S>
    {
        return base_.size();
    }
    auto reader()
        requires indexed_stage<S>
    {
        throw_if_stopped(token_);
        return base_.reader();
    }
    auto slice(std::uint64_t first, std::uint64_t count) const
        requires sliceable<S>
    {
        throw_if_stopped(token_);
        return base_.slice(first, count);
    }

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        return detail::feed(base_, stop_consumer<C, T>{{consumer}, std::addressof(token_)}, limits);
    }

  private:
    S base_;
    T token_;
};

}  // namespace detail
}  // namespace veda

#endif
