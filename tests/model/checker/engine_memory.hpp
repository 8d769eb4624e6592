// engine_memory.hpp: containers of the checker itself. They never use operator new, which belongs
// to the body under test while it runs (arena.cpp).
#pragma once

#include <cstddef>
#include <cstdlib>
#include <vector>

namespace veda::model {

template <class T>
struct engine_allocator {
    using value_type = T;
    engine_allocator() = default;
    template <class U>
    engine_allocator(const engine_allocator<U>&) noexcept {}
    T* allocate(std::size_t n) { return static_cast<T*>(std::malloc(n * sizeof(T))); }
    void deallocate(T* p, std::size_t) noexcept { std::free(p); }
    bool operator==(const engine_allocator&) const { return true; }
};

template <class T>
using engine_vector = std::vector<T, engine_allocator<T>>;

}  // namespace veda::model
