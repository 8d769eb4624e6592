// arena.hpp: the memory behind operator new while a body runs: the same addresses in every
// execution, none used twice in one, and all given back at its end. So executions repeat exactly, a
// use after free is found, and threads may be abandoned in the middle.
#pragma once

#include <cstddef>

namespace veda::model {

void arena_reset() noexcept;
void* arena_take(std::size_t bytes, std::size_t alignment);  // only while a body runs
bool arena_owns(const void* address) noexcept;
void arena_free(void* block);  // also an end to every object inside

}  // namespace veda::model
