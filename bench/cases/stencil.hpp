// stencil.hpp: many short parallel loops, one behind the other: the steps of a small five-point
// stencil with one loop over its rows in each step, no grain given. A row takes about a microsecond,
// so what shows is how well so short a loop is divided and how soon the workers meet again.
#pragma once

#include <bench/cases/loop.hpp>
#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace bench {

inline constexpr std::size_t stencil_columns = 384;  // the outer ones never change

// Row i + 1 of the new grid. It takes the left neighbour's new value, the others' old ones: that
// chain keeps compilers from vectorising, so a row costs the same by all of them, and rows are
// independent all the same.
struct stencil_row {
    const float* old_grid;
    float* new_grid;

    void operator()(std::size_t i) const {
        const float* old_row = old_grid + (i + 1) * stencil_columns;
        float* new_row = new_grid + (i + 1) * stencil_columns;
        float left = new_row[0];
        for (std::size_t j = 1; j + 1 < stencil_columns; ++j) {
            const float others =
                old_row[j - stencil_columns] + old_row[j + stencil_columns] + old_row[j + 1];
            left = 0.25f * (others + left);
            new_row[j] = left;
        }
    }
};

// Values between 1 and 2, so that none ever becomes so small that arithmetic slows down.
inline std::vector<float> stencil_grid(std::size_t rows) {
    std::vector<float> grid((rows + 2) * stencil_columns);
    for (std::size_t i = 0; i < grid.size(); ++i) {
        grid[i] = 1.0f + static_cast<float>(mix(i) % 1024) / 1024.0f;
    }
    return grid;
}

// The grid after so many steps from start. loop(n, body) is one parallel loop.
template <class Loop>
std::vector<float> stencil_after(std::size_t steps, const std::vector<float>& start, Loop&& loop) {
    std::vector<float> now = start;
    std::vector<float> next = start;
    const std::size_t rows = start.size() / stencil_columns - 2;
    for (std::size_t step = 0; step < steps; ++step) {
        loop(rows, stencil_row{now.data(), next.data()});
        std::swap(now, next);
    }
    return now;
}

template <class Runtime>
void run_stencil(const options& opts) {
    if constexpr (requires(Runtime r, stencil_row body) { r.loop(std::size_t{1}, body); }) {
        const std::size_t rows = opts.number("rows", 254);
        const std::size_t steps = opts.number("steps", 5'000);
        const auto start = stencil_grid(rows);
        const auto expected = stencil_after(steps, start, serial_loop<stencil_row>);
        Runtime runtime(opts);
        auto once = [&] {
            auto loop = [&](std::size_t n, const stencil_row& row) { runtime.loop(n, row); };
            if (stencil_after(steps, start, loop) != expected) fail("stencil: wrong result");
        };
        timing result;
        runtime.inside([&] {
            once();
            result = repeat({.least = 3, .enough_ns = 300'000'000}, once);
        });
        reporter report(Runtime::name, opts);
        params p;
        p.add("rows", rows).add("steps", steps);
        report.line(p, "time per step", result.ns / 1e3 / static_cast<double>(steps), "us",
                    result.cores);
    }
}

}  // namespace bench
