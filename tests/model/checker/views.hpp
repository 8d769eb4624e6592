// views.hpp: what a thread, or a store, knows: of each location the newest store it has seen (a
// time stamp), and of each thread how far it is ordered after it (a vector clock). See README.md.
#pragma once

#include <algorithm>
#include <cstdint>

namespace veda::model {

inline constexpr int max_threads = 8;
inline constexpr int max_locations = 512;

// One array, so that a join is one loop: the clocks of all threads first, then the time stamps.
struct view {
    std::uint32_t words[max_threads + max_locations];

    std::uint32_t& clock(int thread) noexcept { return words[thread]; }
    std::uint32_t clock(int thread) const noexcept { return words[thread]; }
    std::uint32_t& seen(int location) noexcept { return words[max_threads + location]; }
    std::uint32_t seen(int location) const noexcept { return words[max_threads + location]; }
};

// A view as a store keeps it: with the locations of its time only.
struct stored_view {
    std::uint32_t* words = nullptr;
    int size = 0;
};

inline void join(std::uint32_t* into, const std::uint32_t* from, int size) noexcept {
    for (int i = 0; i < size; ++i) into[i] = std::max(into[i], from[i]);
}
inline void join(view& into, const stored_view& from) noexcept {
    join(into.words, from.words, from.size);
}

}  // namespace veda::model
