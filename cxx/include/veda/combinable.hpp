// combinable.hpp: a value of its own for each thread, and what they give together.
//
//     veda::combinable<histogram> parts;
//     veda::par(words).for_each([&](const word& w) { ++parts.local()[w.length()]; });
//     histogram all = parts.combine(add);
//     for (const histogram& one : parts) print(one);
//
// Any thread may ask for its value, workers and others; it is made at the first call and lies on cache
// lines of its own. Afterwards the values are a range: as many as threads asked, in the order in which they
// first did. A reduction of a chain needs none of this: it is for state that outlives a loop, is dear to
// make, or is shared by several loops. oneTBB has combinable, and enumerable_thread_specific with a range.
//
// A thread that waits for a parallel piece of its own (a join, a chain) may run other parts of the same
// loop meanwhile, and these see the same value: do not hold a reference across such a wait. A value whose
// thread has ended may be passed on to a later thread.
#ifndef VEDA_COMBINABLE_HPP
#define VEDA_COMBINABLE_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/atomic.hpp>
#include <veda/detail/thread_numbers.hpp>

#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

template <class T>
class combinable {
    // Two lines: processors fetch them in pairs.
    struct alignas(128) padded {
        T value;
    };
    using place = detail::atomic<padded*>;

    // Places lie in segments of 8, 8, 16, 32, ...: a segment never moves, so that places can be read
    // without a lock while others come into being.
    static constexpr std::size_t first_segment = 8;
    static constexpr std::size_t segments = 32;

    // A place among the values, which lie one by one.
    template <class V>
    class iterator {
        using pointer_to_value = const std::unique_ptr<padded>*;

      public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;

        iterator() = default;
        explicit iterator(pointer_to_value at) noexcept : at_(at) {}

        V& operator*() const noexcept { return (*at_)->value; }
        V* operator->() const noexcept { return std::addressof((*at_)->value); }
        V& operator[](difference_type n) const noexcept { return at_[n]->value; }
        iterator& operator++() noexcept { return *this += 1; }
        iterator& operator--() noexcept { return *this += -1; }
        iterator operator++(int) noexcept { return iterator(at_++); }
        iterator operator--(int) noexcept { return iterator(at_--); }
        iterator& operator+=(difference_type n) noexcept { return at_ += n, *this; }
        iterator& operator-=(difference_type n) noexcept { return at_ -= n, *this; }
        friend iterator operator+(iterator i, difference_type n) noexcept { return i += n; }
        friend iterator operator+(difference_type n, iterator i) noexcept { return i += n; }
        friend iterator operator-(iterator i, difference_type n) noexcept { return i -= n; }
        friend difference_type operator-(iterator a, iterator b) noexcept { return a.at_ - b.at_; }
        friend auto operator<=>(iterator, iterator) = default;

      private:
        pointer_to_value at_ = nullptr;
    };

  public:
    // Values begin as T{}, or as what init gives; init may be called by several threads at once.
    combinable() requires std::default_initializable<T> : init_([] { return T{}; }) {}
    template <class F>
    requires std::is_invocable_r_v<T, const F&> &&
        (!std::same_as<std::remove_cvref_t<F>, combinable>)explicit combinable(F init)
        : init_(std::move(init)) {}

    combinable(const combinable&) = delete;
    combinable& operator=(const combinable&) = delete;
    ~combinable() {
        for (auto& segment : table_) delete[] segment.load(std::memory_order_relaxed);
    }

    // The calling thread's value. Without a lock, except when a thread asks for the first time.
    T& local() {
        place& mine = place_of(detail::thread_numbers::mine());
        // relaxed, both: nobody else fills it, and whoever looks at all values comes after the users.
        padded* found = mine.load(std::memory_order_relaxed);
        if (found == nullptr) [[unlikely]] {
            found = add_value();
            mine.store(found, std::memory_order_relaxed);
        }
        return found->value;
    }

    // What follows must not run while other threads use their values: it comes after them (what they did is
    // seen, as after the end of a loop) or before, which orders more than any order here could.

    // All values: a random-access range, so that veda::par(parts) takes it, too.
    auto begin() noexcept { return iterator<T>(values_.data()); }
    auto end() noexcept { return iterator<T>(values_.data() + values_.size()); }
    auto begin() const noexcept { return iterator<const T>(values_.data()); }
    auto end() const noexcept { return iterator<const T>(values_.data() + values_.size()); }

    // How many threads have a value.
    std::size_t size() const noexcept { return values_.size(); }
    bool empty() const noexcept { return values_.empty(); }

    // Calls f for each value.
    template <std::invocable<T&> F>
    void for_each(F&& f) {
        for (T& value : *this) std::invoke(f, value);
    }

    // All values combined by op, which must be associative and commutative; a fresh one if there are
    // none. Values are copied, or moved out of std::move(parts).
    template <class Op>
    requires std::is_invocable_r_v<T, Op&, T, const T&> && std::copy_constructible<T> T combine(Op op)
    &{ return combined<const T&>(op); }
    template <class Op>
    requires std::is_invocable_r_v<T, Op&, T, T> T combine(Op op) && {
        return combined<T&&>(op);
    }

    // Back to the beginning: all values are gone.
    void clear() noexcept {
        for (std::size_t segment = 0; segment != segments; ++segment) {
            place* places = table_[segment].load(std::memory_order_relaxed);
            for (std::size_t i = 0; places != nullptr && i != length_of(segment); ++i)
                places[i].store(nullptr, std::memory_order_relaxed);
        }
        values_.clear();
    }

  private:
    template <class Ref, class Op>
    T combined(Op& op) {
        std::unique_ptr<T> all;  // T may not be assignable
        for (T& one : *this) {
            if (all == nullptr) {
                all = std::make_unique<T>(static_cast<Ref>(one));
            } else {
                all = std::make_unique<T>(std::invoke(op, std::move(*all), static_cast<Ref>(one)));
            }
        }
        return all == nullptr ? init_() : std::move(*all);
    }

    [[gnu::__cold__, gnu::__noinline__]] padded* add_value() {
        std::unique_ptr<padded> made(new padded{init_()});
        const std::lock_guard guard(lock_);
        values_.push_back(std::move(made));
        return values_.back().get();
    }

    static std::size_t segment_of(std::size_t number) noexcept {
        return static_cast<std::size_t>(std::bit_width(number / first_segment));
    }
    static std::size_t begin_of(std::size_t segment) noexcept {
        return segment == 0 ? 0 : first_segment << (segment - 1);
    }
    static std::size_t length_of(std::size_t segment) noexcept {
        return segment == 0 ? first_segment : begin_of(segment);
    }

    place& place_of(std::size_t number) {
        const std::size_t segment = segment_of(number);
        // acquire: the empty places; pairs with add_segment.
        place* places = table_[segment].load(std::memory_order_acquire);
        if (places == nullptr) [[unlikely]] {
            places = add_segment(segment);
        }
        return places[number - begin_of(segment)];
    }

    // Two threads may try at once: one of the two segments is kept.
    [[gnu::__cold__, gnu::__noinline__]] place* add_segment(std::size_t segment) {
        std::unique_ptr<place[]> made(new place[length_of(segment)]());
        place* expected = nullptr;
        // release: the empty places; acquire: the other thread's.
        if (table_[segment].compare_exchange_strong(expected, made.get(), std::memory_order_release,
                                                    std::memory_order_acquire)) {
            return made.release();
        }
        return expected;
    }

    std::function<T()> init_;
    detail::atomic<place*> table_[segments]{};
    std::mutex lock_;  // while a value is added
    std::vector<std::unique_ptr<padded>> values_;
};

}  // namespace veda

#endif
