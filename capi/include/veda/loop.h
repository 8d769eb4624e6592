/* loop.h: loops and reductions over a range of indices, in pieces.
 *
 * The body gets ranges, never single elements, so that its own inner loop is compiled and
 * vectorised in the caller's code. Nobody tunes a grain size: pieces are sized by measured time,
 * the rest of the range is split only while another worker is hungry, and alone a loop runs at
 * serial speed. Between two pieces a loop lets in what waits outside (veda_make_room). */
#ifndef VEDA_LOOP_H
#define VEDA_LOOP_H

#include <veda/runtime.h>

/* What a body may look at. Valid during the callback. */
typedef struct veda_exec {
    uint32_t struct_size;
    uint32_t worker_index;
    veda_worker_t *worker;           /* for veda_fork and veda_join inside the body */
    const volatile uint32_t *demand; /* not 0: another worker wants part of this range */
    uint64_t reserved[2];
} veda_exec_t;

/* Does the work of [begin, end) and returns end. It may return earlier, at any index above begin:
 * the rest is then shared or handed back to it later. VEDA_STOP ends the whole loop early. */
typedef uint64_t (*veda_range_fn)(void *ctx, uint64_t begin, uint64_t end, const veda_exec_t *exec);

/* Folds [begin, end) into *accumulator; returns like veda_range_fn. */
typedef uint64_t (*veda_fold_fn)(void *ctx, uint64_t begin, uint64_t end, void *accumulator,
                                 const veda_exec_t *exec);

/* left = left combined with right; right holds the later part of the range. Must be associative;
 * need not be commutative. */
typedef void (*veda_combine_fn)(void *ctx, void *left, const void *right);

#define VEDA_STOP UINT64_MAX

/* veda_for_desc_t.flags */
#define VEDA_FOR_SPREAD 1u /* hand pieces out at once, one per worker, even if nobody asks */

typedef struct veda_for_desc {
    uint32_t struct_size; /* sizeof(veda_for_desc_t) of the caller's header, at least 72; what is
                             behind the fields that the library knows must be zero */
    uint32_t flags;
    uint64_t begin, end;  /* [begin, end), end < UINT64_MAX */
    uint64_t min_piece;   /* never fewer indices per call, except the last; 0: 1 */
    uint64_t max_piece;   /* never more; 0: no limit */
    uint64_t reserved[4]; /* zero */
} veda_for_desc_t;

/* veda_reduce_desc_t.flags */
#define VEDA_REDUCE_DETERMINISTIC 1u /* the same blocks and the same tree of combines for any number
                                        of workers: bit-equal results, floating point included;
                                        fold and combine run in the caller's rounding mode */

typedef struct veda_reduce_desc {
    uint32_t struct_size; /* as above, at least 88 */
    uint32_t flags;
    uint64_t begin, end;
    uint64_t min_piece;    /* as above; deterministic: the block length, 0: 4096 */
    uint64_t max_piece;    /* as above; deterministic: must be 0 */
    uint64_t acc_size;     /* bytes of an accumulator, 1..1 MiB, copied as bytes, aligned to 16 */
    const void *identity;  /* acc_size bytes: the neutral element */
    uint64_t reserved[4];  /* zero */
} veda_reduce_desc_t;

VEDA_BEGIN_DECLS

/* Calls body over disjoint pieces that cover [begin, end) once, on several workers, and returns
 * when all are done. Callable from any thread; the caller takes part. An empty range calls nothing.
 * Errors: NULL, HANDLE, SIZE, RANGE, SHUTDOWN. Part of the work is done after CANCELLED (a body
 * returned VEDA_STOP; pieces already running were finished), PROGRESS (a body returned begin, or an
 * index outside its piece; the loop ends early). [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_for(veda_runtime_t *runtime, const veda_for_desc_t *desc,
                              veda_range_fn body, void *ctx) VEDA_NOEXCEPT;

/* Folds [begin, end): *result = identity + fold of all pieces, combined in order. result has
 * acc_size bytes, aligned to 16 like every accumulator, and is written only on VEDA_OK.
 * Errors: as veda_for, and MEMORY (for an accumulator; part of the work is done). [any thread] */
VEDA_MUST_CHECK
VEDA_API veda_status veda_reduce(veda_runtime_t *runtime, const veda_reduce_desc_t *desc,
                                 veda_fold_fn fold, veda_combine_fn combine, void *ctx,
                                 void *result) VEDA_NOEXCEPT;

/* For layers that write loops of their own over veda_fork: how long a long loop (more than
 * veda_worker_head_t.few indices) should run alone before it forks, in ticks of the CPU's time
 * counter. 0 if a worker is looking for work already, because sharing then wakes nobody. 0 outside
 * a runtime. [any thread] */
VEDA_API uint64_t veda_loop_patience(void) VEDA_NOEXCEPT;

VEDA_END_DECLS

#endif
