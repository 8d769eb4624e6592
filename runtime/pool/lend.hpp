// lend.hpp: parking in a wait, with the place lent to another worker meanwhile. For the files of this
// room and fork/; waits that can be served by running own work try that first.
#pragma once

#include <algorithm>
#include <utility>

#include "os/thread.hpp"

#include "pool/looks.hpp"
#include "pool/registry.hpp"
#include "pool/worker.hpp"

namespace veda::rt {

// Marks a call that blocks this thread while it waits for another runtime. If the thread is a worker, its own
// runtimes get its places meanwhile, because the other one may depend on them.
class blocked {
  public:
    blocked() noexcept : self_(worker::current()) {
        if (self_) self_->begin_blocking();
    }
    ~blocked() {
        if (self_) self_->end_blocking();
    }
    blocked(const blocked&) = delete;

    // Between two looks at what the thread waits for: broadcasts must not wait as long.
    void pause(std::uint64_t ns) noexcept {
        if (!self_ || !self_->run_mail_in_wait()) os::sleep_ns(ns);
    }

    // For something that another thread does and tells nobody: looks more and more rarely.
    template <class Done>
    void wait_until(Done done) noexcept {
        for (std::uint64_t ns = 10'000; !done(); ns = std::min<std::uint64_t>(ns * 2, 1'000'000)) pause(ns);
    }

  private:
    worker* self_;
};

// User code in the middle of a search that is no work: a broadcast's call, a hook. A searcher that is one too
// many waits for a place like any other thread.
template <class F>
void worker::run_in_search(F f) noexcept {
    if (!pool.begin_run(*this)) {
        searches.store(false, relaxed);
        holds_place.store(false, relaxed);
        pool.people.searcher_sleeps();
        pool.take_place(*this);
    }
    f();
    start_searching();
}

// User code in the middle of a wait: it runs with the places held, and what it leaves behind is shown.
template <class F>
void worker::run_in_wait(F f) noexcept {
    const std::uint32_t depth = std::exchange(blocking_depth, 0);
    take_places();
    f();
    share_everything();
    lend_places();
    blocking_depth = depth;
}

template <class Ready, class Rescue, class Sleep>
void worker::lend_until(Ready ready, Rescue rescue, const Sleep& sleep) noexcept {
    const bool had_place = holds_place.load(relaxed);  // not inside veda_blocking_begin
    const std::uint64_t longest_pause = outer_of(this) ? longest_look_in_two_runtimes_ns : last_look_ns;
    bool called_all = false;
    std::uint64_t pause = first_look_ns;
    // How many tasks had begun when the last look found work for which nobody had been woken.
    std::uint64_t doubt = UINT64_MAX;
    lend_places();
    while (!ready()) {
        if (run_mail_in_wait()) {
            called_all = false;
            continue;
        }
        if (!pool.exhausted()) {
            if (sleep(pause)) continue;
            pause = std::min(pause * 2, longest_pause);
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
        if (const tagged_job task = rescue(); task.job) {
            // Mark it foreign, because it may not belong to this wait. That stops leapfrogging from this
            // worker, which nobody needs here.
            run_in_wait([&] {
                show_before();
                run_foreign([&] { run(task); });
            });
            called_all = false;
        } else {
            pool.relieve(slot);
        }
    }
    if (had_place) take_places();
}

}  // namespace veda::rt
