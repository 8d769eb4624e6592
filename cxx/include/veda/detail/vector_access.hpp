// vector_access.hpp: a std::vector whose elements are built in place by several threads.
//
// The standard has no way to say "these n elements behind size() are now alive". In libstdc++ a
// derived class may reach the vector's own end pointer, and that is all that is done here. Where
// that is not so (another library, or a vector that tells a sanitizer about its unused room)
// adoptable is false and the caller must take another way.
#ifndef VEDA_DETAIL_VECTOR_ACCESS_HPP
#define VEDA_DETAIL_VECTOR_ACCESS_HPP

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace veda::detail {

#if defined(__GLIBCXX__) && !defined(_GLIBCXX_SANITIZE_VECTOR)
inline constexpr bool adoptable = true;

template <class T>
struct vector_access : std::vector<T> {
    // The first size elements of the reserved room are alive.
    static void set_size(std::vector<T>& vector, std::size_t size) noexcept {
        (vector.*&vector_access::_M_impl)._M_finish = vector.data() + size;
    }
};
#else
inline constexpr bool adoptable = false;

template <class T>
struct vector_access {
    static void set_size(std::vector<T>&, std::size_t) noexcept {}
};
#endif

// A vector with the standard allocator, of anything but bool: its elements can be built in place.
template <class C>
inline constexpr bool fills_in_place = false;
template <class T>
inline constexpr bool fills_in_place<std::vector<T, std::allocator<T>>> =
    adoptable && !std::is_same_v<T, bool>;

}  // namespace veda::detail

#endif
