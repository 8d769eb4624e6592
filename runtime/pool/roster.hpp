// roster.hpp: which slots of a runtime are in use. Searchers, sleepers, and publishers that look for sleepers
// go through these, so that a slot costs nothing once nobody uses it any more.
//
// A worker joins before it shows anything, and leaves when its queues are empty.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/atomic.hpp"
#include "base/cache_line.hpp"
#include "base/limits.hpp"

namespace veda::rt {

class roster {
  public:
    // seq_cst: a sleeper that does not find the worker here has announced its sleep before the worker
    // joined, so before the worker publishes anything. See ../sleep/README.md.
    void join(std::uint32_t slot) noexcept { words_[slot / 64].fetch_or(bit(slot), seq_cst); }
    // relaxed: a searcher that sees it late looks in vain.
    void leave(std::uint32_t slot) noexcept { words_[slot / 64].fetch_and(~bit(slot), relaxed); }

    // relaxed: only the thread of the slot asks.
    bool contains(std::uint32_t slot) const noexcept {
        return words_[slot / 64].load(relaxed) & bit(slot);
    }

    // Calls visit(slot) for the members below end, from start upwards and around, until one returns true.
    // True if one did.
    template <class Visit>
    bool any_from(std::uint32_t start, std::uint32_t end, Visit visit) const noexcept {
        const std::uint32_t count = (end + 63) / 64;
        const std::uint32_t first = start / 64;
        const std::uint64_t upper = ~(bit(start) - 1);
        for (std::uint32_t i = 0; i <= count; ++i) {
            const std::uint32_t index = first + i < count ? first + i : first + i - count;
            std::uint64_t members = words_[index].load(seq_cst);
            // The first word comes twice: its upper part at the beginning, its lower part at the end.
            if (i == 0) members &= upper;
            if (i == count) members &= ~upper;
            for (; members != 0; members &= members - 1)
                if (visit(index * 64 + static_cast<std::uint32_t>(std::countr_zero(members)))) return true;
        }
        return false;
    }

  private:
    static std::uint64_t bit(std::uint32_t slot) noexcept { return std::uint64_t{1} << (slot % 64); }

    alignas(cache_line) std::array<atomic<std::uint64_t>, limits::workers / 64> words_{};
};

}  // namespace veda::rt
