// sized.hpp: structs of the C interface that begin with their own size. Programs with a newer header are
// served as long as they set nothing that this library does not know.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/status.hpp"

namespace veda::rt {

// Copies *from, whose size is what the caller's header said. It may not be smaller than oldest, the struct
// of the first header of this ABI: a smaller one is the size of something else, often of a pointer.
// name is what the sentences call the struct; type is its type's name.
template <class Struct>
veda_status copy_sized(const Struct& from, Struct& to, std::uint32_t oldest, const char* name,
                       const char* type) noexcept {
    constexpr std::uint32_t largest = 4096;  // more is not initialised
    const std::uint32_t size = from.struct_size;
    if (size < oldest || size > largest || size % alignof(Struct) != 0)
        return fail(VEDA_E_SIZE,
                    "%sstruct_size is %u, must be a multiple of %zu in %u..%u; set it to sizeof(%s), "
                    "%zu in this library",
                    name, size, alignof(Struct), oldest, largest, type, sizeof to);
    const std::uint32_t known = std::min<std::uint32_t>(size, sizeof to);
    const auto* bytes = reinterpret_cast<const unsigned char*>(&from);
    for (std::uint32_t i = known; i < size; ++i)
        if (bytes[i] != 0)
            return fail(VEDA_E_SIZE,
                        "%sstruct_size is %u, and byte %u, behind the %u that this library knows, is not "
                        "zero; it must be 0",
                        name, size, i, known);
    to = {};
    std::memcpy(&to, bytes, known);
    return VEDA_OK;
}

// What remains of a struct for later fields.
template <std::size_t n>
veda_status check_reserved(const std::uint64_t (&words)[n], const char* name) noexcept {
    for (std::size_t i = 0; i < n; ++i)
        if (words[i] != 0)
            return fail(VEDA_E_SIZE, "%sreserved[%zu] is %llu, must be 0", name, i,
                        static_cast<unsigned long long>(words[i]));
    return VEDA_OK;
}

}  // namespace veda::rt
