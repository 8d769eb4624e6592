// limits.hpp: how large the fixed things are. In one place, so that the interleaving tests can make them
// small: a full ring of two tasks behaves like one of a thousand.
#pragma once

#include <cstddef>
#include <cstdint>

namespace veda::rt::limits {

#ifdef VEDA_MODEL
inline constexpr std::uint32_t forks = 4;
inline constexpr std::uint32_t tasks = 4;
inline constexpr std::uint32_t batch = 2;
inline constexpr std::uint32_t workers = 64;
inline constexpr std::uint32_t guests = 4;
inline constexpr std::uint32_t magazine = 2;
inline constexpr std::size_t slab_pages = 2048;
#else
inline constexpr std::uint32_t forks = 1u << 17;  // per worker: 1 MiB of addresses, touched as used
inline constexpr std::uint32_t tasks = 1024;      // spawned, per worker; more go to the injector
inline constexpr std::uint32_t batch = 32;        // tasks that one steal takes
inline constexpr std::uint32_t workers = 4096;    // slots of the idle set
inline constexpr std::uint32_t guests = 1024;
inline constexpr std::uint32_t magazine = 62;     // blocks; the struct is 512 bytes
inline constexpr std::size_t slab_pages = 64 << 10;  // bytes at a time from the system
#endif

}  // namespace veda::rt::limits
