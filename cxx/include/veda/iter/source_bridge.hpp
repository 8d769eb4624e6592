// source_bridge.hpp: items from something that only one thread at a time can ask for the next one.
//
// The run is cut into a ticket for each worker. The holder of one pulls an item under a lock and works on it
// outside it, until there are no more. It takes a batch of several only on request: the source may be slow,
// or its next item may exist only after the one before was worked on, and no item must then wait for others.
// A worker that is full, or leaves by an exception, ends the whole run: nobody pulls any more, so that a
// source without an end does not keep it going. Items reach the consumer in no particular order.
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

    // The next item; empty if none is left, or wanted.
    std::optional<T> pull() {
        std::lock_guard guard(lock_);
        std::optional<T> item;
        take_into([&item](auto&& got) { item.emplace(std::forward<decltype(got)>(got)); });
        return item;
    }
    // Up to count items instead of those in batch; false: none is left, or wanted.
    bool pull(std::vector<T>& batch, std::uint64_t count) {
        batch.clear();
        std::lock_guard guard(lock_);
        const auto put = [&batch](auto&& got) { batch.push_back(std::forward<decltype(got)>(got)); };
        while (batch.size() < count && take_into(put)) {
        }
        return !batch.empty();
    }
    void stop() {
        std::lock_guard guard(lock_);
        over_ = true;
    }

  private:
    // With the lock held; false at the end.
    template <class Put>
    bool take_into(const Put& put) {
        if (over_) return false;
        stopper stop{this};
        auto item = next_();
        if (!item) return false;
        put(*std::move(item));
        stop.state = nullptr;
        return true;
    }

    // A source that throws, or is at its end, is not asked again; with the lock held.
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
  public:
    bridge_producer(bridge_state<T, Next>& state, std::uint64_t tickets, std::uint64_t batch) noexcept
        : state_(std::addressof(state)), tickets_(tickets), batch_(batch) {}

    std::uint64_t size() const noexcept { return tickets_; }
    bridge_producer split_off(std::uint64_t n) noexcept {
        return {*state_, std::exchange(tickets_, n) - n, batch_};
    }

    template <folder F>
    F fold_some(F folder, std::uint64_t n) {
        tickets_ -= n;
        ender end{state_};
        if (batch_ == 1) {
            while (!folder.full()) {
                auto item = state_->pull();
                if (!item) break;
                folder.consume(*std::move(item));
            }
        } else {
            std::vector<T> batch;
            while (!folder.full() && state_->pull(batch, batch_)) {
                for (T& item : batch) {
                    folder.consume(std::move(item));
                    if (folder.full()) break;
                }
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
    std::uint64_t batch_;
};

template <class T, class Next>
class bridged {
  public:
    using item = T;
    static constexpr bool indexed = false;

    explicit bridged(Next&& next) : next_(std::move(next)) {}

    void take_batches(std::uint64_t items) noexcept { batch_ = items; }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        const std::uint32_t workers = workers_here();
        const std::uint64_t batch = std::min(batch_, limits.max);
        bridge_state<T, Next> state(next_);
        using producer = bridge_producer<T, Next>;
        limits.min = limits.max = 1;  // of its positions, which are tickets
        // So few positions are shown at once, which is right: each ticket is as long as the source.
        return drive(producer(state, workers, batch), consumer, limits);
    }

  private:
    Next next_;
    std::uint64_t batch_ = 1;
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
