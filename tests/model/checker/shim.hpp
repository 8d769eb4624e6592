// shim.hpp: what base/atomic.hpp and base/mutex.hpp hand out in a test build (VEDA_MODEL): atomics
// and locks whose every operation is the checker's to order. They have the size and layout of the
// real ones. An operation knows the place it is called from: its name for traces and for the
// mutation gate.
#pragma once

#include <cstring>
#include <source_location>
#include <type_traits>

#include "model/checker/machine.hpp"

namespace veda::model {

// The operations on one word, for atomic (which owns it) and atomic_ref (which does not).
template <class T>
class word_operations {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);

  public:
    static T load(const T* word, order how, const place& at) {
        return decode(word_load(word, sizeof(T), how, at));
    }
    static void store(T* word, T value, order how, const place& at) {
        word_store(word, sizeof(T), encode(value), how, at);
    }
    static T modify(T* word, rmw what, T operand, order how, const char* name, const place& at) {
        return decode(word_modify(word, sizeof(T), what, encode(operand), how, name, at));
    }
    static bool compare_exchange(T* word, T& expected, T desired, order success, order failure,
                                 bool given, bool weak, const char* name, const place& at) {
        std::uint64_t value = encode(expected);
        const bool done = word_compare_exchange(word, sizeof(T), value, encode(desired), success,
                                                failure, given, weak, name, at);
        if (!done) expected = decode(value);
        return done;
    }

  private:
    static std::uint64_t encode(T value) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof value);
        return bits;
    }
    static T decode(std::uint64_t bits) {
        T value;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    }
};

// The members of std::atomic, over word(). Every operation must name its order: house rule.
template <class T, class Self>
class atomic_members {
    using ops = word_operations<T>;

  public:
    T load(order how, place at = place::current()) const noexcept {
        return ops::load(word(), how, at);
    }
    void store(T value, order how, place at = place::current()) const noexcept {
        ops::store(word(), value, how, at);
    }
    T exchange(T value, order how, place at = place::current()) const noexcept {
        return ops::modify(word(), rmw::exchange, value, how, "exchange", at);
    }
    T fetch_add(T by, order how, place at = place::current()) const noexcept {
        return ops::modify(word(), rmw::add, by, how, "fetch_add", at);
    }
    T fetch_sub(T by, order how, place at = place::current()) const noexcept {
        return ops::modify(word(), rmw::subtract, by, how, "fetch_sub", at);
    }
    T fetch_or(T bits, order how, place at = place::current()) const noexcept {
        return ops::modify(word(), rmw::bit_or, bits, how, "fetch_or", at);
    }
    T fetch_and(T bits, order how, place at = place::current()) const noexcept {
        return ops::modify(word(), rmw::bit_and, bits, how, "fetch_and", at);
    }
    bool compare_exchange_strong(T& expected, T desired, order success, order failure,
                                 place at = place::current()) const noexcept {
        return ops::compare_exchange(word(), expected, desired, success, failure, true, false,
                                     "compare_exchange_strong", at);
    }
    bool compare_exchange_strong(T& expected, T desired, order success,
                                 place at = place::current()) const noexcept {
        return ops::compare_exchange(word(), expected, desired, success, failure_of(success), false,
                                     false, "compare_exchange_strong", at);
    }
    bool compare_exchange_weak(T& expected, T desired, order success, order failure,
                               place at = place::current()) const noexcept {
        return ops::compare_exchange(word(), expected, desired, success, failure, true, true,
                                     "compare_exchange_weak", at);
    }
    bool compare_exchange_weak(T& expected, T desired, order success,
                               place at = place::current()) const noexcept {
        return ops::compare_exchange(word(), expected, desired, success, failure_of(success), false,
                                     true, "compare_exchange_weak", at);
    }

  private:
    T* word() const noexcept { return static_cast<const Self*>(this)->address(); }
};

template <class T>
class atomic : public atomic_members<T, atomic<T>> {
  public:
    // Constant for statics, which live before and after every execution.
    constexpr atomic(T value = T{}) noexcept : value_(value) {
        if (!std::is_constant_evaluated()) born(&value_, sizeof value_);
    }
    constexpr ~atomic() {
        if (!std::is_constant_evaluated()) died(&value_);
    }
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;

    static constexpr bool is_always_lock_free = true;
    T* address() const noexcept { return &value_; }

  private:
    mutable T value_;
};

template <class T>
class atomic_ref : public atomic_members<T, atomic_ref<T>> {
  public:
    explicit atomic_ref(T& word) noexcept : word_(&word) {}
    T* address() const noexcept { return word_; }

  private:
    T* word_;
};

class mutex {
  public:
    constexpr mutex() noexcept {
        if (!std::is_constant_evaluated()) born(this, 1);
    }
    constexpr ~mutex() {
        if (!std::is_constant_evaluated()) died(this);
    }
    mutex(const mutex&) = delete;
    void lock() { model::lock(this); }
    bool try_lock() { return model::try_lock(this); }
    void unlock() { model::unlock(this); }

  private:
    char byte_ = 0;
};

}  // namespace veda::model
