// atomic.hpp: stands in for <veda/detail/atomic.hpp> of the C++ headers in the suites.
#pragma once

#include <atomic>

#include "model/checker/shim.hpp"

namespace veda::detail {

using model::atomic;

}  // namespace veda::detail
