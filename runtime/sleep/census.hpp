// census.hpp: how many threads hold a place and how many of them are searching, in one word, so that
// both change in one step. See README.md in this folder for who changes what when.
#pragma once

#include <cstdint>

#include "base/assert.hpp"
#include "base/atomic.hpp"

namespace veda::rt {

//      31            16 15             0
//     +----------------+----------------+
//     |   searching    |     active     |
//     +----------------+----------------+
//
// active: threads that hold a place: workers that run or search, and guests.
// searching: those of them that look for work. searching <= active.
struct head_count {
    std::uint32_t active, searching;
};

class census {
  public:
    // seq_cst everywhere: the second half of "publish, then look for sleepers" and the first half of
    // "announce sleep, then look for work" meet in this word.
    head_count load() const noexcept { return unpack(word_.load(seq_cst)); }

    void take_place() noexcept { add(1, 0); }
    void leave_place() noexcept { add(-1, 0); }

    // A parked worker is woken to search; the waker counts it, so that no second one is woken.
    void wake_searcher() noexcept { add(1, 1); }
    void start_search() noexcept { add(0, 1); }
    // True if this was the last searcher: the caller must see to it that work left over gets another.
    [[nodiscard]] bool end_search() noexcept { return add(0, -1).searching == 1; }
    void searcher_sleeps() noexcept { add(-1, -1); }
    // The same, but only while more than most are active: of several that are too many, no more go than
    // must, or they would all go and all come back, for ever.
    [[nodiscard]] bool searcher_sleeps_above(std::uint32_t most) noexcept {
        constexpr std::uint32_t one_of_each = (1u << 16) + 1;
        std::uint32_t word = word_.load(seq_cst);
        do {
            if (unpack(word).active <= most) return false;
        } while (!word_.compare_exchange_weak(word, word - one_of_each, seq_cst));
        return true;
    }

  private:
    static head_count unpack(std::uint32_t word) noexcept { return {word & 0xffff, word >> 16}; }

    head_count add(int active, int searching) noexcept {
        const auto delta = (static_cast<std::uint32_t>(searching) << 16) +
                           static_cast<std::uint32_t>(active);
        const head_count before = unpack(word_.fetch_add(delta, seq_cst));
        VEDA_ASSERT(before.active + active <= 0xffff && before.searching + searching <= 0xffff);
        return before;
    }

    atomic<std::uint32_t> word_{0};
};

}  // namespace veda::rt
