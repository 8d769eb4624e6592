// clock.cpp: CLOCK_MONOTONIC through the vDSO, and the speed of the tick counter. Any room may call
// it; it never sleeps.
#include "os/clock.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/atomic.hpp"

namespace veda::rt::os {

namespace {

#if defined(__aarch64__)

// The counter names its own frequency.
std::uint64_t measure() noexcept {
    std::uint64_t hertz;
    asm volatile("mrs %0, cntfrq_el0" : "=r"(hertz));
    return std::max<std::uint64_t>(1, hertz / 1'000'000);
}

#else

constexpr std::uint64_t sample_ns = 50'000;

// Ticks per microsecond over one short spin.
std::uint64_t measure_once() noexcept {
    const std::uint64_t start_ns = now_ns();
    const std::uint64_t start_ticks = ticks();
    std::uint64_t passed_ns = 0;
    do {
        passed_ns = now_ns() - start_ns;
    } while (passed_ns < sample_ns);
    return (ticks() - start_ticks) * 1000 / passed_ns;
}

// The median, because a preemption between the two clock reads spoils a sample.
std::uint64_t measure() noexcept {
    std::array<std::uint64_t, 5> samples{};
    for (auto& sample : samples) sample = measure_once();
    std::nth_element(samples.begin(), samples.begin() + 2, samples.end());
    return std::max<std::uint64_t>(1, samples[2]);
}

#endif

}  // namespace

std::uint64_t now_ns() noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
           static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t ticks_per_us() noexcept {
    // Not a static const: its guard may be taken at the moment of a fork, and the child would wait for
    // ever. relaxed: a number, nothing hangs on it; two threads may measure it at the same time.
    static atomic<std::uint64_t> speed{0};
    std::uint64_t known = speed.load(relaxed);
    if (known == 0) [[unlikely]]
        speed.store(known = measure(), relaxed);
    return known;
}

}  // namespace veda::rt::os
