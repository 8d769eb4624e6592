// fault.hpp: makes calls of the library fail on purpose. The programs here are linked with the
// library's objects and --wrap, so that every call for memory (malloc and its kin, new, mmap) and
// for a thread that the library, or an inlined part of it, makes goes through fault.cpp.
#pragma once

#include <cstdint>

namespace veda::test {

enum class resource { memory, thread };

// While one lives, calls for the resource are counted, on all threads, and the one with number nth
// fails (0 is the first), with lasting all after it too. One at a time.
class fault {
  public:
    static constexpr std::uint64_t never = UINT64_MAX;

    fault(resource what, std::uint64_t nth, bool lasting) noexcept;
    ~fault();
    fault(const fault&) = delete;

    static std::uint64_t calls() noexcept;   // since the fault began
    static std::uint64_t failed() noexcept;  // of them
};

}  // namespace veda::test
