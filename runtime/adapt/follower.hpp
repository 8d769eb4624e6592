// follower.hpp: makes the number of places of a runtime follow what the machine allows: affinity
// mask, CPU quota, pids limit. One small thread per runtime that follows; see README.md in this
// folder.
//
// It moves the limit and nothing else: it never runs user code, and never touches a worker.
#pragma once

#include <cstdint>
#include <functional>

#include "os/cpu_limit.hpp"
#include "os/thread.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

class follower final : public attendant {
  public:
    using reader = std::function<os::cpu_limits()>;
    static constexpr std::uint64_t usual_pause_ns = 250'000'000;

    follower(registry& pool, reader read, std::uint64_t pause_ns = usual_pause_ns);
    ~follower() override;
    follower(const follower&) = delete;

    // 0, or the errno of the thread's refusal.
    int start() noexcept;

    // One look: reads the limits and moves the places if what they say has changed.
    void look() noexcept;

  private:
    void main_loop() noexcept;
    std::uint32_t wanted_places(const os::cpu_limits& limits) const noexcept;

    registry& pool_;
    reader read_;
    const std::uint64_t pause_ns_;
    os::thread thread_;
};

// Gives the runtime a follower if its worker count was found and not given. A refusal of the thread
// is no error: the runtime then keeps the places it has, and says so once.
void follow_limits(registry& pool) noexcept;

}  // namespace veda::rt
