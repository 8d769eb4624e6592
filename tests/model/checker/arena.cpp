#include "model/checker/arena.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "model/checker/machine.hpp"

namespace veda::model {

namespace {
constexpr std::size_t arena_bytes = std::size_t{256} << 20;
constexpr std::size_t header_bytes = 16;
char* base = nullptr;
std::size_t used = 0;
}  // namespace

void arena_reset() noexcept {
    if (!base)
        base = static_cast<char*>(mmap(nullptr, arena_bytes, PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    used = 0;
}

void* arena_take(std::size_t bytes, std::size_t alignment) {
    const std::size_t at = (used + header_bytes + alignment - 1) / alignment * alignment;
    if (at + bytes > arena_bytes) fail("the body uses too much memory for the checker");
    used = at + bytes + 1;  // even an empty block has an address of its own
    *reinterpret_cast<std::size_t*>(base + at - header_bytes) = bytes;
    // The same garbage every time: what is not initialised must not differ between executions.
    return std::memset(base + at, 0xa5, bytes);
}

bool arena_owns(const void* address) noexcept {
    return base && address >= base && address < base + arena_bytes;
}

void arena_free(void* block) {
    if (!running()) return;
    const std::size_t bytes =
        *reinterpret_cast<std::size_t*>(static_cast<char*>(block) - header_bytes);
    the().words.freed(block, bytes);
}

}  // namespace veda::model

namespace {

void* take(std::size_t bytes, std::size_t alignment) {
    if (veda::model::running()) return veda::model::arena_take(bytes, alignment);
    void* memory = std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment);
    if (!memory) throw std::bad_alloc();
    return memory;
}

void give(void* block) {
    if (!block) return;
    if (veda::model::arena_owns(block)) return veda::model::arena_free(block);
    std::free(block);
}

}  // namespace

void* operator new(std::size_t bytes) { return take(bytes, 16); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return take(bytes, std::max<std::size_t>(16, static_cast<std::size_t>(alignment)));
}
void operator delete(void* block) noexcept { give(block); }
void operator delete(void* block, std::size_t) noexcept { give(block); }
void operator delete(void* block, std::align_val_t) noexcept { give(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give(block); }
