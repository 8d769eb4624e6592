/* telemetry.h: what the runtime counts, by name, so that a new counter needs no new function.
 *
 * Counters are kept per worker by that worker alone, with plain stores, and summed when read: they
 * cost the hot path nothing. Joins that nobody stole are not counted.
 *
 * The ledger: after a drain, and at every end of a runtime, submitted = completed + failed +
 * cancelled. A task fails by veda_scope_fail on its own scope, or by veda_task_fail. */
#ifndef VEDA_TELEMETRY_H
#define VEDA_TELEMETRY_H

#include <veda/runtime.h>

/* name, meaning */
#define VEDA_COUNTER_TABLE(X)                                                                      \
    X(executed, "tasks run: stolen, spawned, injected or broadcast")                               \
    X(spawned, "tasks spawned into scopes or detached, by workers")                                \
    X(injected, "tasks put into the injector by threads outside the runtime, or by overflow")      \
    X(stolen, "tasks taken from another worker")                                                   \
    X(steal_attempts, "looks at another worker's queue")                                           \
    X(leapfrogged, "tasks stolen back while waiting for a thief")                                  \
    X(shared, "times a worker moved private tasks to its public part")                             \
    X(parks, "times a worker went to sleep")                                                       \
    X(wakes, "times a worker was woken")                                                           \
    X(lends, "times a waiting worker lent its place to another")                                   \
    X(rooms, "times a loop left its place to what waited outside")                                 \
    X(threads_started, "threads started, spare workers included")                                  \
    X(busy_ns, "nanoseconds that workers were awake, up to now")                                   \
    X(idle_ns, "nanoseconds that workers slept for lack of work, up to now")                       \
    X(submitted, "tasks handed over: into scopes, detached, or as calls of a broadcast")           \
    X(completed, "submitted tasks that ran to their end and reported no failure")                  \
    X(failed, "submitted tasks that ran to their end and reported a failure")                      \
    X(cancelled, "submitted tasks that ended without having run; this version cancels none")       \
    X(late_wakes, "waits that timed out on work for which nobody had been woken; always 0") \
    X(places, "how many threads may work at a time now (no counter: it goes up and down)")         \
    X(relieved, "places added for a while because threads that held one were blocked")            \
    X(place_changes, "times that the places followed affinity mask, CPU quota or pids limit")

VEDA_BEGIN_DECLS

/* How many counters there are; ids run from 0. [any thread] */
VEDA_API uint32_t veda_counter_count(void) VEDA_NOEXCEPT;

/* The name or the meaning of a counter, or NULL if there is no such id. [any thread] */
VEDA_API const char *veda_counter_name(uint32_t id) VEDA_NOEXCEPT;
VEDA_API const char *veda_counter_help(uint32_t id) VEDA_NOEXCEPT;

/* *id of the named counter. Errors: NULL, NAME. [any thread] */
VEDA_API veda_status veda_counter_find(const char *name, uint32_t *id) VEDA_NOEXCEPT;

/* *value: the counter's sum over all workers, at some moment during the call.
 * Errors: NULL, HANDLE, RANGE (id). [any thread] */
VEDA_API veda_status veda_counter_read(veda_runtime_t *runtime, uint32_t id,
                                       uint64_t *value) VEDA_NOEXCEPT;

VEDA_END_DECLS

#endif
