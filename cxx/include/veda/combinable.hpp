// combinable.hpp: a value of its own for each thread, and what they give together.
//
//     veda::combinable<histogram> parts;
//     veda::par(words).for_each([&](const word& w) { ++parts.local()[w.length()]; });
//     histogram all = parts.combine(add);
//
// Any thread may ask for its value, workers and others; it is made at the first call and lies on cache
// lines of its own. A reduction of a chain needs none of this: it is for state that outlives a loop, is
// dear to make, or is shared by several loops.
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
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

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
        clear();
        for (auto& segment : table_) delete[] segment.load(std::memory_order_relaxed);
    }

    // The calling thread's value. Without a lock, except when a thread asks for the first time ever.
    T& local() {
        place& mine = place_of(detail::thread_numbers::mine());
        // relaxed, both: nobody else fills it, and whoever looks at all values comes after the users.
        padded* found = mine.load(std::memory_order_relaxed);
        if (found == nullptr) [[unlikely]] {
            found = new padded{init_()};
            mine.store(found, std::memory_order_relaxed);
        }
        return found->value;
    }

    // What follows must not run while other threads use their values: it comes after them (what they did is
    // seen, as after the end of a loop) or before, which orders more than any order here could.

    // Calls f for each value, in no particular order.
    template <std::invocable<T&> F>
    void for_each(F&& f) {
        for_each_place([&f](place& one) {
            if (padded* found = one.load(std::memory_order_relaxed)) std::invoke(f, found->value);
        });
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

    // How many threads have a value.
    std::size_t size() {
        std::size_t count = 0;
        for_each([&count](T&) { ++count; });
        return count;
    }

    // Back to the beginning: all values are gone.
    void clear() noexcept {
        for_each_place([](place& one) { delete one.exchange(nullptr, std::memory_order_relaxed); });
    }

  private:
    template <class Ref, class Op>
    T combined(Op& op) {
        std::unique_ptr<T> all;  // T may not be assignable
        for_each([&](T& one) {
            if (all == nullptr) {
                all = std::make_unique<T>(static_cast<Ref>(one));
            } else {
                all = std::make_unique<T>(std::invoke(op, std::move(*all), static_cast<Ref>(one)));
            }
        });
        return all == nullptr ? init_() : std::move(*all);
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

    template <class F>
    void for_each_place(F&& f) {
        for (std::size_t segment = 0; segment != segments; ++segment) {
            place* places = table_[segment].load(std::memory_order_relaxed);
            for (std::size_t i = 0; places != nullptr && i != length_of(segment); ++i) f(places[i]);
        }
    }

    std::function<T()> init_;
    detail::atomic<place*> table_[segments]{};
};

}  // namespace veda

#endif
