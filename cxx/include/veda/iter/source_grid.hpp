// source_grid.hpp: the indices of a table or of a space, row by row, and their blocks.
#ifndef VEDA_ITER_SOURCE_GRID_HPP
#define VEDA_ITER_SOURCE_GRID_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/each.hpp>

#include <algorithm>
#include <cstdint>

namespace veda {

struct index2d {
    std::uint64_t row, column;
    friend bool operator==(const index2d&, const index2d&) = default;
};
struct index3d {
    std::uint64_t layer, row, column;
    friend bool operator==(const index3d&, const index3d&) = default;
};

// The half-open ranges of a block.
struct span1d {
    std::uint64_t begin, end;
    std::uint64_t size() const noexcept { return end - begin; }
    friend bool operator==(const span1d&, const span1d&) = default;
};
struct block2d {
    span1d rows, columns;
    friend bool operator==(const block2d&, const block2d&) = default;
};
struct block3d {
    span1d layers, rows, columns;
    friend bool operator==(const block3d&, const block3d&) = default;
};

namespace detail {

struct grid2d_reader {
    std::uint64_t columns;

    index2d operator()(std::uint64_t i) const noexcept { return {i / columns, i % columns}; }

    // Divides once a row, not once an item.
    template <class Sink>
    [[gnu::__always_inline__]] void each(std::uint64_t first, std::uint64_t last, Sink sink) const {
        while (first != last) {
            const std::uint64_t row = first / columns, column = first % columns;
            const std::uint64_t end = std::min(columns, column + (last - first));
            for (std::uint64_t c = column; c != end; ++c)
                if (sink_stops(sink, index2d{row, c})) return;
            first += end - column;
        }
    }
};

class grid2d {
  public:
    using item = index2d;
    static constexpr bool indexed = true;

    grid2d(std::uint64_t rows, std::uint64_t columns) noexcept : rows_(rows), columns_(columns) {}

    std::uint64_t size() const noexcept { return rows_ * columns_; }
    grid2d_reader reader() const noexcept { return {columns_}; }

  private:
    std::uint64_t rows_, columns_;
};

struct grid3d_reader {
    std::uint64_t rows, columns;

    index3d operator()(std::uint64_t i) const noexcept {
        const std::uint64_t line = i / columns;
        return {line / rows, line % rows, i % columns};
    }

    template <class Sink>
    [[gnu::__always_inline__]] void each(std::uint64_t first, std::uint64_t last, Sink sink) const {
        while (first != last) {
            index3d at = (*this)(first);
            const std::uint64_t begin = at.column;
            const std::uint64_t end = std::min(columns, begin + (last - first));
            for (; at.column != end; ++at.column)
                if (sink_stops(sink, index3d{at})) return;
            first += end - begin;
        }
    }
};

class grid3d {
  public:
    using item = index3d;
    static constexpr bool indexed = true;

    grid3d(std::uint64_t layers, std::uint64_t rows, std::uint64_t columns) noexcept
        : layers_(layers), rows_(rows), columns_(columns) {}

    std::uint64_t size() const noexcept { return layers_ * rows_ * columns_; }
    grid3d_reader reader() const noexcept { return {rows_, columns_}; }

  private:
    std::uint64_t layers_, rows_, columns_;
};

// [0, size) in blocks of at most length.
struct cuts {
    std::uint64_t size, length;
    std::uint64_t count() const noexcept { return groups_of(length, size); }
    span1d operator[](std::uint64_t i) const noexcept {
        return {i * length, std::min(size, (i + 1) * length)};
    }
};

}  // namespace detail
}  // namespace veda

#endif
