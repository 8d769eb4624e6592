// micro.cpp: the single steps of veda under Google Benchmark, for work on the runtime itself.
//
// Comparisons with other runtimes belong to compare.py; what is here says where veda's own time
// goes. Thread counts are arguments (".../2"); every case runs inside a pool unless it says
// outside.
#include <benchmark/benchmark.h>
#include <veda/veda.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <veda/veda.hpp>

namespace {

void must(veda_status status) {
    if (status != VEDA_OK) std::abort();
}

veda::runtime pool_of(const benchmark::State& state) {
    return veda::runtime(veda::config{}.workers(static_cast<std::uint32_t>(state.range(0))));
}

void no_job(veda_job_t*, veda_worker_t*) {}
void no_task(void*, veda_worker_t*) {}
std::uint64_t no_items(void*, std::uint64_t, std::uint64_t end, const veda_exec_t*) { return end; }

// One fork and one join through the exported functions.
void fork_join_c(benchmark::State& state) {
    auto pool = pool_of(state);
    pool.run([&] {
        veda_worker_t* worker = veda_worker_current();
        for (auto _ : state) {
            veda_job_t job;
            job.run = no_job;
            must(veda_fork(worker, &job));
            benchmark::DoNotOptimize(veda_join(worker, &job));
        }
    });
}
BENCHMARK(fork_join_c)->Arg(1)->Arg(2);

// The same through the inline tier.
void join_cpp(benchmark::State& state) {
    auto pool = pool_of(state);
    pool.run([&] {
        for (auto _ : state) {
            auto [a, b] = veda::join([] { return 1; }, [] { return 2; });
            benchmark::DoNotOptimize(a + b);
        }
    });
}
BENCHMARK(join_cpp)->Arg(1)->Arg(2);

void for_loop(benchmark::State& state, std::uint32_t flags, bool inside) {
    auto pool = pool_of(state);
    veda_for_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.flags = flags;
    desc.end = static_cast<std::uint64_t>(state.range(0));
    auto series = [&] {
        for (auto _ : state) must(veda_for(pool.raw(), &desc, no_items, nullptr));
    };
    if (inside) {
        pool.run(series);
    } else {
        series();
    }
}
BENCHMARK_CAPTURE(for_loop, inside, 0u, true)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK_CAPTURE(for_loop, outside, 0u, false)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK_CAPTURE(for_loop, spread_inside, VEDA_FOR_SPREAD, true)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK_CAPTURE(for_loop, spread_outside, VEDA_FOR_SPREAD, false)->Arg(1)->Arg(2)->UseRealTime();

// Entering the pool and leaving it again, with nothing in between.
void enter(benchmark::State& state) {
    auto pool = pool_of(state);
    for (auto _ : state) must(veda_run(pool.raw(), no_task, nullptr));
}
BENCHMARK(enter)->Arg(1)->Arg(2)->UseRealTime();

void broadcast(benchmark::State& state) {
    auto pool = pool_of(state);
    for (auto _ : state) must(veda_broadcast(pool.raw(), no_task, nullptr));
}
BENCHMARK(broadcast)->Arg(1)->Arg(2)->UseRealTime();

// One task into a scope, and the wait for it.
void scope_of_one_c(benchmark::State& state) {
    auto pool = pool_of(state);
    pool.run([&] {
        for (auto _ : state) {
            veda_scope_t scope;
            must(veda_scope_begin(&scope, pool.raw()));
            must(veda_scope_spawn(&scope, no_task, nullptr));
            must(veda_scope_wait(&scope));
        }
    });
}
BENCHMARK(scope_of_one_c)->Arg(1)->Arg(2)->UseRealTime();

void scope_of_a_thousand_cpp(benchmark::State& state) {
    auto pool = pool_of(state);
    pool.run([&] {
        for (auto _ : state) {
            veda::scope([](auto& scope) {
                for (int i = 0; i < 1000; ++i) scope.spawn([i] { benchmark::DoNotOptimize(i); });
            });
        }
    });
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(scope_of_a_thousand_cpp)->Arg(1)->Arg(2)->UseRealTime();

// A detached task from outside, and the wait until it has run.
void spawn_and_wait(benchmark::State& state) {
    auto pool = pool_of(state);
    for (auto _ : state) {
        std::atomic<bool> ran{false};
        must(veda_spawn(
            pool.raw(),
            [](void* ctx, veda_worker_t*) {
                static_cast<std::atomic<bool>*>(ctx)->store(true, std::memory_order_release);
            },
            &ran));
        while (!ran.load(std::memory_order_acquire)) {
        }
    }
}
BENCHMARK(spawn_and_wait)->Arg(1)->Arg(2)->UseRealTime();

void spawn_and_get_cpp(benchmark::State& state) {
    auto pool = pool_of(state);
    for (auto _ : state) benchmark::DoNotOptimize(pool.spawn([] { return 1; }).get());
}
BENCHMARK(spawn_and_get_cpp)->Arg(1)->Arg(2)->UseRealTime();

// Both halves insist on running at the same time, so each join needs a steal: the price of waking a
// thief (or of a spinning one) and of handing it one job.
void forced_steal(benchmark::State& state) {
    auto pool = pool_of(state);
    pool.run([&] {
        for (auto _ : state) {
            std::atomic<bool> stolen{false};
            veda::join(
                [&] {
                    while (!stolen.load(std::memory_order_acquire)) {
                    }
                    return 0;
                },
                [&] {
                    stolen.store(true, std::memory_order_release);
                    return 0;
                });
        }
    });
}
BENCHMARK(forced_steal)->Arg(2)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
