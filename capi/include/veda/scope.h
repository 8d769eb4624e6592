/* scope.h: tasks that may borrow the caller's stack, because the scope ends only after all of them.
 *
 * Life of a scope: veda_scope_begin, any number of spawns (from the opener, from its tasks, from
 * any other thread that the opener lets at it), veda_scope_wait. It lives on the opener's stack,
 * and begin and wait happen on the same thread; scopes of one thread nest. While wait waits, it
 * runs tasks of this scope only. */
#ifndef VEDA_SCOPE_H
#define VEDA_SCOPE_H

#include <veda/job.h>

/* 128 bytes, opaque, on the caller's stack. */
typedef struct veda_scope {
    uint64_t opaque[16];
} veda_scope_t;

VEDA_BEGIN_DECLS

/* Opens a scope of the runtime. A thread from outside is inside the runtime until the wait, so it
 * cannot drain or destroy it meanwhile. Errors: NULL, HANDLE, BUSY (1,024 threads from outside are
 * in the runtime already), MEMORY. [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_scope_begin(veda_scope_t *scope, veda_runtime_t *runtime) VEDA_NOEXCEPT;

/* Runs fn(ctx, worker) as a task of the scope. ctx must stay valid until veda_scope_wait returns.
 * Errors: NULL, HANDLE, MEMORY. [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_scope_spawn(veda_scope_t *scope,
                                      void (*fn)(void *ctx, veda_worker_t *worker),
                                      void *ctx) VEDA_NOEXCEPT;

/* Runs the caller's own job (job->run is set) as a task of the scope; no allocation. The memory
 * must stay valid until run is entered, and is not touched after run was entered. Errors: NULL,
 * HANDLE. [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_scope_spawn_job(veda_scope_t *scope, veda_job_t *job) VEDA_NOEXCEPT;

/* The same for count jobs, the i-th at (char *)first + i * stride, with at most one wake-up: an
 * array of structs that begin with a job, stride being their size. If count is 0, first may be
 * NULL. Errors: NULL, HANDLE, RANGE (stride below sizeof(veda_job_t), or no multiple of its
 * alignment). [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_scope_spawn_n(veda_scope_t *scope, veda_job_t *first, size_t count,
                                        size_t stride) VEDA_NOEXCEPT;

/* Records that a task of the scope failed: the first error is kept for veda_scope_wait, with a copy
 * of at most 255 bytes of message (NULL: none); later ones are counted only. status must be
 * negative. Errors: NULL, HANDLE, RANGE. [any thread] */
VEDA_API veda_status veda_scope_fail(veda_scope_t *scope, veda_status status,
                                     const char *message) VEDA_NOEXCEPT;

/* The scope whose task the calling worker is running, innermost. NULL outside a runtime, in a
 * detached task, in a broadcast's call. Not for the forks and loop bodies inside a task: the answer
 * depends on who runs them. For tasks that find their scope without carrying its address.
 * [any thread] */
VEDA_API veda_scope_t *veda_scope_current(void) VEDA_NOEXCEPT;

/* Returns when every task of the scope is complete, and closes it. Answers the first error that
 * veda_scope_fail recorded (its message is then veda_last_error), else VEDA_OK.
 * Errors of its own: NULL, HANDLE, WORKER (not the thread that opened it), ORDER (the thread opened
 * another scope since, which must end first); after these the scope is still open. [the opener] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_scope_wait(veda_scope_t *scope) VEDA_NOEXCEPT;

VEDA_END_DECLS

#endif
