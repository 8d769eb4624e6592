// take.hpp: some of the items of an indexed chain: the first n, all but the first n, every n-th, or all
// backwards.
//
// All of them are arithmetic on the index; the others' items are never read.
#ifndef VEDA_ITER_TAKE_HPP
#define VEDA_ITER_TAKE_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/each.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace veda::detail {

template <indexed_stage S>
class taken {
  public:
    using item = typename S::item;
    static constexpr bool indexed = true;
    static constexpr bool is_attended = detail::is_attended<S>;

    taken(S&& base, std::uint64_t count) : base_(std::move(base)), count_(count) {}

    std::uint64_t size() { return std::min<std::uint64_t>(base_.size(), count_); }
    auto reader() { return base_.reader(); }
    auto slice(std::uint64_t first, std::uint64_t count) const
        requires sliceable<S>
    {
        return base_.slice(first, count);
    }

  private:
    S base_;
    std::uint64_t count_;
};

template <class Reader>
struct shifted_reader {
    Reader read;
    std::uint64_t by;

    [[gnu::__always_inline__]] decltype(auto) operator()(std::uint64_t i) const { return read(i + by); }

    template <class Sink>
    [[gnu::__always_inline__]] void each(std::uint64_t first, std::uint64_t last, Sink sink) const {
        detail::each(read, first + by, last + by, sink);
    }
};

template <indexed_stage S>
class skipped {
  public:
    using item = typename S::item;
    static constexpr bool indexed = true;
    static constexpr bool is_attended = detail::is_attended<S>;

    skipped(S&& base, std::uint64_t count) : base_(std::move(base)), count_(count) {}

    std::uint64_t size() {
        const std::uint64_t all = base_.size();
        return all - std::min(all, count_);
    }
    auto reader() {
        auto read = base_.reader();
        return shifted_reader<decltype(read)>{std::move(read), count_};
    }
    auto slice(std::uint64_t first, std::uint64_t count) const
        requires sliceable<S>
    {
        return base_.slice(first + count_, count);
    }

  private:
    S base_;
    std::uint64_t count_;
};

template <indexed_stage S>
class strided {
  public:
    using item = typename S::item;
    static constexpr bool indexed = true;

    strided(S&& base, std::uint64_t step) : base_(std::move(base)), step_(step) {}

    std::uint64_t size() { return groups_of(step_, base_.size()); }
    auto reader() {
        return [read = base_.reader(), step = step_](std::uint64_t i) -> item {
            return read(i * step);
        };
    }

  private:
    S base_;
    std::uint64_t step_;
};

template <indexed_stage S>
class reversed {
  public:
    using item = typename S::item;
    static constexpr bool indexed = true;

    explicit reversed(S&& base) : base_(std::move(base)) {}

    std::uint64_t size() { return base_.size(); }
    auto reader() {
        return [read = base_.reader(), end = static_cast<std::uint64_t>(base_.size())](
                   std::uint64_t i) -> item { return read(end - 1 - i); };
    }

  private:
    S base_;
};

}  // namespace veda::detail

#endif
