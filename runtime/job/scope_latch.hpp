// scope_latch.hpp: how many tasks of a scope it was told of and not of their end (workers tell late, see
// ../fork/README.md), and whether its owner is parked: one
// word of a veda_scope_t. Knows nobody; the caller wakes whom the answer says.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace veda::rt {

//  bit 0: the owner is parked; the rest: tasks told of, less ends told of.
class scope_latch {
  public:
    // relaxed: the spawner is inside the scope, whose end cannot be reached before.
    void add(std::uint64_t tasks) noexcept { word_.fetch_add(tasks * 2, relaxed); }

    // release: what the tasks wrote. Every change of the word is a read-modify-write, so later ones hand on
    // what earlier ones released. True: the owner is parked and this was the last; wake it. After the last
    // completion the scope may be gone: read the owner first.
    [[nodiscard]] bool complete(std::uint64_t tasks) noexcept {
        return word_.fetch_sub(tasks * 2, release) == tasks * 2 + 1;
    }

    // acquire: pairs with complete.
    bool is_done() const noexcept { return word_.load(acquire) < 2; }

    // Owner, about to park and after it. relaxed: the word's own order decides who sees it.
    void announce_wait() noexcept { word_.fetch_or(1, relaxed); }

  private:
    atomic<std::uint64_t> word_{0};
};

}  // namespace veda::rt
