/* job.h: fork and join, the primitive under everything else.
 *
 * A job is a 64-byte block on the caller's own stack. veda_fork offers it to other workers, the
 * caller goes on with its own half, and veda_join answers one of two things:
 *
 *     VEDA_JOIN_TAKE   nobody took the job: the caller runs that half itself, by a direct call
 *     VEDA_JOIN_DONE   another worker ran it, and everything it wrote is visible
 *
 * Forks and joins nest like parentheses on each worker, last forked first joined. While a join
 * waits, the worker runs only tasks that belong to what it waits for, or nothing at all, so a mutex
 * may be held across a join.
 *
 * The inline tier: the first bytes of a worker are veda_worker_head_t, a frozen layout, and
 * <veda/veda.hpp> forks and joins over it without a call. The functions are always right and always
 * enough; the inline tier is only faster. */
#ifndef VEDA_JOB_H
#define VEDA_JOB_H

#include <veda/runtime.h>

typedef struct veda_job veda_job_t;

/* Runs a job on the worker that took it. Must not let an exception out. */
typedef void (*veda_job_fn)(veda_job_t *job, veda_worker_t *worker);

/* 64 bytes, at any address that is aligned for its members. The caller sets run before veda_fork
 * and puts its own data behind the struct; the rest belongs to the library from veda_fork until
 * veda_join. In a job that is spawned instead (veda_scope_spawn_job, veda_spawn_job) the last three
 * words are the spawner's: a small task fits into the struct itself. */
struct veda_job {
    veda_job_fn run;
    uint32_t state; /* written by veda_fork; 0 again once joined by VEDA_JOIN_TAKE */
    uint32_t thief;
    uint64_t reserved[6];
};
VEDA_STATIC_ASSERT(sizeof(veda_job_t) == 64 || sizeof(void *) != 8, "veda_job_t is 64 bytes");

/* reserved[VEDA_TASK_ROOM_WORD] and what follows: VEDA_TASK_ROOM bytes that the library leaves
 * alone in a spawned job. */
#define VEDA_TASK_ROOM_WORD 3
#define VEDA_TASK_ROOM 24

#define VEDA_JOIN_TAKE 0
#define VEDA_JOIN_DONE 1

/* veda_worker_head_t.few, for each worker of the runtime. */
#define VEDA_FEW_PER_WORKER 8

/* The frozen head of a worker (VEDA_INLINE_VERSION 1). Two cache-line pairs: the first is written
 * by the owner alone, the second by the owner and by thieves. All words are read and written with
 * relaxed atomics.
 *
 *     fork:  h = head;  if (h >= limit) -> veda_fork_slow;   else  *h = job;  head = h + 1
 *     join:  h = where the job was put;  if (h < split) -> veda_join_slow;  else  head = h, TAKE
 *
 * A hungry thief lowers limit to NULL and raises split to the highest address, so that the owner's
 * next fork or join falls into the slow path and shares. demand is 1 while that is so. room is 1
 * while a task from outside, or a thread, waits for a place: a loop then calls veda_make_room. */
typedef struct veda_worker_head {
    veda_job_t **head;
    uint64_t look_ticks; /* how long a loop may run between two looks at demand, in ticks of the
                            CPU's time counter */
    uint64_t few;        /* a loop over at most so many indices may be few long bodies; 0 with one
                            worker */
    uint64_t reserved[12];
    void *free_blocks;   /* the owner's: some free blocks of veda_job_alloc(64), each of which
                            begins with the next one's address and a uint64_t: how many there are
                            from it on */
    veda_job_t **limit;
    veda_job_t **split;
    uint32_t demand;
    uint32_t room;
} veda_worker_head_t;

VEDA_BEGIN_DECLS

/* Offers job to other workers. worker is the calling worker (as passed to the callback, or from
 * veda_worker_current). After VEDA_OK the caller must veda_join(worker, job) before it returns.
 * Errors: NULL, WORKER (worker is not the calling thread's own, or the thread is outside any
 * runtime). [worker] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_fork(veda_worker_t *worker, veda_job_t *job) VEDA_NOEXCEPT;

/* Ends the fork of job: VEDA_JOIN_TAKE (the caller must now do the job's work itself) or
 * VEDA_JOIN_DONE. Errors: NULL, WORKER (as veda_fork), ORDER (job is not this worker's last
 * unjoined fork). [worker] */
VEDA_MUST_CHECK
VEDA_API int32_t veda_join(veda_worker_t *worker, veda_job_t *job) VEDA_NOEXCEPT;

/* One of the branches of veda_join_n. Must not let an exception out. */
typedef void (*veda_branch_fn)(void *ctx, uint64_t index, veda_worker_t *worker);

/* Calls branch(ctx, i, w) once for each i from 0 up to count, as that many branches of one join:
 * each may be taken by another worker, and w is the worker that runs it. Returns when all are done;
 * what they wrote is visible. For branches whose number is known at run time only, such as the
 * children of a node. worker is the calling worker, as for veda_fork. Waiting runs only what the
 * branches have forked, as a join does. A count of 0 calls nothing. Errors: NULL, WORKER (as
 * veda_fork). [worker] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_join_n(veda_worker_t *worker, uint64_t count, veda_branch_fn branch,
                                 void *ctx) VEDA_NOEXCEPT;

/* How many threads more could work now for the runtime that the calling thread works for: places
 * that are empty, and those whose worker is looking for work. A hint, which may be old at once. For
 * layers that fork many branches: while it is not 0, each fork is worth showing (veda_fork_slow),
 * because a long branch may begin next. 0 outside a runtime. [any thread] */
VEDA_API uint32_t veda_hungry_places(void) VEDA_NOEXCEPT;

/* For a callback that runs long: if a task that came from outside waits because every place is
 * taken, or a thread waits for a place (in a runtime whose count was given), it gets the calling
 * worker's place, and the call returns when the place is free again. Otherwise it returns at once.
 * The task runs on another thread, a spare worker. With VEDA_NO_SPARE_WORKERS nothing happens:
 * whoever came in might wait for a lock that the caller holds.
 * Nothing happens in a callback's first 200 microseconds, and after a wait not before the callback
 * has run as long again. Loops, reductions and recursions of forks call this by themselves. worker
 * is the calling worker, as for veda_fork. Errors: NULL, WORKER (as veda_fork). [worker] */
VEDA_API veda_status veda_make_room(veda_worker_t *worker) VEDA_NOEXCEPT;

/* The slow paths of the inline tier; not for direct use. slot is the place that veda_fork_slow
 * answered, or that the inline fork wrote. veda_fork_slow answers NULL if it refuses. Errors: NULL,
 * WORKER, and of the join ORDER (slot is not the last unjoined fork's). [worker] */
VEDA_API veda_job_t **veda_fork_slow(veda_worker_head_t *worker, veda_job_t *job) VEDA_NOEXCEPT;
VEDA_MUST_CHECK
VEDA_API int32_t veda_join_slow(veda_worker_head_t *worker, veda_job_t *job,
                                veda_job_t **slot) VEDA_NOEXCEPT;

/* The calling thread's worker. Never NULL: outside any runtime it points at a head whose limit is
 * NULL, so that the fast path of a fork needs no test for it; veda_worker_current() is then
 * NULL. */
#if defined(__GNUC__)
extern VEDA_API __thread veda_worker_head_t *veda_worker_self
    __attribute__((__tls_model__("initial-exec")));
#endif

/* Memory for one task: size bytes, aligned to 16, on a worker from its own slabs, elsewhere from a
 * shared store. NULL if out of memory. Give it back with veda_job_free and nothing else. [any
 * thread] */
VEDA_API void *veda_job_alloc(size_t size) VEDA_NOEXCEPT;

/* Gives back what veda_job_alloc answered; size must be the same. NULL is allowed. [any thread] */
VEDA_API void veda_job_free(void *memory, size_t size) VEDA_NOEXCEPT;

/* Tells the runtime that the calling worker is about to block in the user's own code (a lock, a
 * file, a queue): another worker takes its place until veda_blocking_end. Nests. Outside a runtime
 * both do nothing. [any thread] */
VEDA_API void veda_blocking_begin(void) VEDA_NOEXCEPT;
VEDA_API void veda_blocking_end(void) VEDA_NOEXCEPT;

VEDA_END_DECLS

#endif
