// loop_state.hpp: what one worker has of a loop at one moment: the folder that is open between two pieces,
// and the result of everything to the left of it. The drivers (drive.hpp, drive_few.hpp) move through the
// items; this puts together what they find. It knows nothing of workers.
#ifndef VEDA_ITER_LOOP_STATE_HPP
#define VEDA_ITER_LOOP_STATE_HPP

#include <veda/detail/slot.hpp>
#include <veda/iter/concepts.hpp>

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

// A producer that finds its items while it goes, so that it cannot say how many positions it will use.
template <class P>
concept unmeasured = requires { requires P::unmeasured; };

template <consumer C>
class loop_state {
    using folder_type = folder_of<C>;

  public:
    using result = result_of<C>;

    loop_state(const C& consumer, piece_limits limits, stop_link* stop)
        : consumer_(consumer), limits_(limits), stop_(stop) {}

    const C& consumer() const noexcept { return consumer_; }
    const piece_limits& limits() const noexcept { return limits_; }
    stop_link* stop() const noexcept { return stop_; }

    // Positions handed out since the consumer began.
    std::uint64_t position() const noexcept { return position_; }

    bool enough() const {
        return (folder_ && folder_->full()) || consumer_.full() ||
               (stop_ != nullptr && stop_->stopped());
    }

    // Feeds the next length positions of rest.
    template <class P>
    void hand_out(P& rest, std::uint64_t length) {
        const std::uint64_t left = rest.size();
        open_folder();
        folder_.replace(rest.fold_some(std::move(*folder_), length));
        if constexpr (!unmeasured<P>) position_ += left - rest.size();
    }

    // A single item, in place where the producer can.
    template <class P>
    [[gnu::__always_inline__]] void hand_out_one(P& rest) {
        if constexpr (requires { rest.fold_one(*folder_); }) {
            open_folder();
            rest.fold_one(*folder_);
            ++position_;
        } else {
            hand_out(rest, 1);
        }
    }

    // A folder is opened only where items follow: an empty one could still yield something (fold).
    void open_folder() {
        if (!folder_) {
            folder_.put(consumer_.split_off(position_).into_folder());
        }
    }

    // The open folder, for a loop that feeds it by itself and says afterwards how far it came.
    folder_type& folder() noexcept { return *folder_; }
    void move_to(std::uint64_t position) noexcept { position_ = position; }

    // What another worker made of the items up to end.
    void join_stolen(result&& part, std::uint64_t end) {
        close_folder();
        join_right(std::move(part));
        position_ = end;
    }

    result finish() {
        close_folder();
        return std::move(*sum_);
    }

    // One part threw: where the chain asks for it, all parts of the loop stop.
    [[gnu::__cold__]] void thrown(stop_link& link) const noexcept {
        if (limits_.stop_on_throw) link.stop_all();
    }

  private:
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
    stop_link* const stop_;
    std::uint64_t position_ = 0;
    slot<folder_type> folder_;  // open between two pieces
    slot<result> sum_;          // everything left of folder_
};

// Positions of an unmeasured producer: each half gets half of those that are left; when they are used up, all
// parts have the same one, which no search is led astray by. Of a measured one they are simply counted.
template <producer P>
class reach_of {
  public:
    explicit reach_of(std::uint64_t reach) noexcept : reach_(reach) {}

    // Where the part to the right of rest begins, which was cut off just now.
    std::uint64_t behind(std::uint64_t position, const P& rest) const noexcept {
        if constexpr (unmeasured<P>) {
            return position + (reach_ - position) / 2;
        } else {
            return position + rest.size();
        }
    }
    std::uint64_t above([[maybe_unused]] std::uint64_t position) const noexcept {
        if constexpr (unmeasured<P>) return reach_ - position;
        return 0;
    }
    void set([[maybe_unused]] std::uint64_t reach) noexcept {
        if constexpr (unmeasured<P>) reach_ = reach;
    }

  private:
    std::uint64_t reach_;  // all positions lie below this; only for unmeasured producers
};

}  // namespace veda::detail

#endif
