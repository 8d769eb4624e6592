// drive_few.hpp: the loop over few items. They may be few long bodies, or the children of a node with loops
// of their own, so all are forked before the first begins.
//
//     somebody asks:   [0 | 1 | 2 3 | 4 5 6 7]    halves, down to single items; a thief goes on alike
//                       ^ runs                    what nobody took goes on with the same folder
//     nobody asks:     [0 1 2 | 3 4 5 6 7]        one fork holds what is left, and is shown when somebody
//                           ^ runs                asks; its owner takes item after item out of it
//
// What asking means is said in branch_forks.hpp. Nobody reads the clock: the loop may be over in a moment,
// and with one worker it is one piece. The exceptions are those of drive.hpp.
#ifndef VEDA_ITER_DRIVE_FEW_HPP
#define VEDA_ITER_DRIVE_FEW_HPP

#include <veda/detail/branch_forks.hpp>
#include <veda/detail/outcome.hpp>
#include <veda/detail/stack_job.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/loop_state.hpp>

#include <algorithm>
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
        : state_(consumer, limits, stop),
          forks_(this_head()),
          reach_(reach),
          least_to_part_(2 * std::clamp<std::uint64_t>(limits.min, 1, UINT64_MAX / 2)) {}

    [[gnu::__noinline__]] result run(P&& rest) {
        state_.open_folder();
        if constexpr (moves_along) {
            if (!forks_.all_shown() && rest.size() > 1 && least_to_part_ == 2) [[likely]] {
                walk_unasked(std::move(rest));
                return state_.finish();
            }
        }
        walk(std::move(rest));
        return state_.finish();
    }

  private:
    // The items of a fork can be taken out of it one by one.
    static constexpr bool moves_along =
        can_look_at_fork && !unmeasured<P> &&
        requires(P& p, folder_of<C>& f) { p.fold_while(f, [] { return true; }); };

    // A part that was forked. It lies on the stack of its owner, who knows whether it was stolen.
    struct alignas(16) later : veda_job_t {
        few_driver* home;
        stop_link* stop;
        P part;
        std::uint64_t position, end, reach;
        outcome<result> answer;
        fork_slot slot;

        later(few_driver& driver, stop_link& link, P&& items, std::uint64_t at) noexcept
            : home(&driver),
              stop(&link),
              part(std::move(items)),
              position(at),
              end(at + part.size()),
              reach(driver.reach_.above(at)) {
            run = &run_stolen;
            state = 0;
            thief = 0;
        }

        static void run_stolen(veda_job_t* job, veda_worker_t*) {
            auto* self = static_cast<later*>(job);
            auto go = [self] { return self->go(); };
            self->answer.capture(go);
        }
        // A part that is moved along still ends where it did.
        std::uint64_t begin() const noexcept {
            if constexpr (unmeasured<P>) return position;
            return end - part.size();
        }
        result go() {
            const loop_state<C>& whole = home->state_;
            try {
                return few_driver(whole.consumer().split_off(begin()), whole.limits(), stop, reach)
                    .run(std::move(part));
            } catch (...) {
                whole.thrown(*stop);
                throw;
            }
        }
    };

    // Room for the forks that one call of walk has open: those of 16 items. More nest.
    static constexpr std::uint32_t most_open = 4;
    union room {
        room() noexcept {}
        ~room() {}
        later all[most_open];
    };

    // Nobody asks: one fork holds all that is left. For as long as nobody else sees it, its owner takes one
    // item after the other out of it, instead of ending it and forking again.
    void walk_unasked(P&& rest) {
        stop_link stop(state_.stop());
        later left(*this, stop, std::move(rest), state_.position());
        left.slot = forks_.fork(&left);
        folder_of<C>& folder = state_.folder();
        try {
            left.part.fold_while(folder, [&] {
                return is_private(forks_.worker(), left.slot) && left.part.size() > 1 && !state_.enough();
            });
        } catch (...) {
            stop.stop();
            state_.thrown(stop);
            abandon(left);
            throw;
        }
        if (!unfork(forks_.worker(), &left, left.slot)) [[unlikely]] {
            return take_stolen(left);
        }
        if (left.part.size() == 1 && !state_.enough()) [[likely]] {
            left.part.fold_one(folder);
        } else {
            state_.move_to(left.begin());
            walk(std::move(left.part));
        }
    }

    // Hands out everything in rest, unless nobody wants more. What the loop moves through are locals whose
    // address no cold path gets, so that they stay in registers.
    [[gnu::__noinline__]] void walk(P&& all) {
        P rest = std::move(all);
        stop_link stop(state_.stop());
        room open;
        std::uint32_t count = 0;
        try {
            for (;;) {
                while (rest.size() != 0 && !state_.enough()) {
                    while (may_part(rest) && count != most_open) {
                        const std::uint64_t size = rest.size();
                        P right = rest.split_off(size - size / 2);
                        if (right.size() == 0) {
                            // Looking for a place to cut was dear: no more before half of it is done.
                            divisible_ = size / 2;
                            break;
                        }
                        const std::uint64_t position = reach_.behind(state_.position(), rest);
                        later& half = open.all[count];
                        std::construct_at(&half, *this, stop, std::move(right), position);
                        ++count;
                        half.slot = forks_.fork(&half);
                        reach_.set(position);
                    }
                    if (rest.size() == 1) [[likely]] {
                        state_.hand_out_one(rest);
                    } else {
                        replace(rest, walk_whole(rest.split_off(0)));
                    }
                }
                if (count == 0) return;
                later& half = open.all[--count];
                divisible_ = UINT64_MAX;
                reach_.set(half.position + half.reach);
                if (unfork(forks_.worker(), &half, half.slot)) [[likely]] {
                    replace(rest, std::move(half.part));
                    std::destroy_at(&half);
                } else {
                    join_stolen(half);
                    (void)rest.split_off(0);  // what a full folder left over
                }
            }
        } catch (...) {
            stop.stop();
            state_.thrown(stop);
            while (count != 0) {
                later& half = open.all[--count];
                abandon(half);
                std::destroy_at(&half);
            }
            throw;
        }
    }

    bool may_part(const P& rest) const noexcept {
        const std::uint64_t left = rest.size();
        return left >= least_to_part_ && left <= divisible_;
    }

    // More than one item, which is not parted here: too many forks are open, or it must stay whole. Gives
    // what is left of it. Of what must stay whole for want of a place to cut, as little as may be is handed
    // out.
    [[gnu::__noinline__]] P walk_whole(P part) {
        const piece_limits& limits = state_.limits();
        if (part.size() < least_to_part_) {
            state_.hand_out(part, std::min(part.size(), limits.max));
        } else if (may_part(part) && may_nest()) {
            ++depth_;
            walk(part.split_off(0));
            --depth_;
        } else {
            state_.hand_out(part, limits.min);
        }
        return part;
    }

    // A thief has the last fork.
    [[gnu::__cold__, gnu::__noinline__]] void join_stolen(later& half) {
        struct ender {
            later* half;
            ~ender() { std::destroy_at(half); }
        } end_it{&half};
        take_stolen(half);
    }
    [[gnu::__cold__, gnu::__noinline__]] void take_stolen(later& half) {
        // Taken out first: closing the left half may throw, and would leave it behind.
        result right = half.answer.take();
        state_.join_stolen(std::move(right), half.end);
    }

    // What lies left of a fork threw: it is not begun, or awaited and dropped.
    [[gnu::__cold__, gnu::__noinline__]] void abandon(later& half) noexcept {
        if (!unfork(forks_.worker(), &half, half.slot)) half.answer.drop();
    }

    // Producers that cannot be assigned are replaced in place; moving one must not throw.
    static void replace(P& old, P&& other) noexcept {
        std::destroy_at(&old);
        std::construct_at(&old, std::move(other));
    }

    bool may_nest() const noexcept { return !unmeasured<P> || depth_ < most_depth; }

    // The left half of an unmeasured producer may be the larger one by far, so that splits nest in it without
    // end; each takes its piece of the stack.
    static constexpr std::uint32_t most_depth = 16;

    loop_state<C> state_;
    branch_forks forks_;
    reach_of<P> reach_;
    const std::uint64_t least_to_part_;
    std::uint64_t divisible_ = UINT64_MAX;  // more than that is not to be cut in two
    std::uint32_t depth_ = 0;
};

}  // namespace veda::detail

#endif
