// in_order.hpp: an indexed chain whose blocks are begun in order, by all workers together.
//
// A counter gives out one block after the other, so what was begun is always the beginning of the chain,
// but for one block a worker. (A chain by itself begins in as many places as it was split in.) The run is
// cut into a ticket for each worker; its holder takes blocks until there are none.
//
// Each ticket's blocks rise, but those of others lie between them. So a ticket keeps what each run of
// blocks side by side gave, with where it began, and at the end all of it is joined in order.
#ifndef VEDA_ITER_IN_ORDER_HPP
#define VEDA_ITER_IN_ORDER_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/detail/slot.hpp>
#include <veda/iter/drive.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/loop_state.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

template <class Result>
struct stretch_of_blocks {
    std::uint64_t begin;
    Result found;
};

// What the tickets of one run share.
template <class Result>
class shared_blocks {
    using stretch = stretch_of_blocks<Result>;

  public:
    explicit shared_blocks(std::uint64_t count) noexcept : count_(count) {}

    // The next block, or a number that is none. Relaxed: the end of the loop publishes everything else.
    std::uint64_t take() noexcept { return next_.fetch_add(1, std::memory_order_relaxed); }
    void stop() noexcept { next_.store(count_, std::memory_order_relaxed); }
    std::uint64_t count() const noexcept { return count_; }

    void keep(std::vector<stretch>&& stretches) {
        const std::lock_guard guard(lock_);
        kept_.push_back(std::move(stretches));
    }
    // What lies left of a throw has begun already and goes on to its end, so the leftmost exception is found.
    [[gnu::__cold__]] void thrown_at(std::uint64_t position, std::exception_ptr what) noexcept {
        const std::lock_guard guard(lock_);
        if (!thrown_ || position < thrown_at_) {
            thrown_ = std::move(what);
            thrown_at_ = position;
        }
        stop();
    }

    // At the end: all stretches in order.
    std::vector<stretch*> in_order() {
        if (thrown_) std::rethrow_exception(thrown_);
        std::vector<stretch*> all;
        for (auto& stretches : kept_) {
            for (stretch& one : stretches) all.push_back(std::addressof(one));
        }
        std::sort(all.begin(), all.end(), [](stretch* a, stretch* b) { return a->begin < b->begin; });
        return all;
    }

  private:
    const std::uint64_t count_;
    std::atomic<std::uint64_t> next_{0};
    std::mutex lock_;
    std::vector<std::vector<stretch>> kept_;
    std::exception_ptr thrown_;
    std::uint64_t thrown_at_ = 0;
};

// One worker at work on blocks.
template <indexed_stage S, consumer C>
class block_taker {
    using result = result_of<C>;

  public:
    block_taker(S& stage, const C& consumer, shared_blocks<result>& blocks, std::uint64_t length,
                const stop_link* stop)
        : stage_(stage), consumer_(consumer), blocks_(blocks), length_(length), stop_(stop) {}

    void run() noexcept {
        try {
            while (!consumer_.full() && !(stop_ != nullptr && stop_->stopped())) {
                const std::uint64_t block = blocks_.take();
                if (block >= blocks_.count()) break;
                walk(block * length_);
            }
            close();
            blocks_.keep(std::move(stretches_));
        } catch (...) {
            blocks_.thrown_at(position_, std::current_exception());
        }
    }

  private:
    void walk(std::uint64_t begin) {
        if (begin != position_) close();
        position_ = begin;
        if (!folder_) {
            folder_begin_ = begin;
            folder_.put(consumer_.split_off(begin).into_folder());
        }
        const std::uint64_t size = stage_.size();
        const std::uint64_t end = begin + std::min(length_, size - begin);
        folder_.replace(indexed_producer<S>(stage_, begin, end).fold_some(std::move(*folder_), end - begin));
        position_ = end;
        if (folder_->full()) close();
    }

    void close() {
        if (!folder_) return;
        result found = std::move(*folder_).complete();
        folder_.drop();
        if constexpr (requires { consumer_.settles(found); }) {
            if (consumer_.settles(found)) blocks_.stop();
        }
        // Of results that hold nothing one is enough.
        if (std::is_empty_v<result> && !stretches_.empty()) return;
        stretches_.push_back({folder_begin_, std::move(found)});
    }

    S& stage_;
    const C& consumer_;
    shared_blocks<result>& blocks_;
    const std::uint64_t length_;
    const stop_link* const stop_;
    std::vector<stretch_of_blocks<result>> stretches_;
    slot<folder_of<C>> folder_;
    std::uint64_t folder_begin_ = 0;
    std::uint64_t position_ = 0;  // where the last block ended, or where the one at work begins
};

template <indexed_stage S>
class begun_in_order {
  public:
    using item = typename S::item;
    static constexpr bool indexed = false;
    static constexpr bool one_for_each = true;

    begun_in_order(S&& base, std::uint64_t length) : base_(std::move(base)), length_(length) {}

    std::uint64_t reach() { return base_.size(); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        shared_blocks<result_of<C>> blocks(groups_of(length_, base_.size()));
        for_each_index(std::min<std::uint64_t>(workers_here(), blocks.count()), [&](std::uint64_t) {
            block_taker<S, C>(base_, consumer, blocks, length_, limits.above).run();
        });
        const auto stretches = blocks.in_order();
        if (stretches.empty()) return consumer.split_off(0).into_folder().complete();
        slot<result_of<C>> all;
        all.put(std::move(stretches.front()->found));
        for (std::size_t i = 1; i != stretches.size(); ++i)
            all.replace(consumer.reduce(std::move(*all), std::move(stretches[i]->found)));
        return std::move(*all);
    }

  private:
    S base_;
    std::uint64_t length_;
};

}  // namespace veda::detail

#endif
