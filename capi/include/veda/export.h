/* export.h: the macros that declarations are made with. Constants and tables stand where they
 * belong.
 *
 * The headers are C11 that also compiles as C++, and plain enough for FFI generators: no
 * bit-fields, no varargs, no enum, bool or long in a layout, nothing inline that correctness
 * needs. */
#ifndef VEDA_EXPORT_H
#define VEDA_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#if defined(VEDA_STATIC)
#define VEDA_API
#elif defined(__GNUC__)
#define VEDA_API __attribute__((__visibility__("default")))
#else
#define VEDA_API
#endif

/* No exported function lets an exception out; C++ callers may rely on it. */
#ifdef __cplusplus
#define VEDA_NOEXCEPT noexcept
#define VEDA_BEGIN_DECLS extern "C" {
#define VEDA_END_DECLS }
#define VEDA_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define VEDA_NOEXCEPT
#define VEDA_BEGIN_DECLS
#define VEDA_END_DECLS
#define VEDA_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* For functions whose refusal means that a callback will never run, or that memory must be kept. */
#if defined(__GNUC__)
#define VEDA_MUST_CHECK __attribute__((__warn_unused_result__))
#else
#define VEDA_MUST_CHECK
#endif

#endif
