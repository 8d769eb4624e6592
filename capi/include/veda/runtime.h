/* runtime.h: create, configure, enter and end a runtime.
 *
 * A runtime is a set of worker threads and their queues. Most programs never create one: the
 * default runtime starts at the first use and needs no shutdown. Several runtimes live side by
 * side.
 *
 * Callbacks return, and nothing else. An exception, pthread_exit, or a cancellation that leaves one
 * ends the program with a sentence on stderr that names the callback. longjmp out of one is
 * undefined: where the library finds it, it ends the program too.
 *
 * Cancellation: no function of the library is a cancellation point. A thread of the program that is
 * cancelled (pthread_cancel, deferred) while it is in one completes the call; the request acts at
 * its next cancellation point. If that lies in a callback that the call runs on this thread, the
 * program ends, as above. Asynchronous cancellation is not supported.
 *
 * Threads of the runtime block every signal but those of faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL,
 * SIGTRAP, SIGSYS, SIGABRT) and of profilers (SIGPROF, SIGVTALRM), and cannot be cancelled. If the
 * program has no handler of its own for SIGSEGV or SIGBUS when the first worker starts, the library
 * installs one, which says which worker's stack is full and what helps; every fault then takes its
 * usual course.
 *
 * Ownership: a runtime belongs to whoever created it; the default runtime belongs to the library.
 * Strings in a config are copied. A context pointer must stay valid until the call or the
 * completion that its function names.
 *
 * Fork: the parent goes on as before. The child has no worker and is outside of any runtime, also
 * if the thread that forked was inside one. veda_runtime_default starts a fresh default runtime
 * there, and further ones may be created; the parent's, the default one included, answer
 * VEDA_E_FORKED, and are never ended by the child. Detached tasks of the parent do not run in the
 * child, and an event that such a task would set is never set there. A process that was forked
 * inside a callback must not return from it: it calls exec, _exit or exit; if it does return, it
 * says so on stderr and aborts. After vfork, _Fork and a raw clone, which tell nobody, the child
 * must not use veda.
 *
 * Copies: where several copies of the library are in one process, the default runtime of each, if
 * nobody said how many workers it shall have, takes its fair part of the CPUs when it starts, at
 * least one. */
#ifndef VEDA_RUNTIME_H
#define VEDA_RUNTIME_H

#include <veda/status.h>

typedef struct veda_runtime veda_runtime_t;
typedef struct veda_worker veda_worker_t;

#define VEDA_MAX_WORKERS 1024u
#define VEDA_NO_SPARE_WORKERS UINT32_MAX /* veda_runtime_config_t.spare_workers: none at all */

/* veda_runtime_config_t.policy */
#define VEDA_POLICY_FIXED 0u
#define VEDA_POLICY_ADAPTIVE 1u
#define VEDA_POLICY_ENERGY_EFFICIENT 2u
#define VEDA_POLICY_LOW_LATENCY 3u
#define VEDA_POLICY_DETERMINISTIC 4u

/* veda_runtime_config_t.pinning */
#define VEDA_PIN_NONE 0u   /* the operating system places the workers (default) */
#define VEDA_PIN_CLOSE 1u  /* worker i on the i-th allowed CPU */
#define VEDA_PIN_SPREAD 2u /* workers spread evenly over the allowed CPUs */
#define VEDA_PIN_NONE_ALWAYS 3u /* as VEDA_PIN_NONE, whatever VEDA_AFFINITY says */

/* veda_runtime_config_t.wait_policy: what an idle worker does before it parks */
#define VEDA_WAIT_ADAPTIVE 0u /* spin as long as spinning has lately paid off (default) */
#define VEDA_WAIT_ACTIVE 1u   /* always spin the whole budget */
#define VEDA_WAIT_PASSIVE 2u  /* never spin */
#define VEDA_WAIT_ADAPTIVE_ALWAYS 3u /* as VEDA_WAIT_ADAPTIVE, whatever VEDA_WAIT_POLICY says */

/* A worker count that is given (worker_count, VEDA_NUM_THREADS) is a limit: at most so many
 * bodies of tasks, forks and loops run at a time, with the count 1 never two. A thread from
 * outside counts from veda_run, or a scope or loop that it begins, to its end, and waits there
 * for its turn; so does a thread whose wait (a join, a scope, an event, veda_blocking_end) is
 * over. More run only while a body is really blocked in the program's own code (its thread
 * sleeps and has used no CPU for some milliseconds) and something could not go on otherwise: at
 * most spare_workers bodies are begun in the place of blocked ones, and a thread whose wait is over
 * goes on in the place of any, for it may hold what they are blocked for (with
 * VEDA_NO_SPARE_WORKERS neither). What can hang then are bodies that wait for each other in the
 * program's own code, more of them than worker_count + spare_workers; use veda_event_wait, or
 * veda_blocking_begin around such a wait. A count that was found is what the workers keep to;
 * threads from outside, and threads whose wait is over, go on at once. */

/* A configuration. Zero is the default of every field, so that a zeroed struct with struct_size set
 * is valid; so is one made by veda_runtime_config_init, or initialised with
 * VEDA_RUNTIME_CONFIG_INIT. */
typedef struct veda_runtime_config {
    uint32_t struct_size;  /* sizeof(veda_runtime_config_t) of the caller's header, at least 128;
                              what is behind the fields that the library knows must be zero */
    uint32_t worker_count; /* 1..1024, which stays and is a limit, see below; 0: VEDA_NUM_THREADS,
                              likewise, else what affinity, CPU quota and pids limit allow, followed
                              as it changes */
    uint32_t policy;       /* VEDA_POLICY_*; Deterministic is reserved: VEDA_E_UNSUPPORTED */
    uint32_t pinning;      /* VEDA_PIN_* */
    uint32_t wait_policy;  /* VEDA_WAIT_* */
    uint32_t spare_workers; /* most extra threads that stand in for blocked workers, 1..1024;
                               0: as many as workers, at least 8; VEDA_NO_SPARE_WORKERS: none */
    uint64_t stack_size;    /* bytes of a worker's stack, 64 KiB..1 GiB; 0: 8 MiB, committed
                               only as it is used */
    uint64_t spin_ns;       /* longest spin of an idle worker in nanoseconds, up to 1 s;
                               0: the default of the policy. To never spin, use VEDA_WAIT_PASSIVE */
    const char *thread_name_prefix; /* at most 10 bytes; NULL: "veda" gives "veda-w07"; cut by a
                                       byte from worker 1000 on */
    void (*on_worker_start)(void *ctx, uint32_t index); /* on each worker thread, first */
    void (*on_worker_stop)(void *ctx, uint32_t index);  /* on each worker thread, last; it is no
                              worker any more, and its runtime takes nothing from it */
    void *hook_ctx; /* passed to the four callbacks; must outlive the runtime */
    /* A detached task failed (veda_task_fail, veda_report_failure) and nobody joins it. NULL: one
     * line on stderr. Runs where that was reported, perhaps on several threads at once. */
    void (*on_unhandled_error)(void *ctx, veda_status status, const char *message);
    /* Writes the name of the thread with this index, at most size - 1 bytes (15 on Linux) and a
     * zero, into name. NULL, or what writes nothing: the prefix and the index. Called by the thread
     * that starts it; must not throw, nor call this library. */
    void (*thread_name)(void *ctx, uint32_t index, char *name, size_t size);
    uint64_t reserved[5]; /* zero */
} veda_runtime_config_t;

/* The defaults: veda_runtime_config_t config = VEDA_RUNTIME_CONFIG_INIT; */
#define VEDA_RUNTIME_CONFIG_INIT                                                                   \
    { (uint32_t)sizeof(veda_runtime_config_t), 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL,  \
      NULL, { 0, 0, 0, 0, 0 } }

VEDA_BEGIN_DECLS

/* Writes the defaults into *config; size is sizeof(veda_runtime_config_t) of the caller's header,
 * which may be newer than the library: 128..4096, and all of it is set to zero. Errors: NULL, SIZE.
 * [any thread] */
VEDA_API veda_status veda_runtime_config_init(veda_runtime_config_t *config,
                                              size_t size) VEDA_NOEXCEPT;

/* Creates a runtime and starts its workers. config may be NULL: all defaults. If the system refuses
 * threads, the runtime has fewer workers and says so once on the log; with none at all the call
 * fails. On any error *out is NULL.
 * Errors: NULL (out), SIZE, RANGE (names field, value and range), UNSUPPORTED (a reserved policy; a
 * sandbox that refuses the futex call), MEMORY, THREAD.
 * [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_runtime_create(const veda_runtime_config_t *config,
                                         veda_runtime_t **out) VEDA_NOEXCEPT;

/* Drains the runtime (every task that was submitted runs), stops its workers and frees it. Blocks
 * until then. Calls of other threads from outside that have begun are waited for, later ones answer
 * VEDA_E_SHUTDOWN. The handle is dead afterwards; using it answers VEDA_E_HANDLE.
 * Errors: NULL, HANDLE, WORKER (called from one of its own workers, or inside veda_run on it),
 * STATE (the default runtime: use veda_shutdown). [any thread] */
VEDA_API veda_status veda_runtime_destroy(veda_runtime_t *runtime) VEDA_NOEXCEPT;

/* Waits until every submitted task is complete, at most timeout_ns (UINT64_MAX: for ever). The
 * runtime stays usable. Errors: NULL, HANDLE, WORKER, BUSY (timeout; nothing is lost).
 * [any thread that is not one of its workers] */
VEDA_API veda_status veda_runtime_drain(veda_runtime_t *runtime, uint64_t timeout_ns) VEDA_NOEXCEPT;

/* Starts the default runtime with this config (NULL: defaults) unless it runs already. Optional.
 * Errors: those of veda_runtime_create; STATE if it runs already. [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_init(const veda_runtime_config_t *config) VEDA_NOEXCEPT;

/* Drains and stops the default runtime. If tasks are still running after timeout_ns: VEDA_E_BUSY,
 * and the runtime goes on as before, with nothing lost: no call was refused meanwhile. VEDA_OK if
 * it never started. A later use starts a fresh one. Errors: BUSY, WORKER.
 * [any thread that is not one of its workers] */
VEDA_API veda_status veda_shutdown(uint64_t timeout_ns) VEDA_NOEXCEPT;

/* The default runtime, started if it was not. NULL only if it cannot start (veda_last_error says
 * why, and so does the function that is called with that NULL next). If another thread shuts it
 * down meanwhile, the handle is not NULL, and what is called with it answers VEDA_E_SHUTDOWN or
 * VEDA_E_HANDLE. Borrowed: never destroy it. [any thread] */
VEDA_API veda_runtime_t *veda_runtime_default(void) VEDA_NOEXCEPT;

/* The same with a status: *out is the default runtime, or NULL on any error.
 * Errors: NULL; those of veda_runtime_create. [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_runtime_get_default(veda_runtime_t **out) VEDA_NOEXCEPT;

/* Enters the runtime: fn(ctx, worker) runs on the calling thread, which counts as one of the
 * runtime's workers until fn returns, so that fn may fork, join and loop. On a worker of this
 * runtime fn is simply called. When every guest place is taken, fn runs on a worker while the
 * caller waits. Errors: NULL, HANDLE, SHUTDOWN. [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_run(veda_runtime_t *runtime, void (*fn)(void *ctx, veda_worker_t *worker),
                              void *ctx) VEDA_NOEXCEPT;

/* The worker that the calling thread is at the moment, or NULL outside any runtime. Valid on this
 * thread until the callback that is running returns. [any thread] */
VEDA_API veda_worker_t *veda_worker_current(void) VEDA_NOEXCEPT;

/* The runtime of the calling worker, or NULL outside. [any thread] */
VEDA_API veda_runtime_t *veda_worker_runtime(void) VEDA_NOEXCEPT;

/* The calling worker's index, unique among the threads that are in the runtime now, from 0 to
 * veda_runtime_slot_count - 1; -1 outside. Regular workers come first, then spare workers, then
 * threads that entered by veda_run. [any thread] */
VEDA_API int32_t veda_worker_index(void) VEDA_NOEXCEPT;

/* How many threads work at a time: *count is what was configured, or less if the system refused
 * threads. Where it was found it follows affinity mask, CPU quota and pids limit, within a second
 * while the runtime is in use, and is never 0; so it is no length for an array
 * (veda_runtime_slot_count is). Errors: NULL, HANDLE. [any thread] */
VEDA_API veda_status veda_runtime_worker_count(veda_runtime_t *runtime,
                                               uint32_t *count) VEDA_NOEXCEPT;

/* One more than the largest worker index there can be: the length of a per-worker array. Workers,
 * spare workers and 1,024 places for threads from outside, so 1,034 with two workers; they do not
 * move. Errors: NULL, HANDLE. [any thread] */
VEDA_API veda_status veda_runtime_slot_count(veda_runtime_t *runtime,
                                             uint32_t *count) VEDA_NOEXCEPT;

/* *pending: submitted detached tasks that are not complete, at some moment during the call.
 * Errors: NULL, HANDLE. [any thread] */
VEDA_API veda_status veda_runtime_pending(veda_runtime_t *runtime, uint64_t *pending) VEDA_NOEXCEPT;

/* 1 if the calling worker's own queues hold tasks that nobody has started, else 0; 0 outside.
 * [any thread] */
VEDA_API int32_t veda_worker_has_pending(void) VEDA_NOEXCEPT;

VEDA_END_DECLS

#endif
