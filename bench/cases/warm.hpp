// warm.hpp: work that every worker of a pool takes part in, for the cases that measure a used pool.
#pragma once

#include <bench/support/work.hpp>
#include <cstddef>

namespace bench {

template <class Runtime>
inline constexpr bool can_warm = requires(Runtime r) {
    r.fib(1u);
    r.loop(std::size_t{1}, [](std::size_t) {});
};

// Loops whose items last about 20 us give even 64 threads on two processors the time to come in.
template <class Runtime>
void warm(Runtime& runtime, unsigned threads) {
    runtime.inside([&] {
        for (int round = 0; round < 10; ++round) {
            runtime.loop(std::size_t{16} * threads, [](std::size_t i) { keep(chain(i, 6'000)); });
        }
        keep(runtime.fib(20));
    });
}

}  // namespace bench
