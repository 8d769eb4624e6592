// pieces.hpp: how long the next piece of a loop shall be, from how long the last one took. Pieces grow
// until one takes as long as may pass between two looks at hungry workers (tens of microseconds), so
// that neither a body of 1 ns nor one of 1 ms needs a hint. Lengths are whole multiples of the least, so
// that only the end of the whole range can leave a shorter piece.
#pragma once

#include <algorithm>
#include <cstdint>

#include "os/clock.hpp"

namespace veda::rt {

// The length, or a little less, so that [begin, begin + length) ends even.
inline std::uint64_t ending_even(std::uint64_t begin, std::uint64_t length) noexcept {
    constexpr std::uint64_t even = 64;
    const std::uint64_t over = (begin + length) % even;
    return length >= over + even / 2 ? length - over : length;
}

class piece_sizer {
  public:
    piece_sizer(std::uint64_t least, std::uint64_t most, std::uint64_t look_ticks) noexcept
        : least_(std::max<std::uint64_t>(least, 1)),
          most_(whole(most ? std::max(most, least_) : UINT64_MAX)),
          look_ticks_(look_ticks),
          length_(least_),
          begun_(os::ticks()),
          last_look_(begun_) {}

    // Of a range that begins here and has so much left.
    std::uint64_t length(std::uint64_t begin, std::uint64_t rest) noexcept {
        const std::uint64_t even = least_ == 1 ? ending_even(begin, length_) : length_;
        return asked_ = rest <= length_ ? rest : even;
    }

    // After a piece of this length.
    void measured(std::uint64_t done) noexcept {
        const std::uint64_t now = os::ticks();
        const std::uint64_t took = now - last_look_;
        last_look_ = now;
        if (took < look_ticks_ / 8)
            grow(8);
        else if (took < look_ticks_ / 2)
            grow(2);
        else if (took > look_ticks_ * 2 && done == asked_)
            length_ = std::max(least_, whole(length_ / 2));
    }

    // How long all pieces together took, up to the last look.
    std::uint64_t elapsed() const noexcept { return last_look_ - begun_; }

  private:
    std::uint64_t whole(std::uint64_t length) const noexcept { return length - length % least_; }
    void grow(std::uint64_t factor) noexcept {
        if (length_ <= most_ / factor)
            length_ *= factor;
        else
            length_ = most_;
    }

    std::uint64_t least_, most_, look_ticks_, length_, begun_, last_look_;
    std::uint64_t asked_ = 0;  // the last answer
};

}  // namespace veda::rt
