// callable.hpp: how the inner loops hold a user's callable.
//
// Always invoked as const. A small trivially copyable one (nearly every lambda) is held by value,
// so that what it captured can stay in registers; anything else by pointer, the original staying in
// the chain. Never copies a callable that could notice.
#ifndef VEDA_DETAIL_CALLABLE_HPP
#define VEDA_DETAIL_CALLABLE_HPP

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class F>
concept copied_into_loop = std::is_trivially_copyable_v<F> && std::is_copy_constructible_v<F> &&
                           sizeof(F) <= 64;

template <class F>
class callable {
  public:
    explicit callable(const F& f) noexcept : f_(std::addressof(f)) {}

    template <class... Args>
    [[gnu::__always_inline__]] decltype(auto) operator()(Args&&... args) const {
        return std::invoke(*f_, std::forward<Args>(args)...);
    }

  private:
    const F* f_;
};

template <copied_into_loop F>
class callable<F> {
  public:
    explicit callable(const F& f) noexcept : f_(f) {}

    template <class... Args>
    [[gnu::__always_inline__]] decltype(auto) operator()(Args&&... args) const {
        return std::invoke(f_, std::forward<Args>(args)...);
    }

    // A lambda has no assignment, but a folder that holds one moves between pieces.
    callable(const callable&) noexcept = default;

  private:
    F f_;
};

}  // namespace veda::detail

#endif
