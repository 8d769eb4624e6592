// pages.cpp: anonymous mappings. For the memory room and for deques; the user's data never lives
// here.
#include "os/pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace veda::rt::os {

void* reserve_pages(std::size_t bytes) noexcept {
    const int saved_errno = errno;
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    // One touched byte must not commit two megabytes where huge pages are always on.
    if (memory != MAP_FAILED) madvise(memory, bytes, MADV_NOHUGEPAGE);
    errno = saved_errno;
    return memory == MAP_FAILED ? nullptr : memory;
}

void release_pages(void* memory, std::size_t bytes) noexcept {
    if (memory == nullptr) return;
    const int saved_errno = errno;
    munmap(memory, bytes);
    errno = saved_errno;
}

void forget_pages(void* memory, std::size_t bytes) noexcept {
    const int saved_errno = errno;
    madvise(memory, bytes, MADV_DONTNEED);
    errno = saved_errno;
}

std::size_t page_size() noexcept { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

}  // namespace veda::rt::os
