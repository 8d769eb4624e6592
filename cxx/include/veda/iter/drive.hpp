// drive.hpp: the one loop under every parallel chain. It brings a producer and a consumer together.
//
// One thread alone walks the producer with one folder, in pieces, at the speed of the plain loop.
// Only when another worker is hungry is the rest halved: the right half is forked, the left half
// goes on with the same folder. If nobody took the right half after all, the same folder goes on
// into it: a new folder exists only where a half was really stolen, and a reduce happens only
// there.
//
//     position:   0 .......... cut ........... end
//     owner:      folder ────▶ join: TAKE: same folder ────▶
//                                    DONE: result = reduce(folder, the thief's result)
//
// Exceptions: what is right of a throw is not begun, or told to stop after its piece; the leftmost
// exception travels, and everything built is destroyed by its owner on the way. What is left of a throw
// is finished, for it may throw as well and would come first; with piece_limits::stop_on_throw it is
// told to stop, too.
#ifndef VEDA_ITER_DRIVE_HPP
#define VEDA_ITER_DRIVE_HPP

#include <veda/loop.h>
#include <veda/detail/slot.hpp>
#include <veda/detail/stack_job.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/drive_few.hpp>
#include <veda/iter/loop_state.hpp>
#include <veda/iter/pace.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace veda::detail {

// Of the runtime that the calling thread works for.
inline std::uint32_t workers_here() noexcept {
    std::uint32_t workers = 1;
    (void)veda_runtime_worker_count(veda_worker_runtime(), &workers);
    return workers;
}

// A loop over at most so many items may be one of few long bodies. 0: there is one worker.
inline std::uint64_t few_items([[maybe_unused]] worker_ptr worker) noexcept {
#ifndef VEDA_NO_INLINE_TIER
    return worker->few;
#else
    const std::uint32_t workers = workers_here();
    return workers > 1 ? std::uint64_t{VEDA_FEW_PER_WORKER} * workers : 0;
#endif
}

template <producer P, consumer C>
class driver {
  public:
    using result = result_of<C>;

    // Stolen parts go on without patience: somebody is awake. The calling thread must be a worker. reach is
    // for unmeasured producers.
    driver(const C& consumer, piece_limits limits, bool patient, stop_link* stop,
           std::uint64_t reach = unknown_reach)
        : state_(consumer, limits, stop),
          patient_(patient),
          reach_(reach),
          worker_(this_head()),
          pace_(limits, look_ticks(worker_)) {}

    result run(P producer) {
        state_.open_folder();
        walk(producer);
        return state_.finish();
    }

  private:
    // Hands out everything in rest, unless nobody wants more. Recursion is as deep as real splits.
    void walk(P& rest) {
        while (walk_until_hungry(rest)) {
            split(rest);
        }
    }

    // False: nothing is left to do. True: a worker is hungry and rest is worth halving.
    bool walk_until_hungry(P& rest) {
        for (;;) {
            const std::uint64_t left = rest.size();
            if (left == 0 || state_.enough()) return false;
            const bool halves = left >= 2 && left / 2 >= pace_.min() && left <= divisible_;
            if (halves && may_nest() && wanted(worker_) && may_split()) return true;
            hand_out_piece(rest);
        }
    }

    void hand_out_piece(P& rest) {
        state_.hand_out(rest, pace_.next(state_.position(), rest.size()));
        if (rest.size() != 0) {
            look_for_room(worker_);
            pace_.done();
        }
    }

    bool may_nest() const noexcept { return !unmeasured<P> || open_splits_ < most_open_splits; }

    // Asks for the patience of the loop only when somebody wants a part of it.
    bool may_split() {
        if (patient_) {
            pace_.wait(veda_loop_patience());
            patient_ = false;
        }
        return pace_.may_split();
    }

    // Forks the right half of rest and walks the left one. Afterwards rest is what is still to do:
    // the right half if nobody took it, else nothing.
    void split(P& rest) {
        pace_.split();
        const std::uint64_t size = rest.size();
        P right = rest.split_off(pace::ending_even(state_.position(), size - size / 2, pace_.min()));
        if (right.size() == 0) {
            // It must stay whole. Looking for a place to cut was dear: no more before half of it is done.
            divisible_ = size / 2;
            return hand_out_piece(rest);
        }
        stop_link stop(state_.stop());
        const std::uint64_t right_position = reach_.behind(state_.position(), rest);
        const std::uint64_t right_reach = reach_.above(right_position);
        const std::uint64_t end = right_position + right.size();
        auto run_right = [this, &right, &stop, right_position, right_reach] {
            try {
                return driver(state_.consumer().split_off(right_position), state_.limits(), false, &stop,
                              right_reach)
                    .run(std::move(right));
            } catch (...) {
                state_.thrown(stop);
                throw;
            }
        };
        stack_job<decltype(run_right)&> job(run_right);
        const fork_slot slot = fork(worker_, &job);
        reach_.set(right_position);
        ++open_splits_;
        try {
            walk(rest);
        } catch (...) {
            stop.stop();
            state_.thrown(stop);
            abandon(job, slot);
            throw;
        }
        --open_splits_;
        divisible_ = UINT64_MAX;
        reach_.set(right_position + right_reach);
        if (unfork(worker_, &job, slot)) {
            replace(rest, std::move(right));
        } else {
            // Taken out first: closing the left half may throw, and would leave it behind.
            result right_half = job.answer.take();
            state_.join_stolen(std::move(right_half), end);
            (void)rest.split_off(0);  // what a full folder left over
        }
    }

    // The left half threw: the right one is not begun, or awaited and dropped.
    template <class Job>
    [[gnu::__cold__]] void abandon(Job& job, fork_slot slot) noexcept {
        if (!unfork(worker_, &job, slot)) job.answer.drop();
    }

    // Producers that cannot be assigned are replaced in place; moving one must not throw.
    static void replace(P& old, P&& other) noexcept {
        std::destroy_at(&old);
        std::construct_at(&old, std::move(other));
    }

    loop_state<C> state_;
    // The left half of an unmeasured producer may be the larger one by far, so that splits nest in it without
    // end; each takes its piece of the stack.
    static constexpr std::uint32_t most_open_splits = 64;
    std::uint32_t open_splits_ = 0;
    bool patient_;  // how long to go on alone is still to be asked
    std::uint64_t divisible_ = UINT64_MAX;  // more than that is not to be cut in two
    reach_of<P> reach_;
    const worker_ptr worker_;
    pace pace_;
};

// The plain loop.
template <producer P, consumer C>
result_of<C> drive_alone(P producer, const C& consumer, piece_limits limits) {
    slot<folder_of<C>> folder;
    folder.put(consumer.split_off(0).into_folder());
    while (producer.size() != 0 && !folder->full() && !consumer.full()) {
        const std::uint64_t length = std::min(producer.size(), limits.max);
        folder.replace(producer.fold_some(std::move(*folder), length));
    }
    return std::move(*folder).complete();
}

// Feeds all of producer to consumer, on as many workers as want a share, and gives the result. The
// calling thread must be a worker.
template <producer P, consumer C>
result_of<C> drive(P producer, const C& consumer, piece_limits limits) {
    stop_link root(limits.above);
    stop_link* const stop = limits.stop_on_throw ? &root : nullptr;
    const std::uint64_t few = few_items(this_head());
    if (producer.size() <= few) {
        return few_driver<P, C>(consumer, limits, stop).run(std::move(producer));
    }
    if constexpr (!unmeasured<P>) {
        // Nobody could take a part, and the loop may be over before the clock is read.
        constexpr std::uint64_t brief = 2 * VEDA_FEW_PER_WORKER;
        if (few == 0 && producer.size() <= brief) {
            return drive_alone(std::move(producer), consumer, limits);
        }
    }
    return driver<P, C>(consumer, limits, true, stop).run(std::move(producer));
}

}  // namespace veda::detail

#endif
