// source_bridge.hpp: items from something that only one thread at a time can ask for the next one.
//
// The run is cut into a ticket for each worker. Who holds one pulls items under a lock, a few more each time,
// and works on them outside it, until there are no more. A worker that is full, or leaves by an exception,
// ends the whole run: nobody pulls any more, so that a source without an end does not keep it going. Items
// reach the consumer in no particular order.
#ifndef VEDA_ITER_SOURCE_BRIDGE_HPP
#define VEDA_ITER_SOURCE_BRIDGE_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/drive.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

// Next: gives a std::optional<Item>-like; empty at the end, and not asked again then.
template <class T, class Next>
class bridge_state {
  public:
    explicit bridge_state(Next& next) : next_(next) {}

    // Up to count items into batch, which is empty; none are left, or wanted, if it stays so.
    void pull(std::vector<T>& batch, std::uint64_t count) {
        std::lock_guard guard(lock_);
        while (!over_ && batch.size() < count) {
            auto item = [this] {
                stopper stop{this};
                auto got = next_();
                stop.state = nullptr;
                return got;
            }();
            if (!item) {
                over_ = true;
            } else {
                batch.push_back(*std::move(item));
            }
        }
    }
    void stop() {
        std::lock_guard guard(lock_);
        over_ = true;
    }

  private:
    // A source that throws is not asked again; with the lock held.
    struct stopper {
        bridge_state* state;
        ~stopper() {
            if (state != nullptr) state->over_ = true;
        }
    };

    Next& next_;
    std::mutex lock_;
    bool over_ = false;
};

template <class T, class Next>
class bridge_producer {
    static constexpr std::uint64_t largest_batch = 64;

  public:
    bridge_producer(bridge_state<T, Next>& state, std::uint64_t tickets) noexcept
        : state_(&state), tickets_(tickets) {}

    std::uint64_t size() const noexcept { return tickets_; }
    bridge_producer split_off(std::uint64_t n) noexcept {
        return {*state_, std::exchange(tickets_, n) - n};
    }

    template <folder F>
    F fold_some(F folder, std::uint64_t n) {
        tickets_ -= n;
        ender end{state_};
        std::vector<T> batch;
        for (std::uint64_t count = 1; !folder.full(); count = std::min(2 * count, largest_batch)) {
            batch.clear();
            state_->pull(batch, count);
            if (batch.empty()) break;
            for (T& item : batch) {
                folder.consume(std::move(item));
                if (folder.full()) break;
            }
        }
        return folder;
    }

  private:
    // However it leaves: the source is at its end, somebody has enough, or an exception is under way.
    struct ender {
        bridge_state<T, Next>* state;
        ~ender() { state->stop(); }
    };

    bridge_state<T, Next>* state_;
    std::uint64_t tickets_;
};

template <class T, class Next>
class bridged {
  public:
    using item = T;
    static constexpr bool indexed = false;

    explicit bridged(Next&& next) : next_(std::move(next)) {}

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits) {
        const std::uint32_t workers = workers_here();
        bridge_state<T, Next> state(next_);
        using producer = bridge_producer<T, Next>;
        // Every ticket is shown at once, for each is as long as the source.
        return driver<producer, C>(consumer, piece_limits{1, 1}, sharing_plan{workers > 1, 0}, nullptr)
            .run(producer(state, workers));
    }

  private:
    Next next_;
};

// The items of an input range, moved or copied out.
template <class R>
class pulling {
  public:
    using value = std::ranges::range_value_t<R>;

    explicit pulling(R&& range) : range_(std::forward<R>(range)) {}

    std::optional<value> operator()() {
        if (!at_) {
            at_.emplace(std::ranges::begin(range_));
        } else if (*at_ != std::ranges::end(range_)) {
            ++*at_;
        }
        if (*at_ == std::ranges::end(range_)) return std::nullopt;
        if constexpr (std::is_lvalue_reference_v<R>) {
            return std::optional<value>(std::in_place, **at_);
        } else {
            return std::optional<value>(std::in_place, std::ranges::iter_move(*at_));
        }
    }

  private:
    R range_;  // a reference, if it was given as one
    std::optional<std::ranges::iterator_t<R>> at_;
};

}  // namespace veda::detail

#endif
