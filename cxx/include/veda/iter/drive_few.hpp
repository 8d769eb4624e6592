// drive_few.hpp: the loop over few items. They may be few long bodies, or the children of a node with loops of
// their own, so all are forked before the first begins, down to single ones.
//
//     forked:     [0 | 1 | 2 3 | 4 5 6 7]      the thief of the last half forks on in the same way
//                  ^ runs                      what nobody took goes on with the same folder
//
// The forks are private unless somebody is hungry (branch_forks.hpp). Nobody reads the clock: the loop may be
// over in a moment, and with one worker it is one piece. The exceptions are those of drive.hpp.
#ifndef VEDA_ITER_DRIVE_FEW_HPP
#define VEDA_ITER_DRIVE_FEW_HPP

#include <veda/detail/branch_forks.hpp>
#include <veda/detail/outcome.hpp>
#include <veda/detail/stack_job.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/loop_state.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace veda::detail {

template <producer P, consumer C>
class few_driver {
  public:
    using result = result_of<C>;

    // The calling thread must be a worker. reach is for unmeasured producers.
    few_driver(const C& consumer, piece_limits limits, stop_link* stop,
               std::uint64_t reach = unknown_reach)
        : state_(consumer, limits, stop), forks_(this_head()), reach_(reach) {}

    result run(P rest) {
        state_.open_folder();
        walk(rest);
        return state_.finish();
    }

  private:
    // A part that was forked. It lies on the stack of its owner, who knows whether it was stolen.
    struct alignas(16) later : veda_job_t {
        few_driver* home;
        stop_link* stop;
        P part;
        std::uint64_t position, reach;
        outcome<result> answer;
        fork_slot slot;

        later(few_driver& driver, stop_link& link, P&& items, std::uint64_t at) noexcept
            : home(&driver), stop(&link), part(std::move(items)), position(at), reach(driver.reach_.above(at)) {
            run = &run_stolen;
            state = 0;
            thief = 0;
        }

        static void run_stolen(veda_job_t* job, veda_worker_t*) {
            auto* self = static_cast<later*>(job);
            auto go = [self] { return self->go(); };
            self->answer.capture(go);
        }
        result go() {
            const loop_state<C>& whole = home->state_;
            try {
                return few_driver(whole.consumer().split_off(position), whole.limits(), stop, reach)
                    .run(std::move(part));
            } catch (...) {
                whole.thrown(*stop);
                throw;
            }
        }
    };

    // The forks that one call of walk has open: those of 16 items. More nest.
    class open_forks {
      public:
        open_forks() noexcept {}
        open_forks(const open_forks&) = delete;
        ~open_forks() {}

        bool empty() const noexcept { return count_ == 0; }
        bool full() const noexcept { return count_ == most; }
        later& back() noexcept { return all_[count_ - 1]; }
        template <class... Args>
        later& push(Args&&... args) {
            return *std::construct_at(&all_[count_++], std::forward<Args>(args)...);
        }
        void pop() noexcept { std::destroy_at(&all_[--count_]); }

      private:
        static constexpr std::uint32_t most = 4;
        union {
            later all_[most];
        };
        std::uint32_t count_ = 0;
    };

    // Hands out everything in rest, unless nobody wants more.
    void walk(P& rest) {
        stop_link stop(state_.stop());
        open_forks open;
        try {
            for (;;) {
                walk_down(rest, stop, open);
                if (open.empty()) return;
                end_last(rest, open);
            }
        } catch (...) {
            stop.stop();
            state_.thrown(stop);
            while (!open.empty()) abandon_last(open);
            throw;
        }
    }

    // Forks the later half of rest, and again, until one item is left, and does that.
    void walk_down(P& rest, stop_link& stop, open_forks& open) {
        const std::uint64_t least = state_.limits().min;
        while (rest.size() != 0 && !state_.enough()) {
            const std::uint64_t left = rest.size();
            const bool parts = left >= 2 && left / 2 >= least && left <= divisible_;
            if (!parts) {
                state_.hand_out(rest, left / 2 >= least ? least : std::min(left, state_.limits().max));
            } else if (open.full()) {
                if (!may_nest()) return state_.hand_out(rest, least);
                ++depth_;
                walk(rest);
                --depth_;
            } else {
                fork_half(rest, stop, open);
            }
        }
    }

    void fork_half(P& rest, stop_link& stop, open_forks& open) {
        const std::uint64_t size = rest.size();
        P right = rest.split_off(size - size / 2);
        if (right.size() == 0) {
            // It must stay whole. Looking for a place to cut was dear: no more before half of it is done.
            divisible_ = size / 2;
            return;
        }
        const std::uint64_t position = reach_.behind(state_.position(), rest);
        later& half = open.push(*this, stop, std::move(right), position);
        half.slot = forks_.fork(&half);
        reach_.set(position);
    }

    // The last fork: rest becomes what nobody took of it, or stays empty.
    void end_last(P& rest, open_forks& open) {
        later& half = open.back();
        divisible_ = UINT64_MAX;
        reach_.set(half.position + half.reach);
        if (unfork(forks_.worker(), &half, half.slot)) [[likely]] {
            std::destroy_at(&rest);
            std::construct_at(&rest, std::move(half.part));
            open.pop();
        } else {
            join_last(rest, open);
        }
    }

    [[gnu::cold, gnu::noinline]] void join_last(P& rest, open_forks& open) {
        later& half = open.back();
        const std::uint64_t end = half.position + half.part.size();
        struct popper {
            open_forks* open;
            ~popper() { open->pop(); }
        } pop{&open};
        // Taken out first: closing the left half may throw, and would leave it behind.
        result right = half.answer.take();
        state_.join_stolen(std::move(right), end);
        (void)rest.split_off(0);  // what a full folder left over
    }

    // What lies left of the last fork threw: it is not begun, or awaited and dropped.
    [[gnu::cold]] void abandon_last(open_forks& open) noexcept {
        later& half = open.back();
        if (!unfork(forks_.worker(), &half, half.slot)) half.answer.drop();
        open.pop();
    }

    bool may_nest() const noexcept { return !unmeasured<P> || depth_ < most_depth; }

    // The left half of an unmeasured producer may be the larger one by far, so that splits nest in it without
    // end; each takes its piece of the stack.
    static constexpr std::uint32_t most_depth = 16;

    loop_state<C> state_;
    branch_forks forks_;
    reach_of<P> reach_;
    std::uint64_t divisible_ = UINT64_MAX;  // more than that is not to be cut in two
    std::uint32_t depth_ = 0;
};

}  // namespace veda::detail

#endif
