/* status.h: what a veda function answers.
 *
 * Every fallible function returns a veda_status: 0 is VEDA_OK, errors are negative. If a function
 * returns an error, it has done nothing and no callback it was given will ever run, unless its own
 * documentation says otherwise, as for loops that end early. errno is never used.
 *
 * Two answers are common to all functions that take a runtime, and are not repeated there:
 * SHUTDOWN, while another thread is ending it, and FORKED, in the child of a fork, for what is the
 * parent's; the latter also for a scope or a worker of the parent. */
#ifndef VEDA_STATUS_H
#define VEDA_STATUS_H

#include <veda/export.h>

typedef int32_t veda_status;

/* The one table of codes: name, value, sentence. */
#define VEDA_STATUS_TABLE(X)                                                                       \
    X(VEDA_OK, 0, "success")                                                                       \
    X(VEDA_E_NULL, -1, "a required pointer is NULL")                                               \
    X(VEDA_E_HANDLE, -2, "the handle is not a live object of the expected kind")                   \
    X(VEDA_E_SIZE, -3, "struct_size is wrong, or fields unknown to this library are set")          \
    X(VEDA_E_RANGE, -4, "a value is outside its range")                                            \
    X(VEDA_E_STATE, -5, "the object is in the wrong state for this call")                          \
    X(VEDA_E_BUSY, -6, "work is still outstanding")                                                \
    X(VEDA_E_MEMORY, -7, "out of memory")                                                          \
    X(VEDA_E_THREAD, -8, "no thread could be started")                                             \
    X(VEDA_E_WORKER, -9, "the call is not allowed from this thread")                               \
    X(VEDA_E_ORDER, -10, "forks and joins are not properly nested")                                \
    X(VEDA_E_FAILED, -11, "a task reported an error")                                              \
    X(VEDA_E_CANCELLED, -12, "the work was cancelled before it was complete")                      \
    X(VEDA_E_UNSUPPORTED, -13, "this library, or this machine, cannot do that")                    \
    X(VEDA_E_NAME, -14, "no object has this name")                                                 \
    X(VEDA_E_SHUTDOWN, -15, "the runtime is shutting down")                                        \
    X(VEDA_E_PROGRESS, -16, "a range callback made no progress")                                   \
    X(VEDA_E_FORKED, -17, "the object belongs to the parent of this process")                      \
    X(VEDA_E_INTERNAL, -99, "an internal invariant of the library is broken")

#define VEDA_STATUS_CONSTANT(name, value, sentence) name = value,
enum { VEDA_STATUS_TABLE(VEDA_STATUS_CONSTANT) };
#undef VEDA_STATUS_CONSTANT

VEDA_BEGIN_DECLS

/* The sentence of a code; "unknown status code" for any other number. Static storage.
 * [any thread] */
VEDA_API const char *veda_strerror(veda_status status) VEDA_NOEXCEPT;

/* The name of a code ("VEDA_E_RANGE"); "VEDA_E_?" for any other number. [any thread] */
VEDA_API const char *veda_status_name(veda_status status) VEDA_NOEXCEPT;

/* What exactly was wrong in the calling thread's last failing call: which argument, which value,
 * which range. "" if no call on this thread has failed. Valid until the next failing call on this
 * thread. A successful call leaves it alone. [any thread] */
VEDA_API const char *veda_last_error(void) VEDA_NOEXCEPT;

/* Copies veda_last_error into buffer, cut to size - 1 bytes and ended by a zero; answers how long
 * the whole is, without the zero. For languages that keep no pointer. buffer may be NULL: then only
 * the length is told. [any thread] */
VEDA_API uint32_t veda_last_error_copy(char *buffer, uint32_t size) VEDA_NOEXCEPT;

VEDA_END_DECLS

#endif
