#include "faults/fault.hpp"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <atomic>
#include <new>

namespace veda::test {

namespace {

std::atomic<bool> armed{false};
resource wanted;
std::uint64_t first;
bool all_after;
std::atomic<std::uint64_t> seen{0}, refused{0};

// True if this call is one that must fail.
bool fails(resource what) noexcept {
    if (!armed.load(std::memory_order_acquire) || what != wanted) return false;
    const std::uint64_t number = seen.fetch_add(1);
    if (number != first && !(all_after && number > first)) return false;
    refused.fetch_add(1);
    return true;
}

}  // namespace

fault::fault(resource what, std::uint64_t nth, bool lasting) noexcept {
    wanted = what;
    first = nth;
    all_after = lasting;
    seen = refused = 0;
    armed.store(true, std::memory_order_release);
}
fault::~fault() { armed = false; }
std::uint64_t fault::calls() noexcept { return seen; }
std::uint64_t fault::failed() noexcept { return refused; }

}  // namespace veda::test

using veda::test::fails;
using veda::test::resource;

// -- the linker puts these in the place of the plain names
// ----------------------------------------------

#define REAL(name) __real_##name
#define WRAPPED(name) __wrap_##name

extern "C" {

void* REAL(malloc)(size_t);
void* WRAPPED(malloc)(size_t size) {
    return fails(resource::memory) ? nullptr : REAL(malloc)(size);
}

void* REAL(calloc)(size_t, size_t);
void* WRAPPED(calloc)(size_t count, size_t size) {
    return fails(resource::memory) ? nullptr : REAL(calloc)(count, size);
}

void* REAL(realloc)(void*, size_t);
void* WRAPPED(realloc)(void* old, size_t size) {
    return fails(resource::memory) ? nullptr : REAL(realloc)(old, size);
}

void* REAL(aligned_alloc)(size_t, size_t);
void* WRAPPED(aligned_alloc)(size_t alignment, size_t size) {
    return fails(resource::memory) ? nullptr : REAL(aligned_alloc)(alignment, size);
}

int REAL(posix_memalign)(void**, size_t, size_t);
int WRAPPED(posix_memalign)(void** out, size_t alignment, size_t size) {
    return fails(resource::memory) ? ENOMEM : REAL(posix_memalign)(out, alignment, size);
}

char* REAL(strndup)(const char*, size_t);
char* WRAPPED(strndup)(const char* text, size_t size) {
    return fails(resource::memory) ? nullptr : REAL(strndup)(text, size);
}

void* REAL(mmap)(void*, size_t, int, int, int, off_t);
void* WRAPPED(mmap)(void* at, size_t size, int protection, int flags, int file, off_t offset) {
    if (!fails(resource::memory)) return REAL(mmap)(at, size, protection, flags, file, offset);
    errno = ENOMEM;
    return MAP_FAILED;
}

int REAL(pthread_create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
int WRAPPED(pthread_create)(pthread_t* out, const pthread_attr_t* attributes, void* (*body)(void*),
                            void* argument) {
    if (fails(resource::thread)) return EAGAIN;
    return REAL(pthread_create)(out, attributes, body, argument);
}
}

// -- new and delete, for libstdc++ too
// ------------------------------------------------------------------

namespace {

void* take(std::size_t size) noexcept {
    return fails(resource::memory) ? nullptr : REAL(malloc)(size ? size : 1);
}
void* take(std::size_t size, std::align_val_t alignment) noexcept {
    void* memory = nullptr;
    if (fails(resource::memory)) return nullptr;
    return REAL(posix_memalign)(&memory, std::size_t(alignment), size) == 0 ? memory : nullptr;
}
void* or_throw(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

void* operator new(std::size_t s) { return or_throw(take(s)); }
void* operator new[](std::size_t s) { return or_throw(take(s)); }
void* operator new(std::size_t s, std::align_val_t a) { return or_throw(take(s, a)); }
void* operator new[](std::size_t s, std::align_val_t a) { return or_throw(take(s, a)); }
void* operator new(std::size_t s, const std::nothrow_t&) noexcept { return take(s); }
void* operator new[](std::size_t s, const std::nothrow_t&) noexcept { return take(s); }
void* operator new(std::size_t s, std::align_val_t a, const std::nothrow_t&) noexcept {
    return take(s, a);
}
void* operator new[](std::size_t s, std::align_val_t a, const std::nothrow_t&) noexcept {
    return take(s, a);
}
void operator delete(void* m) noexcept { free(m); }
void operator delete[](void* m) noexcept { free(m); }
void operator delete(void* m, std::size_t) noexcept { free(m); }
void operator delete[](void* m, std::size_t) noexcept { free(m); }
void operator delete(void* m, std::align_val_t) noexcept { free(m); }
void operator delete[](void* m, std::align_val_t) noexcept { free(m); }
void operator delete(void* m, std::size_t, std::align_val_t) noexcept { free(m); }
void operator delete[](void* m, std::size_t, std::align_val_t) noexcept { free(m); }
