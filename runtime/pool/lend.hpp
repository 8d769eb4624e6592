// lend.hpp: parking in a wait, with the place lent to another worker meanwhile. For the files of this
// room and fork/; waits that can be served by running own work try that first.
#pragma once

#include <algorithm>

#include "pool/registry.hpp"
#include "pool/worker.hpp"

namespace veda::rt {

// A waiter sleeps until it is woken; but whoever should run what it waits for may be blocked in the user's
// own code, perhaps on a lock that the waiter holds, which nothing tells the runtime. So a waiter looks
// up after a while, and more and more rarely. This is the only time-out in the runtime.
inline constexpr std::uint64_t first_look_ns = 2'000'000;
inline constexpr std::uint64_t last_look_ns = 64'000'000;
// Between looks while nobody is left to take the place.
inline constexpr std::uint64_t exhausted_look_ns = 1'000'000;

// A call that blocks the thread for another runtime's sake: if it works for one itself, that one must go on,
// for the other may be waiting for it.
class blocked {
  public:
    blocked() noexcept : self_(worker::current()) {
        if (self_) self_->begin_blocking();
    }
    ~blocked() {
        if (self_) self_->end_blocking();
    }
    blocked(const blocked&) = delete;

  private:
    worker* self_;
};

template <class Ready, class Rescue, class Sleep>
void worker::lend_until(Ready ready, Rescue rescue, const Sleep& sleep) noexcept {
    const bool had_place = has_place;  // not inside veda_blocking_begin
    bool called_all = false;
    // User code runs with the place held, and whatever it leaves behind is shown.
    const auto run_here = [&](auto f) {
        take_places();
        f();
        share_everything();
        lend_places();
        called_all = false;
    };
    std::uint64_t pause = first_look_ns;
    // How many tasks had begun when the last look found work for which nobody had been woken.
    std::uint64_t doubt = UINT64_MAX;
    lend_places();
    while (!ready()) {
        if (has_mail()) {
            run_here([&] { run_mailbox(); });
            continue;
        }
        if (!pool.exhausted()) {
            if (sleep(pause)) continue;
            pause = std::min(pause * 2, last_look_ns);
            if (pool.lacks_a_wake()) {
                // Somebody may be about to wake somebody, but for the scheduler. Look once more.
                const std::uint64_t begun = pool.count(counter::executed);
                if (doubt != begun) {
                    doubt = begun;
                    continue;
                }
                counts.add(counter::late_wakes);
            }
            doubt = UINT64_MAX;
        } else if (!called_all) {
            // Every thread there may be is waiting. What one of them waits for may lie in another's
            // queue, so all look, and go on looking.
            pool.wake_all();
            called_all = true;
        } else {
            sleep(exhausted_look_ns);
        }
        if (ready()) break;
        // To leapfroggers it is foreign, for it may be; nobody needs them now.
        if (const tagged_job task = rescue(); task.job)
            run_here([&] {
                show_before();
                run_foreign([&] { run(task); });
            });
        else
            pool.relieve(slot);
    }
    if (had_place) take_places();
}

}  // namespace veda::rt
