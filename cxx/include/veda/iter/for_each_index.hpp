// for_each_index.hpp: the plainest parallel loop, for algorithms that work block by block.
#ifndef VEDA_ITER_FOR_EACH_INDEX_HPP
#define VEDA_ITER_FOR_EACH_INDEX_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/source_integers.hpp>

#include <cstdint>
#include <memory>

namespace veda::detail {

// The loop over indices, called through a pointer, a piece at a time: what divides the work is compiled once
// for all bodies.
struct erased_loop {
    void (*run)(const void* context, std::uint64_t begin, std::uint64_t end);
    const void* context;
};

struct loop_folder {
    struct nothing {};
    static constexpr bool may_fill = false;

    erased_loop body;

    template <class Reader>
    void sweep(const Reader&, std::uint64_t begin, std::uint64_t end) {
        body.run(body.context, begin, end);
    }
    void consume(std::uint64_t i) { body.run(body.context, i, i + 1); }
    static constexpr bool full() { return false; }
    nothing complete() && { return {}; }
};

struct loop_consumer {
    erased_loop body;

    loop_folder into_folder() const { return {body}; }
    loop_consumer split_off(std::uint64_t) const { return *this; }
    static constexpr bool full() { return false; }
    loop_folder::nothing reduce(loop_folder::nothing, loop_folder::nothing) const { return {}; }
};

// Calls f(i) for i from 0 up to count. The calling thread must be a worker.
template <class F>
void for_each_index(std::uint64_t count, const F& f) {
    const auto run = [](const void* context, std::uint64_t begin, std::uint64_t end) {
        const F& each = *static_cast<const F*>(context);
        for (std::uint64_t i = begin; i != end; ++i) each(i);
    };
    integers<std::uint64_t> indices(0, count);
    (void)feed(indices, loop_consumer{{run, std::addressof(f)}}, {});
}

}  // namespace veda::detail

#endif
