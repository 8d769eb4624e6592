// for_each_index.hpp: the plainest parallel loop, for algorithms that work block by block.
#ifndef VEDA_ITER_FOR_EACH_INDEX_HPP
#define VEDA_ITER_FOR_EACH_INDEX_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/source_integers.hpp>

#include <cstdint>
#include <memory>

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

// A body, called through a pointer.
struct erased_body {
    void (*call)(const void* body, std::uint64_t i);
    const void* body;
    void operator()(std::uint64_t i) const { call(body, i); }
};

// for_each_index for bodies that are long: the loop is compiled once for all of them.
template <class F>
void for_each_of_few(std::uint64_t count, const F& f) {
    const auto call = [](const void* body, std::uint64_t i) { (*static_cast<const F*>(body))(i); };
    for_each_index(count, erased_body{call, std::addressof(f)});
}

}  // namespace veda::detail

#endif
