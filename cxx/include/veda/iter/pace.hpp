// pace.hpp: how many items a loop does between two looks at the other workers.
//
// Nobody tunes a grain: the length of a piece follows measured time. Pieces grow while they are
// faster than look_ticks and shrink when they take more than twice that, so that 1 ns and 1 ms
// bodies both look up often enough and neither pays for it. A loop that is over before the first
// look never meets another worker at all.
#ifndef VEDA_ITER_PACE_HPP
#define VEDA_ITER_PACE_HPP

#include <veda/detail/ticks.hpp>
#include <veda/iter/concepts.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>

namespace veda::detail {

class pace {
  public:
    pace(piece_limits limits, std::uint64_t look_ticks) noexcept
        : limits_(limits), target_(look_ticks != 0 ? look_ticks : fallback_ticks) {}

    // How many of the rest, which begins at this position, to do next.
    std::uint64_t next(std::uint64_t position, std::uint64_t rest) noexcept {
        if (!running_) {
            running_ = true;
            last_look_ = ticks();
        }
        // At most an eighth of the rest, for the items ahead may be dearer than those behind; but not
        // so few that measuring would cost more than working.
        const std::uint64_t fair = std::max(rest / 8, instant_);
        measures_length_ = length_ <= std::min(fair, limits_.max);
        piece_ = std::clamp(std::min(length_, fair), limits_.min, limits_.max);
        piece_ = std::max<std::uint64_t>(std::min(piece_, rest), 1);
        if (piece_ < rest) piece_ = ending_even(position, piece_, limits_.min);
        return piece_;
    }

    // Shortens a long piece so that the next one begins at a multiple of even. Where item 0 lies at the
    // beginning of a cache line, so do all pieces then: a vectorised loop that begins off a line
    // crosses one with every fourth access, and ran up to 1.5 times slower.
    static std::uint64_t ending_even(std::uint64_t position, std::uint64_t length,
                                     std::uint64_t least) noexcept {
        const std::uint64_t over = (position + length) % even;
        return length >= over + std::max(least, even / 2) ? length - over : length;
    }

    // The piece is done, and another one follows: learns from how long it took. After the last piece nobody
    // reads the clock.
    void done() noexcept {
        const std::uint64_t now = ticks();
        const std::uint64_t took = now - last_look_;
        last_look_ = now;
        worked_ += took;
        instant_ = scaled(piece_, target_ / instants, took);
        if (took > 2 * target_) {
            length_ = std::max<std::uint64_t>(piece_ / 2, 1);
        } else if (measures_length_ && took < target_ / 2) {
            length_ *= took < target_ / 16 ? 8 : 2;
        }
    }

    // No split before so much was done alone.
    void wait(std::uint64_t patience_ticks) noexcept { until_split_ = patience_ticks; }

    // Enough was done since the last split to make another one worth its price.
    bool may_split() const noexcept { return worked_ >= until_split_; }

    // A split was made.
    void split() noexcept {
        worked_ = 0;
        until_split_ = target_ / splits;
        running_ = false;
    }

    std::uint64_t min() const noexcept { return limits_.min; }

  private:
    static constexpr std::uint64_t even = 64;  // items
    static constexpr std::uint64_t fallback_ticks = 1u << 16;
    static constexpr std::uint64_t splits = 16;     // at most so many in the time of target_
    static constexpr std::uint64_t instants = 128;  // a piece this short is not worth cutting

    // Libraries differ in what std::bit_width returns.
    static int width(std::uint64_t x) noexcept { return static_cast<int>(std::bit_width(x)); }
    // items * wanted / took within a factor of two, without a division.
    static std::uint64_t scaled(std::uint64_t items, std::uint64_t wanted, std::uint64_t took) noexcept {
        const int up = width(wanted) - width(took + 1);
        if (up < 0) return items >> -up;
        return width(items) + up < 64 ? items << up : UINT64_MAX;
    }

    piece_limits limits_;
    std::uint64_t target_;
    std::uint64_t until_split_ = 0;
    std::uint64_t length_ = 1;      // how many items take about target_
    bool measures_length_ = false;  // the piece is not shorter for other reasons
    bool running_ = false;          // last_look_ is the end of the last piece
    std::uint64_t piece_ = 0;
    std::uint64_t instant_ = 0;  // how many items take target_ / instants, at the latest speed
    std::uint64_t last_look_ = 0;
    std::uint64_t worked_ = 0;
};

}  // namespace veda::detail

#endif
