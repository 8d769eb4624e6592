// cache_line.hpp: how far apart two words must lie that different threads write.
#pragma once

#include <cstddef>

namespace veda::rt {

// 128, not 64: x86-64 cores prefetch lines in pairs, and several AArch64 cores have 128-byte lines.
inline constexpr std::size_t cache_line = 128;

}  // namespace veda::rt
