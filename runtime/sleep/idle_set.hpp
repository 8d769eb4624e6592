// idle_set.hpp: which workers are parked for lack of work, one bit each. Whoever clears a bit owns that
// worker's wake-up: exactly one waker per sleep.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/atomic.hpp"
#include "base/cache_line.hpp"
#include "base/limits.hpp"

namespace veda::rt {

class idle_set {
  public:
    static constexpr std::uint32_t capacity = limits::workers;
    static constexpr std::uint32_t none = UINT32_MAX;

    // seq_cst: a member announces itself, then looks for work; pairs with claim and empty, which come after
    // work became public. One sees the other: see the sleep protocol.
    void insert(std::uint32_t slot) noexcept { word(slot).fetch_or(bit(slot), seq_cst); }

    // True if this call cleared the bit. relaxed: a read-modify-write meets the newest bit, and what the two
    // sides have for each other goes through the parker.
    [[nodiscard]] bool remove(std::uint32_t slot) noexcept {
        return word(slot).fetch_and(~bit(slot), relaxed) & bit(slot);
    }
    // Of a member that was woken: the parker has handed over that the bit is cleared.
    bool contains(std::uint32_t slot) const noexcept {
        return words_[slot / 64].load(relaxed) & bit(slot);
    }

    // Some member nobody else claimed, searching upwards from near (a neighbour in slot order);
    // none if there is none. limit: slots at or above it were never used.
    std::uint32_t claim(std::uint32_t near, std::uint32_t limit) noexcept {
        const std::uint32_t count = (limit + 63) / 64;
        const std::uint32_t start = near / 64 < count ? near / 64 : 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::uint32_t index = (start + i) % count;
            while (const std::uint64_t bits = words_[index].load(seq_cst)) {
                const std::uint32_t first = i == 0 ? near % 64 : 0;
                const std::uint64_t after = bits >> first << first;
                const auto slot =
                    index * 64 + static_cast<std::uint32_t>(std::countr_zero(after ? after : bits));
                if (remove(slot)) return slot;
            }
        }
        return none;
    }

    bool empty(std::uint32_t limit) const noexcept {
        for (std::uint32_t i = 0; i < (limit + 63) / 64; ++i)
            if (words_[i].load(seq_cst)) return false;
        return true;
    }

  private:
    static std::uint64_t bit(std::uint32_t slot) noexcept { return std::uint64_t{1} << (slot % 64); }
    atomic<std::uint64_t>& word(std::uint32_t slot) noexcept { return words_[slot / 64]; }

    alignas(cache_line) std::array<atomic<std::uint64_t>, capacity / 64> words_{};
};

}  // namespace veda::rt
