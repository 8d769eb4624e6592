/* task.h: detached tasks, broadcast, and giving way.
 *
 * A detached task is joined by nobody. It is never lost: destroy, drain and shutdown wait for
 * it. */
#ifndef VEDA_TASK_H
#define VEDA_TASK_H

#include <veda/job.h>

#define VEDA_YIELD_IDLE 0 /* there was nothing to run */
#define VEDA_YIELD_RAN 1  /* something was run */

VEDA_BEGIN_DECLS

/* Runs fn(ctx, worker) some time later on some worker. From a worker of the runtime it goes to that
 * worker's own queue, else to the runtime's injector. Errors: NULL, HANDLE, MEMORY, SHUTDOWN.
 * [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_spawn(veda_runtime_t *runtime,
                                void (*fn)(void *ctx, veda_worker_t *worker),
                                void *ctx) VEDA_NOEXCEPT;

/* The same for the caller's own job (job->run is set); no allocation. The memory must stay valid
 * until run is entered, and is not touched after run was entered. Errors: NULL, HANDLE, SHUTDOWN.
 * [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_spawn_job(veda_runtime_t *runtime, veda_job_t *job) VEDA_NOEXCEPT;

/* Reports an error of the detached task that is running: calls the runtime's on_unhandled_error.
 * Only in the task itself: a part of it (a fork, a piece of a loop) may run on another worker,
 * where no detached task is running; use veda_report_failure there. Errors: WORKER (no detached
 * task is running here), RANGE (status is not negative). [worker] */
VEDA_API veda_status veda_task_fail(veda_status status, const char *message) VEDA_NOEXCEPT;

/* Reports a failure that nobody will fetch, from anywhere: calls the runtime's on_unhandled_error
 * on the calling thread, or without a hook writes one line on stderr. message may be NULL. Errors:
 * NULL, HANDLE, RANGE (status is not negative). [any thread] */
VEDA_API veda_status veda_report_failure(veda_runtime_t *runtime, veda_status status,
                                         const char *message) VEDA_NOEXCEPT;

/* Runs fn(ctx, worker) once on each regular worker of the runtime, on its own thread, and returns
 * when all are done. A worker that waits in a join runs it on top of that wait, so fn must not take
 * a lock that is held across a join. Errors: NULL, HANDLE, MEMORY, SHUTDOWN. [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_broadcast(veda_runtime_t *runtime,
                                    void (*fn)(void *ctx, veda_worker_t *worker),
                                    void *ctx) VEDA_NOEXCEPT;

/* Runs something that waits, if there is anything, on top of the current task: the calls of
 * broadcasts to this worker, else one task, detached, scoped or a fork stolen from another worker.
 * Only call it where that is welcome. VEDA_YIELD_RAN or VEDA_YIELD_IDLE; outside a runtime the
 * processor is yielded to other threads, and the answer is VEDA_YIELD_IDLE. [any thread] */
VEDA_API int32_t veda_yield(void) VEDA_NOEXCEPT;

/* The same with what the calling worker itself has spawned and nobody has started, the newest
 * first. Outside a runtime it does nothing. [any thread] */
VEDA_API int32_t veda_yield_local(void) VEDA_NOEXCEPT;

/* A one-shot event that tasks and threads wait for without blocking a place: 16 bytes on the
 * caller's side, all zero at first. It must outlive both calls. */
typedef struct veda_event {
    uint32_t word[4];
} veda_event_t;

/* Waits until the event is set. A worker lends its place to another worker meanwhile.
 * Errors: NULL, STATE (somebody waits for it already). [any thread; one waiter per event] */
VEDA_API veda_status veda_event_wait(veda_event_t *event) VEDA_NOEXCEPT;

/* The same for at most timeout_ns (UINT64_MAX: for ever; 0: only a look). After VEDA_E_BUSY the
 * event may be waited for again, by anybody. Errors: NULL, STATE, BUSY (the time is over). [any
 * thread; one waiter at a time] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_event_wait_for(veda_event_t *event, uint64_t timeout_ns) VEDA_NOEXCEPT;

/* Sets the event; what happened before is visible to the waiter. The event is not touched after the
 * waiter may have seen it. Errors: NULL. [any thread, once] */
VEDA_API veda_status veda_event_set(veda_event_t *event) VEDA_NOEXCEPT;

/* 1 if the event is set, else 0; 0 for NULL. [any thread] */
VEDA_API int32_t veda_event_is_set(const veda_event_t *event) VEDA_NOEXCEPT;

VEDA_END_DECLS

#endif
