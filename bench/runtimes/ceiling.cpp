// ceiling.cpp: how fast this machine can read memory: the sum case done by hand, with pinned
// threads that each read one contiguous part with the widest plain loads there are, and nothing to
// schedule.
#include <pthread.h>
#include <sched.h>

#include <bench/cases/sum.hpp>
#include <bench/support/options.hpp>
#include <cstdio>
#include <string_view>
#include <thread>
#include <vector>

namespace {

// The only place in the benchmarks that may use more than the baseline instruction set: a ceiling
// must not be limited by arithmetic.
#if defined(__x86_64__)
[[gnu::target_clones("avx2", "default")]]
#endif
std::int64_t
sum_part(const std::int32_t* first, std::size_t n) {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < n; ++i) total += first[i];
    return total;
}

void pin_to(unsigned index) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    unsigned seen = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed) || seen++ != index % CPU_COUNT(&allowed)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        pthread_setaffinity_np(pthread_self(), sizeof one, &one);
        return;
    }
}

std::int64_t sum_by_threads(const std::vector<std::int32_t>& values, unsigned threads) {
    std::vector<std::int64_t> totals(threads);
    std::vector<std::thread> crew;
    std::size_t part = values.size() / threads;
    for (unsigned t = 0; t < threads; ++t) {
        std::size_t begin = t * part;
        std::size_t end = t + 1 == threads ? values.size() : begin + part;
        crew.emplace_back([&totals, &values, t, begin, end] {
            pin_to(t);
            totals[t] = sum_part(values.data() + begin, end - begin);
        });
    }
    for (auto& thread : crew) thread.join();
    std::int64_t total = 0;
    for (auto t : totals) total += t;
    return total;
}

}  // namespace

int main(int argc, char** argv) {
    bench::options opts(argc, argv);
    if (opts.case_name == "list") {
        std::puts("{\"runtime\": \"ceiling\", \"cases\": {\"sum\": [\"\"]}}");
        return 0;
    }
    if (opts.case_name != "sum") bench::fail("ceiling knows the case sum only");
    std::size_t items = opts.number("items", 100'000'000);
    auto values = bench::sum_input(items);
    auto once = [&] {
        if (sum_by_threads(values, opts.threads) != bench::sum_expected(items)) {
            bench::fail("sum: wrong result");
        }
    };
    once();
    auto result = bench::repeat({.least = 5, .enough_ns = 500'000'000}, once);
    result.ns = result.fastest_ns;
    bench::report_sum("ceiling", opts, items, result);
}
