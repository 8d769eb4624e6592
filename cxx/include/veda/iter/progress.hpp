// progress.hpp: tells a hook from time to time how far a chain has come.
//
// Items are counted in a local of the piece that reads them, and added to one shared counter per piece:
// well under a nanosecond each. The clock is read once per piece. Whichever worker finds that it is time
// calls the hook; a hook is never called by two threads at once, and each call sees what the one before
// it wrote.
#ifndef VEDA_ITER_PROGRESS_HPP
#define VEDA_ITER_PROGRESS_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/atomic.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda {

// How far a chain has come. total is known where the chain is indexed, eta once there is something to
// reckon it from.
struct progress_report {
    std::uint64_t done = 0;
    std::optional<std::uint64_t> total;
    std::chrono::nanoseconds elapsed{0};
    std::optional<std::chrono::nanoseconds> eta;

    double per_second() const noexcept {
        return elapsed.count() > 0 ? static_cast<double>(done) * 1e9 / static_cast<double>(elapsed.count())
                                   : 0.0;
    }
};

template <class F>
concept progress_hook = std::move_constructible<F> && std::invocable<F&, const progress_report&>;

namespace detail {

// The counter and the clock of one chain, shared by its workers.
template <progress_hook F>
class progress_meter {
  public:
    static constexpr std::uint64_t unknown = UINT64_MAX;

    progress_meter(F&& hook, std::chrono::nanoseconds period)
        : hook_(std::move(hook)), period_(period.count()) {}

    // Before a piece: reports if it is time.
    void look(std::uint64_t total) {
        const std::int64_t now = this->now();
        std::int64_t start = start_.load(std::memory_order_relaxed);
        if (start == 0) [[unlikely]] {
            if (start_.compare_exchange_strong(start, now, std::memory_order_relaxed)) start = now;
            next_.store(start + period_, std::memory_order_relaxed);
        }
        if (now < next_.load(std::memory_order_relaxed)) [[likely]] {
            return;
        }
        if (!enter()) return;
        leaving guard{this};
        // Once more inside: somebody else may have reported since.
        if (now < next_.load(std::memory_order_relaxed)) return;
        tell(total);
        next_.store(this->now() + period_, std::memory_order_relaxed);
    }

    void add(std::uint64_t n) noexcept { done_.fetch_add(n, std::memory_order_relaxed); }

    // The same after the last items of a known total: then the hook hears that all is done. The work is
    // done, and what the hook throws now is dropped.
    void add(std::uint64_t n, std::uint64_t total) noexcept {
        if (done_.fetch_add(n, std::memory_order_relaxed) + n >= total) {
            try {
                finish(total);
            } catch (...) {
            }
        }
    }

    // The last report of a run. Sets everything back for the next one.
    void finish(std::uint64_t total) {
        if (!enter()) return;
        leaving guard{this};
        struct resetting {
            progress_meter* self;
            ~resetting() { self->reset(); }
        } reset_after{this};
        tell(total);
    }

    void reset() noexcept {
        done_.store(0, std::memory_order_relaxed);
        start_.store(0, std::memory_order_relaxed);
    }

  private:
    struct leaving {
        progress_meter* self;
        ~leaving() { self->busy_.store(0, std::memory_order_release); }
    };
    // Acquire and release: the hook's own state needs no lock.
    bool enter() noexcept { return busy_.exchange(1, std::memory_order_acquire) == 0; }

    static std::int64_t now() noexcept {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(
                   std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }

    void tell(std::uint64_t total) {
        progress_report report;
        report.done = done_.load(std::memory_order_relaxed);
        const std::int64_t start = start_.load(std::memory_order_relaxed);
        if (start != 0) report.elapsed = std::chrono::nanoseconds(now() - start);
        if (total != unknown) {
            report.total = total;
            report.done = report.done < total ? report.done : total;
            if (report.done != 0) {
                const double ahead = static_cast<double>(total - report.done);
                const double behind = static_cast<double>(report.done);
                report.eta = std::chrono::nanoseconds(static_cast<std::int64_t>(
                    ahead / behind * static_cast<double>(report.elapsed.count())));
            }
        }
        std::invoke(hook_, std::as_const(report));
    }

    F hook_;
    const std::int64_t period_;
    atomic<std::int64_t> start_{0};  // 0: the run has not begun
    atomic<std::int64_t> next_{0};   // when the hook is due
    atomic<std::uint32_t> busy_{0};  // a thread is in the hook; a byte needs libatomic on RISC-V
    alignas(64) atomic<std::uint64_t> done_{0};  // apart from what every piece only reads
};

// Counts what it reads, in a local, and hands the count in when it dies, which is when its piece is done.
template <class Reader, class Item, class Meter>
class progress_reader {
  public:
    progress_reader(Reader&& read, Meter& meter, std::uint64_t total)
        : read_(std::move(read)), meter_(&meter), total_(total) {}
    progress_reader(progress_reader&& other) noexcept(std::is_nothrow_move_constructible_v<Reader>)
        : read_(std::move(other.read_)),
          meter_(other.meter_),
          total_(other.total_),
          count_(std::exchange(other.count_, 0)) {}
    progress_reader(const progress_reader& other)
        : read_(other.read_), meter_(other.meter_), total_(other.total_) {}
    progress_reader& operator=(const progress_reader&) = delete;
    ~progress_reader() {
        if (count_ != 0) meter_->add(count_, total_);
    }

    [[gnu::__always_inline__]] Item operator()(std::uint64_t i) const {
        ++count_;
        return read_(i);
    }

    template <class Sink>
    [[gnu::__always_inline__]] void each(std::uint64_t first, std::uint64_t last, Sink sink) const {
        if constexpr (std::is_void_v<std::invoke_result_t<Sink&, Item>>) {
            detail::each(read_, first, last, [&sink](auto&& item) {
                sink(std::forward<decltype(item)>(item));
            });
            count_ += last - first;
        } else {
            std::uint64_t count = 0;
            detail::each(read_, first, last, [&sink, &count](auto&& item) {
                ++count;
                return sink(std::forward<decltype(item)>(item));
            });
            count_ += count;
        }
    }

  private:
    Reader read_;
    Meter* meter_;
    std::uint64_t total_;
    mutable std::uint64_t count_ = 0;
};

// Counts what passes by, for stages that are fed.
template <class Next, class Meter>
struct progress_folder {
    static constexpr bool may_fill = Next::may_fill;

    Next next;
    Meter* meter;
    mutable std::uint64_t count = 0;

    template <class T>
    void consume(T&& item) {
        ++count;
        next.consume(std::forward<T>(item));
    }
    // Asked once per piece, or, where it may be full, after each item.
    bool full() const {
        constexpr std::uint64_t worth_it = may_fill ? 16 : 1;
        if (count >= worth_it) hand_in();
        return next.full();
    }
    auto complete() && {
        hand_in();
        return std::move(next).complete();
    }

  private:
    void hand_in() const noexcept { meter->add(std::exchange(count, 0)); }
};

template <consumer C, class Meter>
struct progress_consumer : passing_consumer<C> {
    Meter* meter;
    std::uint64_t total;

    progress_folder<folder_of<C>, Meter> into_folder() const {
        return {this->next.into_folder(), meter};
    }
    progress_consumer split_off(std::uint64_t i) const {
        return {{this->next.split_off(i)}, meter, total};
    }
    bool full() const {
        meter->look(total);
        return this->next.full();
    }
};

template <stage S, progress_hook F>
class watched {
    using meter_type = progress_meter<F>;

  public:
    using item = typename S::item;
    static constexpr bool indexed = S::indexed;
    static constexpr bool one_for_each = detail::one_for_each<S>;
    static constexpr bool feeds_itself = detail::feeds_itself<S>;
    static constexpr bool is_attended = true;

    watched(S&& base, F&& hook, std::chrono::nanoseconds period)
        : base_(std::move(base)), meter_(std::make_unique<meter_type>(std::move(hook), period)) {}

    std::uint64_t size()
        requires indexed_stage<S>
    {
        return base_.size();
    }
    auto reader()
        requires indexed_stage<S>
    {
        const std::uint64_t total = base_.size();
        meter_->look(total);
        auto read = base_.reader();
        return progress_reader<decltype(read), item, meter_type>(std::move(read), *meter_, total);
    }
    // Counted as they are handed out: nobody tells when a slice is done.
    auto slice(std::uint64_t first, std::uint64_t count) const
        requires sliceable<S> && requires(const S& s) { s.size(); }
    {
        const std::uint64_t total = base_.size();
        meter_->look(total);
        meter_->add(count, total);
        return base_.slice(first, count);
    }

    std::uint64_t reach() { return detail::reach(base_); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        std::uint64_t total = meter_type::unknown;
        if constexpr (indexed_stage<S>) total = base_.size();
        meter_->reset();
        result_of<C> result = detail::feed(
            base_, progress_consumer<C, meter_type>{{consumer}, meter_.get(), total}, limits);
        meter_->finish(total);
        return result;
    }

  private:
    S base_;
    std::unique_ptr<meter_type> meter_;  // in one place from the beginning: readers point to it
};

}  // namespace detail
}  // namespace veda

#endif
