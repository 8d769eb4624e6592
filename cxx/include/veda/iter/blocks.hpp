// blocks.hpp: the methods that work through the items block by block: fold_chunks, in_order, ...
#ifndef VEDA_ITER_BLOCKS_HPP
#define VEDA_ITER_BLOCKS_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/iter/blocked.hpp>
#include <veda/iter/fold_chunks.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/in_order.hpp>
#include <veda/iter/scratch.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string>
#include <utility>

namespace veda::detail {

inline void must_not_be_empty(const char* method, std::uint64_t length) {
    if (length == 0) {
        throw error(VEDA_E_RANGE,
                    std::string("VEDA_E_RANGE: ") + method + ": length is 0, must be 1 or more");
    }
}

template <class S>
class blocks {
    using item = typename S::item;

  public:
    // Yields one accumulator for each group of length neighbours; groups, and so accumulators, do not
    // depend on the number of workers. identity and f as in fold.
    template <class Id, class F>
        requires indexed_stage<S> && fold_step<F, identity_value<Id>, item>
    auto fold_chunks(std::uint64_t length, Id identity, F f) && {
        must_not_be_empty("fold_chunks", length);
        piece_limits limits = chain_of(*this).limits();
        limits.min = std::max<std::uint64_t>(limits.min / length, 1);
        limits.max = std::max<std::uint64_t>(limits.max / length, 1);
        return chain_with(chunk_folded<S, Id, F>(std::move(chain_of(*this)).release(), length,
                                                std::move(identity), std::move(f)),
                          limits);
    }
    template <std::copy_constructible T, class F>
        requires indexed_stage<S> && fold_step<F, T, item>
    auto fold_chunks_with(std::uint64_t length, T start, F f) && {
        return std::move(*this).fold_chunks(length, copying<T>{std::move(start)}, std::move(f));
    }

    // One block of length items after the other, each in parallel; a search that is over in one block
    // does not begin the next.
    auto by_uniform_blocks(std::uint64_t length) &&
        requires indexed_stage<S>
    {
        must_not_be_empty("by_uniform_blocks", length);
        return extend<blocked<S, uniform_growth>>(*this, length);
    }
    // The same with blocks that grow: as many items as there are workers, then always twice as many.
    auto by_exponential_blocks() &&
        requires indexed_stage<S>
    {
        return extend<blocked<S, exponential_growth>>(*this, std::uint64_t{0});
    }

    // Blocks of length items that are begun in order, from the first to the last, by all workers: what is
    // not done yet is at most a block a worker and all that follows, as with OpenMP's schedule(dynamic,
    // length). For loops whose items use what the ones before them left, and for streams of output. A
    // counter that all share gives out the blocks, so items as short as a few nanoseconds want long ones.
    auto in_order(std::uint64_t length) &&
        requires indexed_stage<S>
    {
        must_not_be_empty("in_order", length);
        return extend<begun_in_order<S>>(*this, length);
    }

    // Right behind par_bridge: each worker takes this many items at a time, not one, and works on them before
    // it takes more. For sources whose items are quick to work on and do not depend on each other.
    auto batched(std::uint64_t items) &&
        requires requires(S& source) { source.take_batches(items); }
    {
        must_not_be_empty("batched", items);
        auto& chain = chain_of(*this);
        chain.base().take_batches(items);
        return std::move(chain);
    }
};

}  // namespace veda::detail

#endif
