// version.cpp: which library this is, and what it was built with.
#include <veda/version.h>

#include <cstring>

#define VEDA_TEXT_OF(x) #x
#define VEDA_TEXT(x) VEDA_TEXT_OF(x)

namespace {

const char* const features[] = {
    "futex", "guests", "spare-workers",
#if VEDA_HAVE_HWLOC
    "hwloc",
#endif
};

}  // namespace

extern "C" {

const char* veda_version(void) noexcept {
    return VEDA_TEXT(VEDA_VERSION_MAJOR) "." VEDA_TEXT(VEDA_VERSION_MINOR) "." VEDA_TEXT(
        VEDA_VERSION_PATCH);
}

uint32_t veda_version_number(void) noexcept {
    return VEDA_VERSION_MAJOR * 1000000u + VEDA_VERSION_MINOR * 1000u + VEDA_VERSION_PATCH;
}

uint32_t veda_abi_version(void) noexcept { return VEDA_ABI_VERSION; }

uint32_t veda_inline_version(void) noexcept { return VEDA_INLINE_VERSION; }

int32_t veda_has_feature(const char* name) noexcept {
    if (!name) return 0;
    for (const char* feature : features)
        if (std::strcmp(name, feature) == 0) return 1;
    return 0;
}
}
