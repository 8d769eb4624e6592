// indexed_producer.hpp: the producer of every indexed stage: two numbers and a pointer to the
// stage.
//
// Cutting it is arithmetic. The inner loop of all indexed chains is here, and it must stay one that
// the compiler can unroll and vectorise: the folder and the reader are locals, nothing else is
// read.
#ifndef VEDA_ITER_INDEXED_PRODUCER_HPP
#define VEDA_ITER_INDEXED_PRODUCER_HPP

#include <veda/iter/concepts.hpp>
#include <veda/iter/drive.hpp>
#include <veda/iter/each.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace veda::detail {

template <indexed_stage S>
class indexed_producer {
  public:
    indexed_producer(S& stage, std::uint64_t begin, std::uint64_t end) noexcept
        : stage_(std::addressof(stage)), begin_(begin), end_(end) {}

    std::uint64_t size() const noexcept { return end_ - begin_; }

    indexed_producer split_off(std::uint64_t n) noexcept {
        const std::uint64_t cut = begin_ + n;
        return {*stage_, cut, std::exchange(end_, cut)};
    }

    // A function of its own, called once per piece: inlined into the driver, the loop below shares its
    // registers with all that the driver keeps, and g++ left it scalar or not by chance.
    template <folder F>
    [[gnu::__noinline__]] F fold_some(F folder, std::uint64_t n) {
        const auto read = stage_->reader();
        const std::uint64_t first = begin_;
        begin_ = first + n;
        if constexpr (requires { folder.sweep(read, first, begin_); }) {
            folder.sweep(read, first, begin_);
        } else if constexpr (F::may_fill) {
            each(read, first, first + n, [&folder](auto&& item) {
                folder.consume(std::forward<decltype(item)>(item));
                return folder.full();
            });
        } else {
            each(read, first, first + n, [&folder](auto&& item) {
                folder.consume(std::forward<decltype(item)>(item));
            });
        }
        return folder;
    }

    // Feeds one item into a folder that stays where it is, for a loop in which each item is a piece.
    template <folder F>
    [[gnu::__always_inline__]] void fold_one(F& folder) {
        const auto read = stage_->reader();
        folder.consume(read(begin_++));
    }

    // The same as long as go_on() says so. An item is out of the producer before it is read: somebody else
    // may have the rest meanwhile.
    template <folder F, class G>
    [[gnu::__always_inline__]] void fold_while(F& folder, G go_on) {
        const auto read = stage_->reader();
        while (go_on()) folder.consume(read(begin_++));
    }

  private:
    S* stage_;
    std::uint64_t begin_;
    std::uint64_t end_;
};

// Feeds all items of a stage to a consumer. The calling thread must be a worker. An indexed stage
// is cut by numbers, unless it says that it had better do so itself; any other one knows where its items
// come from.
template <stage S, consumer C>
result_of<C> feed(S& stage, const C& consumer, piece_limits limits) {
    if constexpr (indexed_stage<S> && !feeds_itself<S>) {
        return drive(indexed_producer<S>(stage, 0, stage.size()), consumer, limits);
    } else {
        return stage.feed(consumer, limits);
    }
}

// Makes one run of several loops: where the chain asks for it, an exception in one stops all. They run with
// the limits that were given, while this lives.
class one_stop {
  public:
    explicit one_stop(piece_limits& limits) noexcept : link_(limits.above) {
        if (limits.stop_on_throw) limits.above = &link_;
    }

  private:
    stop_link link_;
};

// The winner is the rightmost item.
template <class C>
inline constexpr bool looks_from_right = false;
template <class C>
    requires requires { C::looks_from_right; }
inline constexpr bool looks_from_right<C> = C::looks_from_right;

// A consumer around another one passes these on; only folders differ.
template <consumer C>
struct passing_consumer {
    static constexpr bool looks_from_right = detail::looks_from_right<C>;
    C next;

    bool full() const { return next.full(); }
    // Whether a folder that was opened here has nothing more to do: what is right of it has won.
    bool overtaken() const
        requires requires { next.overtaken(); }
    {
        return next.overtaken();
    }
    result_of<C> reduce(result_of<C>&& left, result_of<C>&& right) const {
        return next.reduce(std::move(left), std::move(right));
    }
    // A consumer that can tell says whether nothing to the right of this result is wanted any more.
    bool settles(const result_of<C>& result) const
        requires requires { next.settles(result); }
    {
        return next.settles(result);
    }
};

}  // namespace veda::detail

#endif
