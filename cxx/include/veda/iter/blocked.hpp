// blocked.hpp: an indexed chain worked through in blocks, one after the other, each in parallel: what
// follows in a block is begun only when all before it is done. Good for searches that hit early, and for
// caches.
#ifndef VEDA_ITER_BLOCKED_HPP
#define VEDA_ITER_BLOCKED_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/slot.hpp>
#include <veda/iter/indexed_producer.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace veda::detail {

// The next block's length from the last one's.
struct uniform_growth {
    static constexpr std::uint64_t after(std::uint64_t length) { return length; }
};
struct exponential_growth {
    static constexpr std::uint64_t after(std::uint64_t length) {
        return length > UINT64_MAX / 2 ? length : 2 * length;
    }
};

template <indexed_stage S, class Growth>
class blocked {
  public:
    using item = typename S::item;
    static constexpr bool indexed = false;

    blocked(S&& base, std::uint64_t first_length) : base_(std::move(base)), length_(first_length) {}

    std::uint64_t reach() { return base_.size(); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        const std::uint64_t size = base_.size();
        std::uint64_t length = length_ != 0 ? length_ : workers_here();
        std::uint64_t begin = std::min(length, size);
        slot<result_of<C>> all;
        all.put(block(0, begin, consumer, limits));
        while (begin != size && !consumer.full()) {
            length = Growth::after(length);
            const std::uint64_t end = begin + std::min(length, size - begin);
            all.replace(consumer.reduce(std::move(*all), block(begin, end, consumer, limits)));
            begin = end;
        }
        return std::move(*all);
    }

  private:
    template <consumer C>
    result_of<C> block(std::uint64_t begin, std::uint64_t end, const C& consumer,
                       piece_limits limits) {
        return drive(indexed_producer<S>(base_, begin, end), consumer.split_off(begin), limits);
    }

    S base_;
    std::uint64_t length_;
};

}  // namespace veda::detail

#endif
