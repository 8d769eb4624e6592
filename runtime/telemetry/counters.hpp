// counters.hpp: what one worker counts. Only its owner writes, with plain relaxed stores: no
// read-modify-write, no sharing; readers sum over all workers. Times are kept by
// stopwatches.
//
// Two are not kept here: submitted, and most of completed, follow from others (registry::count), so
// that the ledger costs no task anything.
#pragma once

#include <veda/telemetry.h>

#include <array>
#include <cstdint>

#include "base/atomic.hpp"
#include "base/cache_line.hpp"
#include "telemetry/stopwatch.hpp"

namespace veda::rt {

enum class counter : std::uint32_t {
#define VEDA_COUNTER_ID(name, help) name,
    VEDA_COUNTER_TABLE(VEDA_COUNTER_ID)
#undef VEDA_COUNTER_ID
        count
};
inline constexpr std::uint32_t counter_count = static_cast<std::uint32_t>(counter::count);

class alignas(cache_line) counters {
  public:
    void add(counter which, std::uint64_t amount = 1) noexcept {
        auto& value = values_[static_cast<std::uint32_t>(which)];
        // relaxed: one writer; readers want a recent number, not an order.
        value.store(value.load(relaxed) + amount, relaxed);
    }
    std::uint64_t read(counter which) const noexcept {
        const std::uint64_t passed = which == counter::busy_ns   ? busy.read()
                                     : which == counter::idle_ns ? idle.read()
                                                                 : 0;
        return values_[static_cast<std::uint32_t>(which)].load(relaxed) + passed;
    }

    stopwatch busy, idle;  // busy_ns and idle_ns

  private:
    std::array<atomic<std::uint64_t>, counter_count> values_{};
};

}  // namespace veda::rt
