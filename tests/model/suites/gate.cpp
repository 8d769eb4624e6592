#include "model/suites/gate.hpp"

#include <algorithm>

#include "support/effort.hpp"

namespace veda::model {

bool full_run() { return test::number_from("VEDA_MODEL_FULL", 0) != 0; }

config widened(const config& bounds) {
    config wide = bounds;
    if (!full_run()) return wide;
    if (wide.max_executions != UINT64_MAX) wide.max_executions *= 20;
    wide.max_seconds *= 20;
    return wide;
}

int run_gate(const char*, const char*) { return 1; }

}  // namespace veda::model
