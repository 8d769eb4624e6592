// atomic.hpp: the atomics of these headers. Those whose order matters are named through this door, so that
// the interleaving checker of the project can put its own in their place (its header of this name comes
// first).
#ifndef VEDA_DETAIL_ATOMIC_HPP
#define VEDA_DETAIL_ATOMIC_HPP

#include <atomic>

namespace veda::detail {

template <class T>
using atomic = std::atomic<T>;

}  // namespace veda::detail

#endif
