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
    const bool had_place = has_place;  // not inside veda_blocking_begin
    bool called_all = false;
    // User code runs with the place held, and whatever it leaves behind is shown.
    const auto run_here = [&](auto f) {
        take_places();
        f();
        flush_done();
        share_everything();
        lend_places();
        called_all = false;
    };
    lend_places();
    while (!ready()) {
        if (has_mail()) {
            run_here([&] { run_mailbox(); });
        } else if (!pool.exhausted()) {
            sleeper.park();
        } else {
            // Every thread there may be is waiting. What one of them waits for may lie in another's
            // queue, so all look again, and go on looking.
            if (!called_all) pool.wake_all();
            called_all = true;
            if (const tagged_job task = rescue(); task.job)
                run_here([&] { run(task); });
            else
                sleeper.park(exhausted_poll_ns);
        }
    }
    if (had_place) take_places();
}

}  // namespace veda::rt
