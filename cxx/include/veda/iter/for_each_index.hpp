// for_each_index.hpp: the plainest parallel loop, for algorithms that work block by block.
#ifndef VEDA_ITER_FOR_EACH_INDEX_HPP
#define VEDA_ITER_FOR_EACH_INDEX_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/source_integers.hpp>

#include <cstdint>

namespace veda::detail {

// Calls f(i) for i from 0 up to count. The calling thread must be a worker.
template <class F>
void for_each_index(std::uint64_t count, const F& f) {
    struct nothing {};
    integers<std::uint64_t> indices(0, count);
    (void)feed(indices,
               accumulating{[] { return nothing{}; },
                            [&f](nothing, std::uint64_t i) { f(i); }, [](nothing, nothing) {}},
               {});
}

}  // namespace veda::detail

#endif
