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
#include <cstdint>

namespace veda::detail {

class pace {
  public:
    pace(piece_limits limits, std::uint64_t look_ticks) noexcept
        : limits_(limits), target_(look_ticks != 0 ? look_ticks : fallback_ticks) {}

    // How many of the rest to do next; begins to measure.
    std::uint64_t next(std::uint64_t rest) noexcept {
        started_ = ticks();
        // Smaller towards the end, where one long piece would leave the other workers without a
        // share; but never so small that measuring costs more than a hundredth of the work.
        const std::uint64_t tail = std::max(rest / 8, length_ / patience);
        piece_ = std::clamp(std::min(length_, tail), limits_.min, limits_.max);
        piece_ = std::max<std::uint64_t>(std::min(piece_, rest), 1);
        return piece_;
    }

    // The piece is done: learns from how long it took.
    void done() noexcept {
        const std::uint64_t took = ticks() - started_;
        worked_ += took;
        if (took > 2 * target_) {
            length_ = std::max<std::uint64_t>(piece_ / 2, 1);
        } else if (piece_ >= length_ && took < target_ / 2) {
            length_ *= took < target_ / 8 ? 4 : 2;
        }
    }

    // Enough was done since the last split to make another one worth its price (some 2 us).
    bool may_split() const noexcept { return worked_ >= target_ / patience; }

    // A split was made.
    void split() noexcept { worked_ = 0; }

    std::uint64_t min() const noexcept { return limits_.min; }

  private:
    static constexpr std::uint64_t fallback_ticks = 1u << 16;
    static constexpr std::uint64_t patience = 16;

    piece_limits limits_;
    std::uint64_t target_;
    std::uint64_t length_ = 1;
    std::uint64_t piece_ = 0;
    std::uint64_t started_ = 0;
    std::uint64_t worked_ = 0;
};

}  // namespace veda::detail

#endif
