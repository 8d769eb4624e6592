// refusal.hpp: the system has refused a thread. Limits come and go, so it is asked again, but ever more
// rarely while it goes on refusing: whoever needs a thread may ask a thousand times a second. Knows no
// worker.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/atomic.hpp"

namespace veda::rt {

class refusal {
  public:
    static constexpr std::uint64_t first_pause_ns = 10'000'000;
    static constexpr std::uint64_t last_pause_ns = 1'000'000'000;

    // The last thread that was asked for was refused. relaxed, everywhere: a guess; whoever asks again holds
    // the lock under which the refusal was noted, and looks once more.
    bool stands() const noexcept { return pause_ns_.load(relaxed) != 0; }
    // It is too early to ask again.
    bool is_recent(std::uint64_t now_ns) const noexcept {
        return stands() && now_ns < ask_at_ns_.load(relaxed);
    }

    // One caller at a time.
    void note(std::uint64_t now_ns) noexcept {
        const std::uint64_t pause =
            std::clamp(pause_ns_.load(relaxed) * 2, first_pause_ns, last_pause_ns);
        ask_at_ns_.store(now_ns + pause, relaxed);
        pause_ns_.store(pause, relaxed);
    }
    void forget() noexcept { pause_ns_.store(0, relaxed); }

  private:
    atomic<std::uint64_t> pause_ns_{0};  // 0: nothing was refused
    atomic<std::uint64_t> ask_at_ns_{0};
};

}  // namespace veda::rt
