// internals.hpp: the one door into the runtime, for capi/src and gpu. Nothing outside runtime/ includes
// any other header of it.
#pragma once

#include "base/assert.hpp"
#include "base/sized.hpp"
#include "base/status.hpp"
#include "fork/broadcast.hpp"
#include "fork/event.hpp"
#include "fork/join.hpp"
#include "fork/loop.hpp"
#include "fork/scopes.hpp"
#include "fork/spawn.hpp"
#include "memory/slab.hpp"
#include "os/clock.hpp"
#include "os/cpu_share.hpp"
#include "os/futex.hpp"
#include "os/process.hpp"
#include "os/thread.hpp"
#include "pool/config.hpp"
#include "pool/enter.hpp"
#include "pool/registry.hpp"
#include "telemetry/counters.hpp"
