// adapter.hpp: what a runtime must offer to take part, and the main function of every C++ program.
//
// An adapter is a class with the members below; those it lacks are cases that it does not run.
//
//     static constexpr const char* name;
//     static std::vector<std::string> variants(std::string_view case_name);
//                                       the ways in which it runs the case, the natural one first;
//                                       {""} if there is only one, {} if it does not run the case
//     explicit adapter(const options&)  starts options.threads threads
//     void inside(f)                    calls f once, on a thread that belongs to the pool
//     uint64_t fib(n)                   recursive fork-join without a cutoff; called inside
//     void loop(n, body)                body(i) for i in [0, n), no hint; called inside
//     int64_t sum(first, n)             called inside
//     void region_inside(body)          body(i) for i in [0, threads); called inside
//     void region_outside(body)         the same, called by a thread outside the pool
//     void spawn_all(n, task)           n closures task(i), one scope, one spawning thread; inside
//     void submit(task)                 starts task some time later; called outside
//     static constexpr tree_way tree_ways[]
//                                       see tree.hpp; called inside
//     map_sum, dot, min, ...            the operations of algorithms.hpp; called inside
//
// The cases themselves (the other headers here) know no runtime, so the work and the way it is
// timed cannot differ between runtimes. peers/rayon/src/cases.rs mirrors them for Rust.
#pragma once

#include <bench/cases/algorithms.hpp>
#include <bench/cases/fib.hpp>
#include <bench/cases/idle.hpp>
#include <bench/cases/loop.hpp>
#include <bench/cases/memory.hpp>
#include <bench/cases/oversubscribed.hpp>
#include <bench/cases/region.hpp>
#include <bench/cases/spawn.hpp>
#include <bench/cases/stencil.hpp>
#include <bench/cases/submit.hpp>
#include <bench/cases/sum.hpp>
#include <bench/cases/ticker.hpp>
#include <bench/cases/tree.hpp>
#include <bench/cases/uneven.hpp>
#include <bench/support/options.hpp>
#include <cstdio>
#include <string>
#include <string_view>

namespace bench {

inline constexpr const char* case_names[] = {
    "fib",    "region_outside", "region_inside", "loop",    "uneven", "sum",  "spawn",
    "submit", "tree",           "big_recursion", "stencil", "ticker", "idle", "memory",
    "oversubscribed"};

template <class Runtime>
int list_cases() {
    std::printf("{\"runtime\": \"%s\", \"cases\": {", Runtime::name);
    const char* between_cases = "";
    for (const char* name : case_names) {
        auto variants = Runtime::variants(name);
        if (variants.empty()) continue;
        std::printf("%s\"%s\": [", between_cases, name);
        const char* between_variants = "";
        for (const auto& variant : variants) {
            std::printf("%s\"%s\"", between_variants, variant.c_str());
            between_variants = ", ";
        }
        std::printf("]");
        between_cases = ", ";
    }
    for (const char* op : algorithms<Runtime>::operations) {
        if (!algorithms<Runtime>::knows(op)) continue;
        std::printf("%s\"algorithm_%s\": [\"\"]", between_cases, op);
        between_cases = ", ";
    }
    std::printf("}}\n");
    return 0;
}

template <class Runtime>
int run_case(const options& opts) {
    std::string_view name = opts.case_name;
    if (name.starts_with(algorithms<Runtime>::prefix)) {
        run_algorithm<Runtime>(opts);
        return 0;
    }
    auto known = Runtime::variants(name);
    bool found = false;
    for (const auto& variant : known) found = found || variant == opts.variant;
    if (!found) fail(std::string(Runtime::name) + ": no " + opts.case_name + " " + opts.variant);
    if (name == "fib") run_fib<Runtime>(opts);
    if (name == "region_inside") run_region<Runtime, true>(opts);
    if (name == "region_outside") run_region<Runtime, false>(opts);
    if (name == "loop") run_loop<Runtime>(opts);
    if (name == "uneven") run_uneven<Runtime>(opts);
    if (name == "sum") run_sum<Runtime>(opts);
    if (name == "spawn") run_spawn<Runtime>(opts);
    if (name == "submit") run_submit<Runtime>(opts);
    if (name == "tree") run_tree<Runtime>(opts);
    if (name == "big_recursion") run_big_recursion<Runtime>(opts);
    if (name == "stencil") run_stencil<Runtime>(opts);
    if (name == "ticker") run_ticker<Runtime>(opts);
    if (name == "idle") run_idle<Runtime>(opts);
    if (name == "memory") run_memory<Runtime>(opts);
    if (name == "oversubscribed") run_oversubscribed<Runtime>(opts);
    return 0;
}

template <class Runtime>
int main_of(int argc, char** argv) {
    options opts(argc, argv);
    return opts.case_name == "list" ? list_cases<Runtime>() : run_case<Runtime>(opts);
}

}  // namespace bench
