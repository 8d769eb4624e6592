/* version.h: the one place where a version number is written; CMake reads it from here. */
#ifndef VEDA_VERSION_H
#define VEDA_VERSION_H

#include <veda/export.h>

#define VEDA_VERSION_MAJOR 0
#define VEDA_VERSION_MINOR 1
#define VEDA_VERSION_PATCH 0

/* The binary interface. Equal to the SONAME's number; a library runs every program that was built
 * against a header of the same number and of its own version or an older one. */
#define VEDA_ABI_VERSION 1

/* The inline tier of <veda/job.h>: the layout of veda_worker_head_t that headers may read and write
 * directly. Code compiled for another number than veda_inline_version() must not: <veda/veda.hpp>
 * ends such a program before main, with a message, unless it was compiled with VEDA_NO_INLINE_TIER.
 * Code that only calls functions, as all of C does, is not concerned. */
#define VEDA_INLINE_VERSION 1

VEDA_BEGIN_DECLS

/* "0.1.0": the version of the library that is really loaded. Static storage. [any thread] */
VEDA_API const char *veda_version(void) VEDA_NOEXCEPT;

/* major * 1000000 + minor * 1000 + patch of the loaded library. [any thread] */
VEDA_API uint32_t veda_version_number(void) VEDA_NOEXCEPT;

/* VEDA_ABI_VERSION of the loaded library. [any thread] */
VEDA_API uint32_t veda_abi_version(void) VEDA_NOEXCEPT;

/* VEDA_INLINE_VERSION of the loaded library. [any thread] */
VEDA_API uint32_t veda_inline_version(void) VEDA_NOEXCEPT;

/* 1 if the loaded library was built with the named feature, else 0; an unknown name or NULL is 0.
 * Names: "hwloc", "futex", "guests", "spare-workers"; "numa" and "gpu", which no library of this
 * version has. [any thread] */
VEDA_API int32_t veda_has_feature(const char *name) VEDA_NOEXCEPT;

VEDA_END_DECLS

#endif
