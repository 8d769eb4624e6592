// random.hpp: a small generator for choosing victims. Not for users: nothing depends on its quality
// except that workers do not march in step.
#pragma once

#include <cstdint>

namespace veda::rt {

// xorshift64* (Vigna, 2016).
class random_stream {
  public:
    explicit random_stream(std::uint64_t seed) noexcept
        : state_(seed * 0x9E3779B97F4A7C15ull | 1) {}

    std::uint32_t next() noexcept {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<std::uint32_t>((state_ * 0x2545F4914F6CDD1Dull) >> 32);
    }

    // A number below bound, by multiplication instead of division (Lemire, 2016).
    std::uint32_t below(std::uint32_t bound) noexcept {
        return static_cast<std::uint32_t>((std::uint64_t{next()} * bound) >> 32);
    }

  private:
    std::uint64_t state_;
};

}  // namespace veda::rt
