// first_position.hpp: the lowest index for which a test is true.
//
// What lies left of the best index so far goes on, what lies right of it is given up: a part is asked once
// per piece, by where it began. So every index below the answer has been tested, once each, and some above
// it may have been.
#ifndef VEDA_ITER_FIRST_POSITION_HPP
#define VEDA_ITER_FIRST_POSITION_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/enter.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/source_integers.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace veda::detail {

inline constexpr std::uint64_t no_position = UINT64_MAX;

// The lowest position that anybody has found. Relaxed: it only saves work, the answer goes through joins.
class lowest_position {
  public:
    void lower_to(std::uint64_t i) noexcept {
        std::uint64_t now = best_.load(std::memory_order_relaxed);
        while (i < now && !best_.compare_exchange_weak(now, i, std::memory_order_relaxed)) {
        }
    }
    bool below(std::uint64_t i) const noexcept { return best_.load(std::memory_order_relaxed) < i; }

  private:
    std::atomic<std::uint64_t> best_{no_position};
};

template <class Test>
struct first_position_folder {
    static constexpr bool may_fill = true;

    callable<Test> test;
    lowest_position* best;
    std::uint64_t found = no_position;

    void consume(std::uint64_t i) {
        if (test(i)) {
            found = i;
            best->lower_to(i);
        }
    }
    bool full() const { return found != no_position; }
    std::uint64_t complete() && { return found; }
};

template <class Test>
struct first_position_consumer {
    const Test* test;
    lowest_position* best;
    std::uint64_t begin;

    first_position_folder<Test> into_folder() const { return {callable<Test>(*test), best}; }
    first_position_consumer split_off(std::uint64_t i) const { return {test, best, begin + i}; }
    bool full() const { return best->below(begin); }
    std::uint64_t reduce(std::uint64_t left, std::uint64_t right) const { return std::min(left, right); }
};

// The lowest of [0, n) for which test(i) is true; n if there is none.
template <class Test>
std::uint64_t first_position(std::uint64_t n, const Test& test, piece_limits limits = {}) {
    lowest_position best;
    integers<std::uint64_t> all(0, n);
    const std::uint64_t found = in_pool([&] {
        return feed(all, first_position_consumer<Test>{&test, &best, 0}, limits);
    });
    return std::min(found, n);
}

}  // namespace veda::detail

#endif
