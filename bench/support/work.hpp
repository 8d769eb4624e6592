// work.hpp: the work that every runtime is given, and the marks that keep compilers from removing
// it.
//
// peers/rayon/src/work.rs says the same in Rust; the two must stay equal, step for step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <bench/support/options.hpp>

namespace bench {

// The compiler must believe that value is read, and that memory may have changed.
template <class T>
inline void keep(const T& value) {
    asm volatile("" : : "r,m"(value) : "memory");
}

inline void clobber() { asm volatile("" : : : "memory"); }

// The body of a loop item. One round is two steps of six independent multiply-adds:
//
//     six, because that keeps the multiplier busy all the time, so that a round costs the same
//     whether
//         or not the processor overlaps it with the neighbouring item. A single chain per item is
//         bound by latency, and then the same loop ran 1.7 times slower or faster depending on
//         where the compiler happened to put it;
//     the empty asm hides each result. Without it LLVM folds eight steps into one multiply-add with
//         other constants, and Rust and clang++ would do a tenth of g++'s work.
//
// The number of rounds is calibrated once per run of compare.py and passed to everyone.
inline std::uint64_t chain(std::uint64_t x, std::uint64_t rounds) {
    std::uint64_t x0 = x, x1 = x + 1, x2 = x + 2, x3 = x + 3, x4 = x + 4, x5 = x + 5;
    auto step = [](std::uint64_t& value) {
        value = value * 6364136223846793005u + 1442695040888963407u;
        asm("" : "+r"(value));
    };
    for (; rounds != 0; --rounds) {
        step(x0), step(x1), step(x2), step(x3), step(x4), step(x5);
        step(x0), step(x1), step(x2), step(x3), step(x4), step(x5);
    }
    return x0 ^ x1 ^ x2 ^ x3 ^ x4 ^ x5;
}

inline std::uint64_t fib_forks(unsigned n) {  // internal nodes of the call tree: F(n + 1) - 1
    std::uint64_t a = 0;
    std::uint64_t b = 1;
    for (unsigned i = 0; i < n; ++i) {
        std::uint64_t next = a + b;
        a = b;
        b = next;
    }
    return b - 1;
}

// The value that every runtime's fib must compute.
inline std::uint64_t fib_value(unsigned n) { return n == 0 ? 0 : fib_forks(n - 1) + 1; }

// Spreads the heavy items of the scattered shape without a pattern that a splitter could hit.
inline std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// Rounds per item. One item in ten is ten times as heavy in the tail shapes; all shapes are made of
// the same unit, given in rounds.
inline std::vector<std::uint32_t> cost_shape(const std::string& shape, std::size_t items,
                                             std::uint64_t unit) {
    std::vector<std::uint32_t> cost(items);
    for (std::size_t i = 0; i < items; ++i) {
        std::uint64_t units = 1;
        if (shape == "tail_end") {
            units = i >= items - items / 10 ? 10 : 1;
        } else if (shape == "tail_start") {
            units = i < items / 10 ? 10 : 1;
        } else if (shape == "scattered") {
            units = mix(i) % 10 == 0 ? 10 : 1;
        } else if (shape == "triangular") {
            cost[i] = static_cast<std::uint32_t>(4 * unit * i / items);
            continue;
        } else {
            fail("unknown shape " + shape);
        }
        cost[i] = static_cast<std::uint32_t>(units * unit);
    }
    return cost;
}

}  // namespace bench
