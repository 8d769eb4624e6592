// lend.hpp: parking in a wait, with the place lent to another worker meanwhile. For the files of this
// room and fork/; waits that can be served by running own work try that first.
#pragma once

#include "pool/registry.hpp"
#include "pool/worker.hpp"

namespace veda::rt {

// Between polls while nobody is left to take the place. Only then is time ever asked.
inline constexpr std::uint64_t exhausted_poll_ns = 1'000'000;

template <class Ready, class Rescue>
void worker::lend_until(Ready ready, Rescue rescue) noexcept {
    lend_place();
    bool called_all = false;
    while (!ready()) {
        if (run_mailbox()) continue;
        if (!pool.exhausted()) {
            sleeper.park();
            continue;
        }
        // Every thread there may be is waiting. What one of them waits for may lie in another's queue,
        // so all look again, and go on looking.
        if (!called_all) pool.wake_all();
        called_all = true;
        if (!rescue()) sleeper.park(exhausted_poll_ns);
    }
    pool.people.take_place();
}

}  // namespace veda::rt
