// slot.hpp: room for one T that comes and goes, under the owner's control.
//
// As std::optional, but it neither asks nor assigns where the owner knows better: a T that can only
// be moved is replaced by destroying and building. Misuse (putting into a full slot) is the owner's
// bug.
#ifndef VEDA_DETAIL_SLOT_HPP
#define VEDA_DETAIL_SLOT_HPP

#include <cassert>
#include <memory>
#include <utility>

namespace veda::detail {

template <class T>
class slot {
  public:
    slot() noexcept {}
    slot(const slot&) = delete;
    slot& operator=(const slot&) = delete;
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // g++ loses sight of full_
#endif
    ~slot() {
        if (full_) value_.~T();
    }
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

    explicit operator bool() const noexcept { return full_; }
    T& operator*() noexcept { return value_; }
    const T& operator*() const noexcept { return value_; }
    T* operator->() noexcept { return std::addressof(value_); }
    const T* operator->() const noexcept { return std::addressof(value_); }

    // Fills an empty slot.
    void put(T&& value) {
        assert(!full_);
        std::construct_at(std::addressof(value_), std::move(value));
        full_ = true;
    }
    // Empties a full one.
    void drop() noexcept {
        assert(full_);
        full_ = false;
        value_.~T();
    }
    // The next value instead of the one that is there.
    void replace(T&& value) {
        drop();
        put(std::move(value));
    }

  private:
    union {
        T value_;
    };
    bool full_ = false;
};

}  // namespace veda::detail

#endif
