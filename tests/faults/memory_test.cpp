// Every place where the library asks for memory, refused in turn: once alone, and once with all
// that come after it. Each call then answers VEDA_E_MEMORY (or std::bad_alloc) with a sentence, or
// does without; nothing is lost or leaked, the end of a runtime needs nothing, and the same again
// works.
#include <veda/veda.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>
#include <veda/veda.hpp>

#include "faults/fault.hpp"
#include "faults/own_process.hpp"
#include "support/effort.hpp"
#include "support/own_runtime.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace {

using veda::test::fault;
using veda::test::resource;

// -- what a scenario may see
// -----------------------------------------------------------------------

bool strict;  // no fault any more: everything must succeed

// True on success; otherwise the refusal must be one for want of memory, and say so.
bool accepted(veda_status status) {
    if (status == VEDA_OK) return true;
    HOLDS(!strict);
    HOLDS(status == VEDA_E_MEMORY || status == VEDA_E_THREAD);
    HOLDS(std::strstr(veda_last_error(), "memory") || std::strstr(veda_last_error(), "thread"));
    return false;
}

void count_one(void* counter, veda_worker_t*) { ++*static_cast<std::atomic<int>*>(counter); }

void expect_balanced(veda_runtime_t* runtime) {
    HOLDS(veda_runtime_drain(runtime, UINT64_MAX) == VEDA_OK);
    HOLDS(veda::test::read_counter(runtime, "submitted") ==
          veda::test::read_counter(runtime, "completed") +
              veda::test::read_counter(runtime, "failed"));
}

veda_runtime_t* create(std::uint32_t workers, std::uint32_t spares = 2) {
    veda_runtime_config_t config{};
    config.struct_size = sizeof config;
    config.worker_count = workers;
    config.spare_workers = spares;
    config.stack_size = 256 << 10;
    config.thread_name_prefix = "starving";
    auto* runtime = reinterpret_cast<veda_runtime_t*>(&config);
    const bool made = accepted(veda_runtime_create(&config, &runtime));
    HOLDS(made == (runtime != nullptr));
    return runtime;
}

void destroy(veda_runtime_t* runtime) {
    expect_balanced(runtime);
    HOLDS(veda_runtime_destroy(runtime) == VEDA_OK);
}

// -- scenarios
// -------------------------------------------------------------------------------------

std::uint64_t add_range(void*, std::uint64_t begin, std::uint64_t end, void* sum,
                        const veda_exec_t*) {
    for (; begin < end; ++begin) *static_cast<std::uint64_t*>(sum) += begin;
    return end;
}
void add_sums(void*, void* left, const void* right) {
    *static_cast<std::uint64_t*>(left) += *static_cast<const std::uint64_t*>(right);
}

// Sums 0..length-1 with accumulators of so many bytes, most of them from the heap.
void reduce(veda_runtime_t* runtime, std::uint64_t length, std::uint32_t flags, std::size_t bytes) {
    alignas(16) static unsigned char identity[128 << 10], result[128 << 10];
    veda_reduce_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.flags = flags;
    desc.end = length;
    desc.min_piece = flags ? length / 8 : 0;
    desc.acc_size = bytes;
    desc.identity = identity;
    if (!accepted(veda_reduce(runtime, &desc, add_range, add_sums, nullptr, result))) return;
    std::uint64_t sum;
    std::memcpy(&sum, result, sizeof sum);
    HOLDS(sum == length * (length - 1) / 2);
}

void default_runtime_detects_and_ends() {
    if (accepted(veda_init(nullptr))) reduce(veda_runtime_default(), 10'000, 0, 8);
    HOLDS(veda_shutdown(UINT64_MAX) == VEDA_OK);
}

void default_runtime_starts_by_itself() {
    veda_runtime_t* runtime = veda_runtime_default();
    if (runtime == nullptr) return (void)accepted(VEDA_E_MEMORY);
    reduce(runtime, 10'000, 0, 8);
    HOLDS(veda_shutdown(UINT64_MAX) == VEDA_OK);
}

void create_and_destroy() {
    if (veda_runtime_t* runtime = create(3)) destroy(runtime);
}

void loops_with_large_accumulators() {
    veda_runtime_t* runtime = create(3);
    if (!runtime) return;
    reduce(runtime, 24, 0, 100'000);  // short: split at once, down to single indices
    reduce(runtime, 10'000, 0, 100'000);
    reduce(runtime, 10'000, VEDA_REDUCE_DETERMINISTIC, 100'000);
    destroy(runtime);
}

struct burst {
    veda_runtime_t* runtime;
    int tasks;
    int taken = 0;
    std::atomic<int> ran{0};
};

void spawn_burst(void* ctx, veda_worker_t*) {
    auto& b = *static_cast<burst*>(ctx);
    for (int i = 0; i < b.tasks; ++i)
        if (accepted(veda_spawn(b.runtime, count_one, &b.ran))) ++b.taken;
}

// From outside, and from inside: more than a ring holds, so that it spills.
void detached_tasks() {
    veda_runtime_t* runtime = create(2);
    if (!runtime) return;
    burst outside{runtime, 100}, inside{runtime, 3000};
    spawn_burst(&outside, nullptr);
    HOLDS(veda_run(runtime, spawn_burst, &inside) == VEDA_OK);
    HOLDS(veda_runtime_drain(runtime, UINT64_MAX) == VEDA_OK);
    HOLDS(outside.ran == outside.taken && inside.ran == inside.taken);
    HOLDS(!strict || inside.taken == inside.tasks);
    destroy(runtime);
}

// The error is kept whatever happens to its message.
void scope_that_fails() {
    veda_runtime_t* runtime = create(2);
    if (!runtime) return;
    veda_scope_t scope;
    if (accepted(veda_scope_begin(&scope, runtime))) {
        std::atomic<int> ran{0};
        int taken = 0;
        for (int i = 0; i < 200; ++i)
            if (accepted(veda_scope_spawn(&scope, count_one, &ran))) ++taken;
        HOLDS(veda_scope_fail(&scope, VEDA_E_CANCELLED, "no more") == VEDA_OK);
        HOLDS(veda_scope_wait(&scope) == VEDA_E_CANCELLED);
        HOLDS(veda_last_error()[0] != '\0');
        HOLDS(ran == taken);
    }
    destroy(runtime);
}

void broadcasts() {
    veda_runtime_t* runtime = create(3);
    if (!runtime) return;
    std::atomic<int> ran{0};
    const bool taken = accepted(veda_broadcast(runtime, count_one, &ran));
    HOLDS(ran == (taken ? static_cast<int>(veda::test::worker_count(runtime)) : 0));
    destroy(runtime);
}

std::uint64_t fib(unsigned n) {
    if (n < 2) return n;
    const auto [a, b] = veda::join([n] { return fib(n - 1); }, [n] { return fib(n - 2); });
    return a + b;
}

// What one asks of the C++ layer: the answer, or an exception that says memory.
template <class F>
void or_bad_alloc(F f) {
    try {
        f();
    } catch (const std::bad_alloc&) {
        HOLDS(!strict);
    } catch (const veda::error& e) {
        (void)accepted(e.status());
    }
}

void cxx_layer() {
    veda_runtime_t* raw = create(2);
    if (!raw) return;
    const veda::runtime_ref pool(raw);
    or_bad_alloc([&] { HOLDS(pool.run([] { return fib(12); }) == 144); });
    or_bad_alloc([&] { HOLDS(pool.spawn([] { return 7; }).get() == 7); });
    or_bad_alloc([&] {
        std::atomic<int> ran{0}, taken{0};
        pool.scope([&](auto& s) {
            for (int i = 0; i < 100; ++i)
                or_bad_alloc([&] {
                    s.spawn([&] { ++ran; });
                    ++taken;
                });
        });
        HOLDS(ran == taken);
    });
    or_bad_alloc([&] {
        pool.run([] {
            auto even = veda::par(0, 5000).filter([](int i) { return i % 2 == 0; });
            HOLDS(std::move(even).collect<std::vector<int>>().size() == 2500);
        });
    });
    or_bad_alloc([&] { HOLDS(!pool.broadcast([](std::uint32_t i) { return i; }).empty()); });
    destroy(raw);
}

// -- the walk
// --------------------------------------------------------------------------------------

int starve(void (*scenario)(), std::uint64_t nth, bool lasting) {
    std::uint64_t failed;
    {
        const fault missing(resource::memory, nth, lasting);
        scenario();
        failed = fault::failed();
    }
    strict = true;
    scenario();
#if defined(__SANITIZE_ADDRESS__)
    HOLDS(__lsan_do_recoverable_leak_check() == 0);
#endif
    return failed ? veda::test::passed : veda::test::not_reached;
}

// Which call is the n-th depends a little on the threads: three misses in a row are the end.
void starve_each_site(void (*scenario)(), std::uint64_t least_sites) {
    // All sites by the plain build; sanitized, behind the first dozen only every fourth.
    const std::uint64_t stride = veda::test::scaled(10) < 10 ? 4 : 1;
    for (const bool lasting : {false, true}) {
        std::uint64_t sites = 0, runs = 0;
        for (std::uint64_t nth = 0, misses = 0; misses < 3; nth += nth < 12 ? 1 : stride) {
            const auto result =
                veda::test::in_child([&] { return starve(scenario, nth, lasting); });
            ASSERT_EQ(result.signal, 0) << "call " << nth << ", lasting " << lasting << "\n"
                                        << result.errors;
            ASSERT_TRUE(result.code == veda::test::passed || result.code == veda::test::not_reached)
                << "call " << nth << ", lasting " << lasting << "\n"
                << result.errors;
            misses = result.code == veda::test::passed ? 0 : misses + 1;
            if (misses == 0) sites = nth + 1;
            ++runs;
        }
        std::printf("%s: %llu calls for memory, %llu of them refused in turn\n",
                    lasting ? "with all that follow" : "one alone",
                    static_cast<unsigned long long>(sites),
                    static_cast<unsigned long long>(runs - 3));
        EXPECT_GE(sites, lasting ? 1 : least_sites)
            << "the scenario asked for less than it is known to";
    }
}

TEST(Memory, DefaultRuntimeDetects) { starve_each_site(default_runtime_detects_and_ends, 10); }
TEST(Memory, DefaultRuntimeStartsByItself) {
    starve_each_site(default_runtime_starts_by_itself, 10);
}
TEST(Memory, CreateAndDestroy) { starve_each_site(create_and_destroy, 10); }
TEST(Memory, LargeAccumulators) { starve_each_site(loops_with_large_accumulators, 20); }
TEST(Memory, DetachedTasks) { starve_each_site(detached_tasks, 20); }
TEST(Memory, ScopeThatFails) { starve_each_site(scope_that_fails, 10); }
TEST(Memory, Broadcasts) { starve_each_site(broadcasts, 11); }
TEST(Memory, CxxLayer) { starve_each_site(cxx_layer, 20); }

// -- what must never ask
// ---------------------------------------------------------------------------

// The one thing that a join may want memory for is a spare thread in its place, which it can do
// without: after the first refusal nobody asks again. The end of a runtime asks for nothing at all.
TEST(Memory, JoinAndShutdownNeverAllocate) {
    const auto result = veda::test::in_child([] {
        strict = true;
        veda_runtime_t* raw = create(4);
        const veda::runtime_ref pool(raw);
        // A thread asks for memory as it starts, for a stack for its signals, and does without.
        while (veda::test::read_counter(raw, "parks") < 4) std::this_thread::yield();
        const auto forks = [&] {
            for (std::uint64_t i = 0; i < veda::test::scaled(200); ++i)
                HOLDS(pool.run([] { return fib(18); }) == 2584);
        };
        forks();  // the guest's place is made
        {
            const fault missing(resource::memory, 0, true);
            forks();
            HOLDS(fault::calls() <= 1);
        }
        HOLDS(veda::test::read_counter(raw, "stolen") > 0);
        const fault missing(resource::memory, 0, true);
        forks();
        HOLDS(veda_runtime_drain(raw, UINT64_MAX) == VEDA_OK);
        HOLDS(veda_runtime_destroy(raw) == VEDA_OK);
        HOLDS(fault::calls() <= 1);
        return 0;
    });
    EXPECT_EQ(result.code, 0) << "signal " << result.signal << "\n" << result.errors;
}

// Work that lies in the queues when the end begins is run without a byte.
TEST(Memory, ShutdownRunsWhatIsLeftWithoutMemory) {
    const auto result = veda::test::in_child([] {
        strict = true;
        veda_runtime_t* runtime = create(2);
        burst work{runtime, 2000};
        HOLDS(veda_run(runtime, spawn_burst, &work) == VEDA_OK);
        const fault missing(resource::memory, 0, true);
        HOLDS(veda_runtime_destroy(runtime) == VEDA_OK);
        HOLDS(work.ran == work.tasks);
        return 0;
    });
    EXPECT_EQ(result.code, 0) << "signal " << result.signal << "\n" << result.errors;
}

}  // namespace
