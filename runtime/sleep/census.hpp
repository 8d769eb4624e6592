// census.hpp: how many threads hold a place and how many of them are searching, in one word, so that
// both change in one step. See README.md in this folder for who changes what when.
#pragma once

#include <cstdint>

#include "base/assert.hpp"
#include "base/atomic.hpp"

namespace veda::rt {

//      47            32 31            16 15             0
//     +----------------+----------------+----------------+
//     |    wanting     |   searching    |     active     |
//     +----------------+----------------+----------------+
//
// active: threads that hold a place: workers that run or search, and guests.
// searching: those of them that look for work. searching <= active.
// wanting: threads that have something to go on with and wait for a place.
struct head_count {
    std::uint32_t active, searching, wanting;

    // Threads in the user's code: what the number of places bounds.
    std::uint32_t running() const noexcept { return active - searching; }
    // Running threads and those that will run before anybody begins something new.
    std::uint32_t claimed() const noexcept { return running() + wanting; }
    std::uint32_t present() const noexcept { return active + wanting; }
};

class census {
  public:
    // seq_cst everywhere: the second half of "publish, then look for sleepers" and the first half of
    // "announce sleep, then look for work" meet in this word.
    head_count load() const noexcept { return unpack(word_.load(seq_cst)); }

    // -- places: most is how many there are ---------------------------------------------------------

    // However many are active.
    void take_place() noexcept { add(1, 0, 0); }
    // Only while fewer than most run, and nobody has waited for a place for longer.
    [[nodiscard]] bool try_take_place(std::uint32_t most) noexcept {
        return change([most](head_count now) { return now.claimed() < most; }, one_active);
    }
    // Between these two the thread waits for a place.
    void want_place() noexcept { add(0, 0, 1); }
    [[nodiscard]] bool try_take_wanted(std::uint32_t most) noexcept {
        return change([most](head_count now) { return now.running() < most; }, one_active - one_wanting);
    }
    // From running to waiting for a place.
    void give_place_up() noexcept { add(-1, 0, 1); }
    // The census after it: the caller sees to it that the free place finds somebody.
    head_count leave_place() noexcept { return add(-1, 0, 0); }

    // -- searchers ----------------------------------------------------------------------------------

    // A parked worker is woken to search; the waker counts it, so that no second one is woken.
    void wake_searcher() noexcept { add(1, 1, 0); }
    head_count start_search() noexcept { return add(0, 1, 0); }
    // The searcher has found work and begins to run it, if fewer than most run or are about to. last: it was
    // the last searcher, and must see to it that work left over gets another.
    struct begun {
        bool runs, last;
    };
    [[nodiscard]] begun begin_run(std::uint32_t most) noexcept {
        return begin([most](head_count now) { return now.claimed() < most; });
    }
    // The same in a place that was left for it, although its last holder waits to have it back.
    [[nodiscard]] begun begin_in_room(std::uint32_t most) noexcept {
        return begin([most](head_count now) { return now.running() < most; });
    }
    void searcher_sleeps() noexcept { add(-1, -1, 0); }
    // The same, but only while more than most are present: of several that are too many, no more go than
    // must, or they would all go and all come back, for ever.
    [[nodiscard]] bool searcher_sleeps_above(std::uint32_t most) noexcept {
        return change([most](head_count now) { return now.present() > most; },
                      std::uint64_t{0} - one_active - one_searching);
    }

  private:
    static constexpr std::uint64_t one_active = 1, one_searching = 1u << 16,
                                   one_wanting = std::uint64_t{1} << 32;

    static head_count unpack(std::uint64_t word) noexcept {
        return {static_cast<std::uint32_t>(word & 0xffff), static_cast<std::uint32_t>(word >> 16 & 0xffff),
                static_cast<std::uint32_t>(word >> 32)};
    }

    // The census after it.
    head_count add(std::int64_t active, std::int64_t searching, std::int64_t wanting) noexcept {
        const auto delta = static_cast<std::uint64_t>((wanting << 32) + (searching << 16) + active);
        const std::uint64_t before = word_.fetch_add(delta, seq_cst);
        VEDA_ASSERT(is_valid(before + delta));
        return unpack(before + delta);
    }
    // Adds delta if allowed(what is there), in one step.
    template <class Allowed>
    bool change(Allowed allowed, std::uint64_t delta) noexcept {
        std::uint64_t word = word_.load(seq_cst);
        do {
            if (!allowed(unpack(word))) return false;
        } while (!word_.compare_exchange_weak(word, word + delta, seq_cst));
        VEDA_ASSERT(is_valid(word + delta));
        return true;
    }
    template <class Allowed>
    begun begin(Allowed allowed) noexcept {
        head_count before{};
        const bool runs = change([&](head_count now) { return before = now, allowed(now); },
                                 std::uint64_t{0} - one_searching);
        return {runs, before.searching == 1};
    }
    // No field has wrapped around, and nobody searches without a place.
    static bool is_valid(std::uint64_t word) noexcept {
        constexpr std::uint32_t most = 1u << 15;
        const head_count now = unpack(word);
        return now.active < most && now.searching <= now.active && now.wanting < most;
    }

    atomic<std::uint64_t> word_{0};
};

}  // namespace veda::rt
