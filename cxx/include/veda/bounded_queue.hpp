// bounded_queue.hpp: a queue of limited length between threads that hand something over.
//
//     veda::bounded_queue<page> read(16);
//     veda::join([&] { while (auto p = next_page()) read.push(std::move(*p)); read.close(); },
//                [&] { while (auto p = read.pop()) use(*p); });
//
// Any number of threads, workers and others, push and pop; what one of them pushes comes out in its order.
// push waits while the queue is full, pop while it is empty. A worker that waits lends its place to another
// one (blocking_section), so that both ends of a queue work even on a runtime of one worker; as many may
// wait at a time as the runtime has spare workers. close() ends it: nothing more goes in, what is in comes
// out, and then pop gives nothing. So a queue is a source of chains, too: veda::par_bridge([&] { return
// queue.pop(); }). oneTBB's name is concurrent_bounded_queue, Rust's sync_channel.
//
// A lock and two conditions, no more: for things that are worth handing over, pages, lines, files, and not
// for single numbers.
#ifndef VEDA_BOUNDED_QUEUE_HPP
#define VEDA_BOUNDED_QUEUE_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/this_worker.hpp>

#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace veda {

template <std::move_constructible T>
class bounded_queue {
  public:
    // Room for capacity elements; throws VEDA_E_RANGE for 0.
    explicit bounded_queue(std::size_t capacity) : capacity_(capacity) {
        if (capacity == 0)
            throw error(VEDA_E_RANGE, "VEDA_E_RANGE: bounded_queue: capacity is 0, must be 1 or more");
    }
    bounded_queue(const bounded_queue&) = delete;
    bounded_queue& operator=(const bounded_queue&) = delete;
    // Nobody may use it any more; what is in it is destroyed.
    ~bounded_queue() = default;

    // Waits for room. False: the queue is closed, and value is still the caller's.
    bool push(T&& value) {
        return when(emptied_, [this] { return closed_ || has_room(); }, [&] { return put(value); });
    }
    bool push(const T& value)
        requires std::copy_constructible<T>
    {
        return push(T(value));
    }
    // Does not wait. False: there is no room, or the queue is closed, and value is still the caller's.
    bool try_push(T&& value) {
        const std::lock_guard guard(lock_);
        return has_room() && put(value);
    }
    bool try_push(const T& value)
        requires std::copy_constructible<T>
    {
        return try_push(T(value));
    }

    // The next element, waiting for it. Empty: the queue is closed, and nothing is left in it.
    std::optional<T> pop() {
        return when(filled_, [this] { return closed_ || !elements_.empty(); }, [this] { return take(); });
    }
    // Does not wait. Empty: nothing is in the queue.
    std::optional<T> try_pop() {
        const std::lock_guard guard(lock_);
        return take();
    }

    // Ends every wait. May be called again.
    void close() {
        const std::lock_guard guard(lock_);
        closed_ = true;
        emptied_.notify_all();
        filled_.notify_all();
    }

    // As it was a moment ago: others may have been at it since.
    bool is_closed() const {
        const std::lock_guard guard(lock_);
        return closed_;
    }
    std::size_t size() const {
        const std::lock_guard guard(lock_);
        return elements_.size();
    }
    bool empty() const { return size() == 0; }
    std::size_t capacity() const noexcept { return capacity_; }

  private:
    bool has_room() const noexcept { return elements_.size() < capacity_; }

    // Calls act() under the lock as soon as ready() holds, which changed tells.
    template <class Ready, class Act>
    auto when(std::condition_variable& changed, const Ready& ready, const Act& act) {
        {
            const std::lock_guard guard(lock_);
            if (ready()) return act();
        }
        // Declared before the lock is taken, so that it ends when the lock is free again: its end may wait
        // for a place that another user of the queue holds.
        const blocking_section lends_its_place;
        std::unique_lock guard(lock_);
        changed.wait(guard, ready);
        return act();
    }

    // Both under the lock. They notify under it as well, because the thread that is told may destroy the
    // queue as soon as it is free.
    bool put(T& value) {
        if (closed_) return false;
        elements_.push_back(std::move(value));
        filled_.notify_one();
        return true;
    }
    std::optional<T> take() {
        if (elements_.empty()) return std::nullopt;
        std::optional<T> first(std::move(elements_.front()));
        elements_.pop_front();
        emptied_.notify_one();
        return first;
    }

    const std::size_t capacity_;
    mutable std::mutex lock_;
    std::condition_variable filled_;   // there is an element, or the queue is closed
    std::condition_variable emptied_;  // there is room, or the queue is closed
    std::deque<T> elements_;
    bool closed_ = false;
};

}  // namespace veda

#endif
