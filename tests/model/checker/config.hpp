// config.hpp: how one body is explored, and what came of it.
#pragma once

#include <cstdint>
#include <string>

namespace veda::model {

enum class search {
    exhaustive,  // depth first over every choice; with sleep sets unless preemptions are bounded
    random,      // every choice by dice
    pct          // priorities with a few random change points (Burckhardt et al., 2010)
};

inline constexpr int unlimited = -1;

struct config {
    search how = search::exhaustive;
    // Bounds, all per execution. A bounded search that ends is complete within its bounds only.
    int preemptions = unlimited;       // switches away from a thread that could go on
    int stale_reads = unlimited;       // loads that do not return the newest store
    int spurious_wakes = 0;            // futex waits that return for no reason
    int weak_failures = 0;             // compare_exchange_weak that fails for no reason
    int max_steps = 5000;              // more is a livelock, or a loop without cpu_relax
    bool weak_memory = true;           // false: every load returns the newest store
    bool insert_stores = false;        // stores may take an earlier place in modification order
    bool timeouts = false;             // a timed wait ends when nothing else can run; else never
    int early_timeouts = 0;            // timed waits that end by time while others can run
    std::uint64_t tick_step = 50'000;  // what os::ticks() advances by, per call and thread
    // The whole search.
    std::uint64_t max_executions = UINT64_MAX;
    double max_seconds = 60;
    std::uint64_t seed = 1;
    int pct_depth = 3;
    // Not empty: only this execution, as a failure printed it.
    std::string replay = {};
    bool trace = false;
    int spins = 0;  // how often in a row a thread that gives way goes on instead
};

struct result {
    std::uint64_t executions = 0;
    std::uint64_t pruned = 0;  // of these, cut short because an equal one had been seen
    std::uint64_t steps = 0;
    std::uint64_t timeouts = 0;  // timed waits that had to end by time
    double seconds = 0;
    bool complete = false;  // everything within the bounds was seen
    bool failed = false;
    std::string message, trace, replay;
};

}  // namespace veda::model
