// scenario.hpp: one thing that may happen to a primitive, with the bounds it is explored in.
// Scenarios register themselves; main.cpp makes a test of each, and the order-mutation gate runs
// them all.
#pragma once

#include <string>
#include <vector>

#include "model/checker/harness.hpp"

namespace veda::model {

struct scenario {
    std::string name;  // suite.case
    config bounds;
    void (*body)();
};

inline std::vector<scenario>& scenarios() {
    static std::vector<scenario> all;
    return all;
}

// nullptr if there is none.
inline const scenario* find(const std::string& name) {
    for (const scenario& s : scenarios())
        if (s.name == name) return &s;
    return nullptr;
}

// The execution that a failure printed, once more. For regressions:
//   EXPECT_FALSE(replay("fork_deque.one_thief", "0.1.0.2").failed);
result replay(const std::string& scenario_name, const std::string& path);

struct registered {
    registered(const char* suite, const char* name, config bounds, void (*body)()) {
        scenarios().push_back({std::string(suite) + "." + name, bounds, body});
    }
};

}  // namespace veda::model

// SCENARIO(suite, name, bounds...) { body }: the bounds are initialisers of config; none: all
// interleavings.
#define SCENARIO(suite, name, ...)                                         \
    static void suite##_##name();                                          \
    static const veda::model::registered registered_##suite##_##name(      \
        #suite, #name, veda::model::config{__VA_ARGS__}, &suite##_##name); \
    static void suite##_##name()
