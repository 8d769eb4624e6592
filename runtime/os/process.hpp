// process.hpp: fork(). In the child only the thread that forked is left; whatever the others held
// or were about to write is as they left it, for ever. So the child takes over nothing: it forgets,
// and starts afresh at its first use.
//
// No lock is taken before a fork, and nothing is done in the parent: a lock may be held for as long
// as a drain takes, perhaps by somebody who waits for the thread that forks. That is why the child
// trusts nothing that a lock guarded, not even one it finds free: the kernel copies a process page
// by page, while its other threads go on writing.
#pragma once

#include <cstdint>

namespace veda::rt::os {

// How many forks lie between the process that loaded the library and this one. Changes only in a
// child, while it has one thread.
inline std::uint32_t generation = 0;

// From now on every fork calls forget in the child, before it returns there; generation is one more
// by then. Not for vfork, posix_spawn, _Fork and a raw clone, after which nothing may be called
// anyway.
void forget_in_child(void (*forget)()) noexcept;

}  // namespace veda::rt::os
