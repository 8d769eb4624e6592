// mutex.hpp: the one door to locks. Locks guard cold state only (thread start, the injector, slab
// depots); no lock is taken on the fork-join path, and none is held while user code runs.
#pragma once

#include <mutex>

namespace veda::rt {

using mutex = std::mutex;
using lock_guard = std::lock_guard<mutex>;

}  // namespace veda::rt
