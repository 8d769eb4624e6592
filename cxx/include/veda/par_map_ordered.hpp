// par_map_ordered.hpp: a stream of items mapped in parallel, and given on in order.
//
//     veda::par_map_ordered(lines(file), parse, [&](record r) { out.write(r); }, 64);
//
// At most `buffer` items are anywhere between the source and the end of their sink call: a slow sink
// holds up the mapping, and the mapping the source. The source is walked, f(item) called and sink called
// as a serial loop would, except that f runs for several items at once; source and sink are never run by
// two threads at a time, but not always by the same one.
//
// Nobody waits inside for long: a thread takes whatever there is to do, the sink's turn first, then an
// item, and goes home if there is nothing; who makes room for more calls others back. So one worker is
// enough, nested or not. It must never hold the lock while it runs anything of the user's.
//
// What throws first in the order of the items is what travels; the items before it have been sunk, and
// none after it. Items that had been mapped ahead are dropped.
#ifndef VEDA_PAR_MAP_ORDERED_HPP
#define VEDA_PAR_MAP_ORDERED_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/outcome.hpp>
#include <veda/error.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/scope.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

namespace veda {

namespace detail {

// What is kept of an item until it is mapped. A forward range's iterator stays good; an input range shows
// each item only once, so that one is taken out at once.
template <class R>
struct taken_item {
    using range = std::remove_reference_t<R>;
    // As veda::par: what an rvalue container holds is moved out.
    static constexpr bool gives_away =
        !std::is_lvalue_reference_v<R> && !std::ranges::view<std::remove_cv_t<range>>;
    static constexpr bool again = std::ranges::forward_range<range>;
    using kept =
        std::conditional_t<again, std::ranges::iterator_t<range>, std::ranges::range_value_t<range>>;
    using item =
        std::conditional_t<!again, std::ranges::range_value_t<range>,
                           std::conditional_t<gives_away, std::ranges::range_rvalue_reference_t<range>,
                                              std::ranges::range_reference_t<range>>>;

    static kept take(std::ranges::iterator_t<range>& at) {
        if constexpr (again) {
            return at;
        } else if constexpr (std::is_lvalue_reference_v<std::ranges::range_reference_t<range>>) {
            return std::ranges::iter_move(at);
        } else {
            return *at;
        }
    }
    static item open(kept& one) {
        if constexpr (!again) {
            return std::move(one);
        } else if constexpr (gives_away) {
            return std::ranges::iter_move(one);
        } else {
            return *one;
        }
    }
};

inline void pause() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// A mutex that is held for some nanoseconds only: tries for a while before it sleeps.
class brief_mutex {
  public:
    void lock() {
        for (int i = 0; i != 100; ++i) {
            if (mutex_.try_lock()) return;
            pause();
        }
        mutex_.lock();
    }
    void unlock() { mutex_.unlock(); }

  private:
    std::mutex mutex_;
};

template <class R, class F, class Sink>
class ordered_stream {
    using source = taken_item<R>;
    using kept = typename source::kept;
    using value = std::remove_cvref_t<std::invoke_result_t<const F&, typename source::item>>;

    enum class step { sink, pull, none };

    struct cell {
        std::optional<kept> item;
        std::optional<value> result;
        std::exception_ptr error;
        bool ready = false;
    };

  public:
    ordered_stream(std::remove_reference_t<R>& range, const F& f, Sink& sink, std::uint64_t buffer)
        : at_(std::ranges::begin(range)),
          end_(std::ranges::end(range)),
          f_(std::addressof(f)),
          sink_(std::addressof(sink)),
          room_(buffer),
          cells_(std::make_unique<cell[]>(static_cast<std::size_t>(buffer))) {}

    // On a worker.
    void run() {
        std::uint32_t workers = 1;
        must_succeed(veda_runtime_worker_count(veda_worker_runtime(), &workers));
        most_threads_ = workers;
        scope([this](task_scope& s) { work(s); });
        if (error_ != nullptr) std::rethrow_exception(error_);
    }

  private:
    using lock = std::unique_lock<brief_mutex>;

    // A thread's whole part: takes steps until there is none to take.
    void work(task_scope& s) {
        lock guard(mutex_);
        ++threads_;
        for (;;) {
            const step next = next_step();
            if (next == step::none) {
                if (finds_soon(guard)) continue;
                break;
            }
            if (next == step::sink) {
                sink_one(guard, s);
            } else {
                map_one(guard, s);
            }
        }
        --threads_;
    }

    // The lock is held.
    step next_step() const {
        if (!sinking_ && sunk_ != pulled_ && cells_[sunk_ % room_].ready && !ended_) return step::sink;
        if (can_pull()) return step::pull;
        return step::none;
    }
    bool can_pull() const { return !pulling_ && !dry_ && pulled_ - sunk_ < room_; }

    // There is nothing to do, but somebody may be in the short moment of taking an item from the source
    // or sinking one. To go home and be called back costs a wake-up: looks on for a few microseconds.
    bool finds_soon(lock& guard) const {
        constexpr int looks = 16;
        constexpr int pauses = 8;
        for (int look = 0; look != looks && threads_ > 1; ++look) {
            guard.unlock();
            for (int i = 0; i != pauses; ++i) pause();
            guard.lock();
            if (next_step() != step::none) return true;
        }
        return false;
    }

    // One more thread, where it would find something to do. Spawning may fail; then this one does it all.
    void call_another(lock& guard, task_scope& s) {
        if (next_step() == step::none || threads_ + called_ >= most_threads_) return;
        ++called_;
        guard.unlock();
        try {
            s.spawn([this](task_scope& inner) {
                {
                    const lock mine(mutex_);
                    --called_;
                }
                work(inner);
            });
            guard.lock();
        } catch (...) {
            guard.lock();
            --called_;
        }
    }

    void sink_one(lock& guard, task_scope& s) {
        cell& first = cells_[sunk_ % room_];
        sinking_ = true;
        guard.unlock();
        std::exception_ptr error = std::move(first.error);
        if (error == nullptr) {
            try {
                std::invoke(*sink_, std::move(*first.result));
            } catch (...) {
                error = caught();
            }
        }
        first.result.reset();
        guard.lock();
        sinking_ = false;
        first.ready = false;
        ++sunk_;
        if (error != nullptr) {
            error_ = std::move(error);
            ended_ = dry_ = true;
        }
        call_another(guard, s);
    }

    void map_one(lock& guard, task_scope& s) {
        cell& mine = cells_[pulled_ % room_];
        pulling_ = true;
        guard.unlock();
        bool dry = false;
        try {
            // Steps on only when the next item is wanted: the step may wait for it, or throw.
            if (pulled_ != 0) ++at_;
            dry = at_ == end_;
            if (!dry) mine.item.emplace(source::take(at_));
        } catch (...) {
            mine.error = caught();
        }
        guard.lock();
        pulling_ = false;
        if (dry) {
            dry_ = true;
            return;
        }
        ++pulled_;
        if (mine.error == nullptr) {
            call_another(guard, s);
            guard.unlock();
            try {
                mine.result.emplace(std::invoke(*f_, source::open(*mine.item)));
            } catch (...) {
                mine.error = caught();
            }
            mine.item.reset();
            guard.lock();
        }
        if (mine.error != nullptr) dry_ = true;  // nothing behind it will be sunk
        mine.ready = true;
    }

    // Of whoever has set pulling_.
    std::ranges::iterator_t<std::remove_reference_t<R>> at_;
    std::ranges::sentinel_t<std::remove_reference_t<R>> end_;

    const F* const f_;
    Sink* const sink_;  // of whoever has set sinking_
    const std::uint64_t room_;

    // Items sunk_ to pulled_ are in flight, item i in cell i % room_. A cell belongs to who pulled it
    // until it is ready, then to who sinks it.
    const std::unique_ptr<cell[]> cells_;

    brief_mutex mutex_;  // for all below
    std::uint64_t pulled_ = 0;
    std::uint64_t sunk_ = 0;
    bool pulling_ = false;
    bool sinking_ = false;
    bool dry_ = false;    // nothing more will be pulled
    bool ended_ = false;  // nothing more will be sunk
    std::uint32_t most_threads_ = 1;
    std::uint32_t threads_ = 0;  // in work()
    std::uint32_t called_ = 0;   // spawned, not in work() yet
    std::exception_ptr error_;
};

}  // namespace detail

template <class F, class Sink, class Item>
concept mapped_into = const_callable<F, Item> &&
    std::invocable<Sink&, std::remove_cvref_t<std::invoke_result_t<const F&, Item>>>;

// Walks range, maps its items by f in parallel and gives the results to sink in order. Throws
// VEDA_E_RANGE if buffer is 0.
template <std::ranges::input_range R, class F, class Sink>
requires mapped_into<F, Sink, typename detail::taken_item<R>::item>
void par_map_ordered(R&& range, F f, Sink sink, std::uint64_t buffer = 64) {
    if (buffer == 0) {
        throw error(VEDA_E_RANGE, "VEDA_E_RANGE: par_map_ordered: buffer is 0, must be 1 or more");
    }
    if constexpr (std::ranges::sized_range<R>) {
        buffer =
            std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::ranges::size(range)), 1, buffer);
    }
    detail::in_pool([&] { detail::ordered_stream<R, F, Sink>(range, f, sink, buffer).run(); });
}

}  // namespace veda

#endif
