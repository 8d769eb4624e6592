#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace veda::rt {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "veda: internal invariant broken: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace veda::rt
