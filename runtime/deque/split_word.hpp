// split_word.hpp: the public part of a deque as one atomic word, {tail, split}: the jobs with indices
// in [tail, split) may be taken by anybody. Every change is one read-modify-write of this word, so
// there is one modification order and no fence. See README.md in this folder.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace veda::rt {

//      63            32 31             0
//     +----------------+----------------+
//     |     split      |      tail      |
//     +----------------+----------------+
struct window {
    std::uint32_t tail, split;

    // Indices may wrap around: compare by difference.
    std::uint32_t size() const noexcept { return split - tail; }
    bool empty() const noexcept { return split == tail; }
};

class split_word {
  public:
    // acquire: pairs with publish, so that a later take may read the slots.
    window load() const noexcept { return unpack(word_.load(acquire)); }

    // seq_cst: the last look before sleep; pairs with publish in the sleep protocol.
    window load_for_sleep() const noexcept { return unpack(word_.load(seq_cst)); }

    // Thief: takes the count oldest jobs. On success the slots [seen.tail, seen.tail + count) are the
    // caller's to read. acquire: the slots' contents; release: nothing is handed over, but the
    // owner's shrink must not see the take before the loads that led to it. On failure seen is
    // renewed.
    bool take(window& seen, std::uint32_t count) noexcept {
        return replace(seen, {seen.tail + count, seen.split});
    }

    // Anybody who is sure of the slots below split: gives them away. On failure seen is renewed, which reads
    // no slot. release: what the slots hold, of which the caller has made sure. It is a searcher, and looks
    // itself.
    bool raise(window& seen, std::uint32_t split) noexcept {
        std::uint64_t expected = pack(seen);
        const bool done =
            word_.compare_exchange_strong(expected, pack({seen.tail, split}), release, relaxed);
        if (!done) seen = unpack(expected);
        return done;
    }

    // Owner: gives away the count jobs above split. seq_cst: release for the slots' contents, and the
    // first half of the sleep protocol (publish, then look for sleepers).
    void publish(std::uint32_t count) noexcept {
        word_.fetch_add(std::uint64_t{count} << 32, seq_cst);
    }

    // Owner: takes back the jobs in [split, seen.split). Fails if a thief moved.
    bool shrink(window& seen, std::uint32_t split) noexcept {
        return replace(seen, {seen.tail, split});
    }

    // Owner, only while the public part is empty: no thief's take can succeed, so a plain store
    // cannot lose one. relaxed: an empty window hands over nothing.
    void reset(std::uint32_t index) noexcept { word_.store(pack({index, index}), relaxed); }

  private:
    static std::uint64_t pack(window w) noexcept { return std::uint64_t{w.split} << 32 | w.tail; }
    static window unpack(std::uint64_t word) noexcept {
        return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32)};
    }
    bool replace(window& seen, window next) noexcept {
        std::uint64_t expected = pack(seen);
        const bool done = word_.compare_exchange_strong(expected, pack(next), acq_rel, acquire);
        if (!done) seen = unpack(expected);
        return done;
    }

    atomic<std::uint64_t> word_{0};
};

}  // namespace veda::rt
