// mutex.hpp: the one door to locks. Locks guard cold state only (thread start, the injector, slab
// depots); no lock is taken on the fork-join path, and none is held while user code runs.
#pragma once

#include <mutex>

#ifdef VEDA_MODEL
#include <model/checker/shim.hpp>
#endif

namespace veda::rt {

#ifdef VEDA_MODEL  // the interleaving tests: tests/model
using model::mutex;
#else
using mutex = std::mutex;
#endif
using lock_guard = std::lock_guard<mutex>;

}  // namespace veda::rt
