// A waiting worker adds no foreign frames: a deep list of joins, many of them at once, with thieves
// everywhere, needs as much stack as the same list without any thief.
#include <atomic>
#include <mutex>

#include "stress.hpp"

namespace {

// The lowest and the highest address that tasks have seen on this thread's stack.
struct stack_span {
    std::uintptr_t low = UINTPTR_MAX, high = 0;
};
thread_local stack_span span;
std::atomic<std::uint64_t> widest_span{0};

[[gnu::noinline]] void note_stack() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    span.low = std::min(span.low, here);
    span.high = std::max(span.high, here);
    const std::uint64_t width = span.high - span.low;
    std::uint64_t widest = widest_span.load(std::memory_order_relaxed);
    while (width > widest && !widest_span.compare_exchange_weak(widest, width)) {
    }
}

// The list goes on in the first branch: the second, a leaf, waits to be stolen.
std::uint64_t list_left(std::uint64_t depth, std::uint64_t steps) {
    note_stack();
    if (depth == 0) return 0;
    const auto [rest, leaf] = veda::join([=] { return list_left(depth - 1, steps); },
                                         [=] {
                                             note_stack();
                                             stress::busy(steps * (depth % 7));
                                             return std::uint64_t{1};
                                         });
    return rest + leaf;
}

// The list goes on in the second branch: a thief takes all the rest of it, and so does the next.
std::uint64_t list_right(std::uint64_t depth, std::uint64_t steps) {
    note_stack();
    if (depth == 0) return 0;
    const auto [leaf, rest] = veda::join(
        [=] {
            note_stack();
            stress::busy(steps * (depth % 7));
            return std::uint64_t{1};
        },
        [=] { return list_right(depth - 1, steps); });
    return rest + leaf;
}

using list = std::uint64_t (*)(std::uint64_t, std::uint64_t);

// Runs lists of this depth side by side and answers the widest stack of any thread.
std::uint64_t widest_stack(std::uint32_t workers, int lists, list body, std::uint64_t depth,
                           std::uint64_t steps) {
    stress::runtime runtime{veda::config{}.workers(workers).stack_size(256u << 20)};
    widest_span.store(0);
    std::atomic<int> right{0};
    // Detached tasks: they run on the workers' own stacks, which are large enough for all.
    for (int i = 0; i < lists; ++i)
        runtime.spawn([&, depth] { right += body(depth, steps) == depth; }).detach();
    runtime.drain();
    EXPECT_EQ(right.load(), lists);
    EXPECT_GT(widest_span.load(), depth * 16) << "the recursion is really deep";
    return widest_span.load();
}

// A sanitizer's frames are of other sizes, and say less.
constexpr std::uint64_t most_extra_percent = stress::sanitized ? 150 : 50;

void expect_bounded_stack(list body) {
    const std::uint64_t depth = stress::scaled(20000);
    const std::uint64_t serial = widest_stack(1, 1, body, depth, 0);  // one worker: no thief
    for (const std::uint32_t workers : {2u, 4u, 16u}) {
        for (const std::uint64_t steps : {0u, 50u, 500u}) {
            const std::uint64_t parallel = widest_stack(workers, 8, body, depth, steps);
            std::printf("%2u workers, leaf %3llu steps: %8llu bytes, serial %llu\n", workers,
                        static_cast<unsigned long long>(steps),
                        static_cast<unsigned long long>(parallel),
                        static_cast<unsigned long long>(serial));
            EXPECT_LE(parallel, serial + serial / 100 * most_extra_percent)
                << workers << " workers, leaf " << steps;
        }
    }
}

TEST(StackStress, ListInTheFirstBranch) {
    const stress::watchdog watchdog("the list in the first branch", 240);
    expect_bounded_stack(list_left);
}

TEST(StackStress, ListInTheSecondBranch) {
    const stress::watchdog watchdog("the list in the second branch", 240);
    expect_bounded_stack(list_right);
}

}  // namespace
