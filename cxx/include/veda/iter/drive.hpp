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
#include <veda/iter/pace.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace veda::detail {

// Told by the left neighbour that threw; the links reach up to the root of the loop. Relaxed: it
// only saves work, and the join publishes everything else.
class stop_link {
  public:
    explicit stop_link(stop_link* up) noexcept : up_(up) {}
    void stop() noexcept { set_.store(true, std::memory_order_relaxed); }
    // The whole loop, not only what hangs on this link.
    void stop_all() noexcept {
        stop_link* root = this;
        while (root->up_ != nullptr) root = root->up_;
        root->stop();
    }
    bool stopped() const noexcept {
        for (const stop_link* link = this; link != nullptr; link = link->up_) {
            if (link->set_.load(std::memory_order_relaxed)) return true;
        }
        return false;
    }

  private:
    std::atomic<bool> set_{false};
    stop_link* up_;
};

// How a loop shares. Few items may be few long bodies, so those are halved and shown at once, down to
// single ones; a long loop shares on demand, and not before it has run for so long alone that a
// wake-up pays.
struct sharing_plan {
    bool at_once;
    std::uint64_t patience_ticks;
};

// Of the runtime that the calling thread works for.
inline std::uint32_t workers_here() noexcept {
    std::uint32_t workers = 1;
    (void)veda_runtime_worker_count(veda_worker_runtime(), &workers);
    return workers;
}

// The calling thread must be a worker.
inline sharing_plan plan_for(std::uint64_t size) noexcept {
    constexpr std::uint64_t few_per_worker = 8;
    const std::uint32_t workers = workers_here();
    return {workers > 1 && size <= few_per_worker * workers, veda_loop_patience(size)};
}

// A producer that finds its items while it goes, so that it cannot say how many positions it will use.
template <class P>
concept unmeasured = requires { requires P::unmeasured; };

template <producer P, consumer C>
class driver {
    using folder_type = folder_of<C>;

  public:
    using result = result_of<C>;

    // The calling thread must be a worker. reach is for unmeasured producers.
    driver(const C& consumer, piece_limits limits, sharing_plan plan, stop_link* stop,
           std::uint64_t reach = unknown_reach)
        : consumer_(consumer),
          limits_(limits),
          plan_(plan),
          stop_(stop),
          reach_(reach),
          worker_(this_head()),
          pace_(limits, look_ticks(worker_), plan.patience_ticks) {}

    result run(P producer) {
        open_folder();
        walk(producer);
        close_folder();
        return std::move(*sum_);
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
            if (left == 0 || enough()) return false;
            if (left >= 2 && left / 2 >= pace_.min() && left <= divisible_ && shares_now()) return true;
            hand_out_piece(rest);
        }
    }

    void hand_out_piece(P& rest) {
        const std::uint64_t left = rest.size();
        open_folder();
        folder_.replace(rest.fold_some(std::move(*folder_), pace_.next(position_, left)));
        if constexpr (!unmeasured<P>) position_ += left - rest.size();
        pace_.done();
    }

    bool shares_now() const {
        if constexpr (unmeasured<P>) {
            if (open_splits_ == most_open_splits) return false;
        }
        return plan_.at_once || (pace_.may_split() && wanted(worker_));
    }

    bool enough() const {
        return (folder_ && folder_->full()) || consumer_.full() ||
               (stop_ != nullptr && stop_->stopped());
    }

    // Where the part to the right of rest begins. Of an unmeasured producer, each half gets half of the
    // positions; when they are used up, all parts have the same one, which no search is led astray by.
    std::uint64_t position_behind(const P& rest) const {
        if constexpr (unmeasured<P>) {
            return position_ + (reach_ - position_) / 2;
        } else {
            return position_ + rest.size();
        }
    }

    // Forks the right half of rest and walks the left one. Afterwards rest is what is still to do:
    // the right half if nobody took it, else nothing.
    void split(P& rest) {
        pace_.split();
        const std::uint64_t size = rest.size();
        P right = rest.split_off(pace::ending_even(position_, size - size / 2, pace_.min()));
        if (right.size() == 0) {
            // It must stay whole. Looking for a place to cut was dear: no more before half of it is done.
            divisible_ = size / 2;
            return hand_out_piece(rest);
        }
        stop_link stop(stop_);
        const std::uint64_t right_position = position_behind(rest);
        const std::uint64_t right_reach = reach_ - right_position;
        const std::uint64_t end = right_position + right.size();
        auto run_right = [this, &right, &stop, right_position, right_reach] {
            const sharing_plan plan{plan_.at_once, 0};  // somebody is awake: it took this half
            try {
                return driver(consumer_.split_off(right_position), limits_, plan, &stop, right_reach)
                    .run(std::move(right));
            } catch (...) {
                thrown(stop);
                throw;
            }
        };
        stack_job<decltype(run_right)&> job(run_right);
        const fork_slot slot = plan_.at_once ? fork_shown(worker_, &job) : fork(worker_, &job);
        reach_ = right_position;
        ++open_splits_;
        try {
            walk(rest);
        } catch (...) {
            stop.stop();
            thrown(stop);
            abandon(job, slot);
            throw;
        }
        --open_splits_;
        divisible_ = UINT64_MAX;
        reach_ = right_position + right_reach;
        if (unfork(worker_, &job, slot)) {
            replace(rest, std::move(right));
        } else {
            // Taken out first: closing the left half may throw, and would leave it behind.
            result right_half = job.answer.take();
            close_folder();
            join_right(std::move(right_half));
            position_ = end;
            (void)rest.split_off(0);  // what a full folder left over
        }
    }

    // One half threw: where the chain asks for it, all parts of the loop stop.
    [[gnu::__cold__]] void thrown(stop_link& link) const noexcept {
        if (limits_.stop_on_throw) link.stop_all();
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

    // A folder is opened only where items follow: an empty one could still yield something (fold).
    void open_folder() {
        if (!folder_) {
            folder_.put(consumer_.split_off(position_).into_folder());
        }
    }

    void close_folder() {
        if (folder_) {
            join_right(std::move(*folder_).complete());
            folder_.drop();
        }
    }

    void join_right(result&& right) {
        if (sum_) {
            sum_.replace(consumer_.reduce(std::move(*sum_), std::move(right)));
        } else {
            sum_.put(std::move(right));
        }
    }

    const C consumer_;
    const piece_limits limits_;
    const sharing_plan plan_;
    stop_link* const stop_;
    // The left half of an unmeasured producer may be the larger one by far, so that splits nest in it without
    // end; each takes its piece of the stack.
    static constexpr std::uint32_t most_open_splits = 64;
    std::uint32_t open_splits_ = 0;
    std::uint64_t divisible_ = UINT64_MAX;  // more than that is not to be cut in two
    std::uint64_t reach_;  // all positions lie below this; only for unmeasured producers
    const worker_ptr worker_;
    pace pace_;
    std::uint64_t position_ = 0;  // positions handed out since consumer_ began
    slot<folder_type> folder_;    // open between two pieces
    slot<result> sum_;            // everything left of folder_
};

// Feeds all of producer to consumer, on as many workers as want a share, and gives the result. The
// calling thread must be a worker.
template <producer P, consumer C>
result_of<C> drive(P producer, const C& consumer, piece_limits limits) {
    const sharing_plan plan = plan_for(producer.size());
    stop_link root(limits.above);
    return driver<P, C>(consumer, limits, plan, limits.stop_on_throw ? &root : nullptr)
        .run(std::move(producer));
}

}  // namespace veda::detail

#endif
