// cpu_share.hpp: several copies of the library may be in one process, say one of the program and
// one of a plugin. Each copy's default runtime takes a seat, and the CPUs are divided by the seats.
//
// The copies know nothing of each other: other names, other versions, loaded RTLD_LOCAL. They meet
// at a board, one word in the data of whichever copy comes first in the loader's list of objects.
// Each copy carries an ELF note that says where its board is, and looks through the list when it is
// loaded. Why so: a symbol looked up by name is not found in an RTLD_LOCAL object; an environment
// variable and an open file outlive exec or are inherited; a name in /proc or a socket costs
// descriptors and system calls in every program. Objects are only ever added behind the first copy,
// which is never unloaded
// (-z nodelete), so all copies find the same board. A copy in a namespace of its own (dlmopen) is
// not found; it counts for itself.
#pragma once

#include <cstdint>

namespace veda::rt::os {

// Takes this copy's one seat, until leave_seat.
void take_seat() noexcept;
void leave_seat() noexcept;

// How many copies have a seat.
std::uint32_t seats_taken() noexcept;

// This copy's fair part of so many CPUs, at least 1; all of them without a seat.
std::uint32_t share_of(std::uint32_t cpus) noexcept;

}  // namespace veda::rt::os
