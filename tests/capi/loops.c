/* loops: veda_for calls its body over every index exactly once, whatever the body returns and
 * however many workers there are. */
#include "check.h"

static const uint32_t worker_counts[] = {1, 2, 3, 8, 17};
enum { worker_count_cases = sizeof worker_counts / sizeof *worker_counts };

static veda_for_desc_t make_range(uint64_t begin, uint64_t end) {
    veda_for_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.struct_size = sizeof desc;
    desc.begin = begin;
    desc.end = end;
    return desc;
}

/* --- coverage --- */

enum { large = 1000000 };

/* How a body moves through its piece. */
enum { whole_piece, one_index, half_piece, ragged };

struct cover {
    unsigned char* seen; /* how often each index was visited */
    uint64_t begin, end;
    uint64_t calls;
    uint64_t longest, short_before_end;
    uint64_t min_piece;
    uint32_t slots;
    int manner;
};

static uint64_t advance(int manner, uint64_t begin, uint64_t end) {
    const uint64_t length = end - begin;
    switch (manner) {
        case one_index:
            return begin + 1;
        case half_piece:
            return begin + (length + 1) / 2;
        case ragged:
            return begin + 1 + (begin * 2654435761u) % length;
        default:
            return end;
    }
}

static void note_longest(struct cover* cover, uint64_t length) {
    uint64_t longest = ATOMIC_GET(cover->longest);
    while (length > longest && !__atomic_compare_exchange_n(&cover->longest, &longest, length, 0,
                                                            __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    }
}

static uint64_t cover_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    struct cover* cover = (struct cover*)ctx;
    uint64_t stop;
    uint64_t i;
    if (begin >= end || begin < cover->begin || end > cover->end)
        check_failed(__FILE__, __LINE__, "a piece is not empty and lies inside the range");
    if (exec == NULL || exec->struct_size < 40 || exec->demand == NULL ||
        exec->worker_index >= cover->slots || exec->worker != veda_worker_current())
        check_failed(__FILE__, __LINE__, "the body is told who runs it");
    ATOMIC_ADD(cover->calls, 1);
    note_longest(cover, end - begin);
    if (end - begin < cover->min_piece && end != cover->end) ATOMIC_ADD(cover->short_before_end, 1);
    stop = advance(cover->manner, begin, end);
    for (i = begin; i < stop; ++i) ATOMIC_ADD(cover->seen[i - cover->begin], 1);
    return stop;
}

/* Runs one loop and checks that each index was visited once. */
static void cover_range(veda_runtime_t* runtime, const veda_for_desc_t* desc, int manner,
                        struct cover* cover) {
    static unsigned char seen[large];
    const uint64_t length = desc->end - desc->begin;
    uint64_t i;
    uint64_t once = 0;
    memset(cover, 0, sizeof *cover);
    memset(seen, 0, length);
    cover->seen = seen;
    cover->begin = desc->begin;
    cover->end = desc->end;
    cover->min_piece = desc->min_piece;
    cover->manner = manner;
    CHECK_OK(veda_runtime_slot_count(runtime, &cover->slots));
    CHECK_OK(veda_for(runtime, desc, cover_body, cover));
    for (i = 0; i < length; ++i) once += seen[i] == 1;
    CHECK_EQUAL(once, length);
    CHECK(length == 0 ? cover->calls == 0 : cover->calls > 0);
}

/* guarantee: join-4 */
static void every_small_size(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        uint64_t size;
        for (size = 0; size <= 300; ++size) {
            struct cover cover;
            const veda_for_desc_t desc = make_range(0, size);
            cover_range(runtime, &desc, whole_piece, &cover);
        }
        end_runtime(runtime);
    }
}

/* guarantee: join-4 */
static void a_million(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        struct cover cover;
        veda_for_desc_t desc = make_range(0, large);
        cover_range(runtime, &desc, whole_piece, &cover);
        desc = make_range(UINT64_MAX - 1 - large, UINT64_MAX - 1); /* the far end of the numbers */
        cover_range(runtime, &desc, whole_piece, &cover);
        end_runtime(runtime);
    }
}

static void bodies_that_return_early(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        int manner;
        for (manner = one_index; manner <= ragged; ++manner) {
            static const uint64_t sizes[] = {1, 2, 3, 17, 300, 20000};
            size_t s;
            for (s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
                struct cover cover;
                const veda_for_desc_t desc = make_range(1000, 1000 + sizes[s]);
                cover_range(runtime, &desc, manner, &cover);
            }
        }
        end_runtime(runtime);
    }
}

/* --- the lengths of pieces --- */

static void piece_lengths(void) {
    static const uint64_t lengths[] = {1, 2, 7, 100, 4096};
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        size_t l;
        for (l = 0; l < sizeof lengths / sizeof *lengths; ++l) {
            uint32_t flags;
            for (flags = 0; flags <= VEDA_FOR_SPREAD; ++flags) {
                struct cover cover;
                veda_for_desc_t desc = make_range(5, 50005);
                desc.flags = flags;
                desc.max_piece = lengths[l];
                cover_range(runtime, &desc, whole_piece, &cover);
                CHECK(cover.longest <= lengths[l]);
                CHECK(cover.calls >= 50000 / lengths[l]);
                desc.max_piece = 0;
                desc.min_piece = lengths[l];
                cover_range(runtime, &desc, whole_piece, &cover);
                CHECK_EQUAL(cover.short_before_end, 0);
                CHECK(cover.calls <= 50000 / lengths[l] + 1);
                desc.max_piece = lengths[l]; /* both: pieces of one length, but for the last */
                cover_range(runtime, &desc, whole_piece, &cover);
                CHECK_EQUAL(cover.calls, (50000 + lengths[l] - 1) / lengths[l]);
                CHECK_EQUAL(cover.short_before_end, 0);
            }
        }
        end_runtime(runtime);
    }
}

static void spread_hands_out_pieces_at_once(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        uint64_t size;
        for (size = 0; size <= 70; ++size) {
            struct cover cover;
            veda_for_desc_t desc = make_range(3, 3 + size);
            desc.flags = VEDA_FOR_SPREAD;
            cover_range(runtime, &desc, whole_piece, &cover);
            CHECK(cover.calls >= (size < worker_counts[c] ? size : worker_counts[c]));
        }
        end_runtime(runtime);
    }
}

/* --- ends before the end --- */

struct stopper {
    uint64_t stop_at;
    uint64_t visited;
    int manner;
};

enum { stop_loop, stand_still, jump_back, jump_beyond };

static uint64_t stop_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    struct stopper* stopper = (struct stopper*)ctx;
    (void)exec;
    if (stopper->stop_at < begin || stopper->stop_at >= end) {
        ATOMIC_ADD(stopper->visited, end - begin);
        return end;
    }
    switch (stopper->manner) {
        case stop_loop:
            return VEDA_STOP;
        case stand_still:
            return begin;
        case jump_back:
            return begin - 1;
        default:
            return end + 1;
    }
}

static void a_body_can_end_the_loop(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        int manner;
        for (manner = stop_loop; manner <= jump_beyond; ++manner) {
            struct stopper stopper;
            veda_for_desc_t desc = make_range(10, 100010);
            struct cover cover;
            desc.max_piece = 10;
            stopper.stop_at = 10;
            stopper.visited = 0;
            stopper.manner = manner;
            CHECK_STATUS(veda_for(runtime, &desc, stop_body, &stopper),
                         manner == stop_loop ? VEDA_E_CANCELLED : VEDA_E_PROGRESS);
            CHECK(veda_last_error()[0] != '\0');
            CHECK_SAYS(manner == stop_loop ? "VEDA_STOP" : "above begin");
            CHECK_SAYS("veda_for: ");
            CHECK(stopper.visited < 100000); /* the piece that ended it, at least, is missing */
            stopper.stop_at = 100009;
            stopper.visited = 0;
            CHECK_STATUS(veda_for(runtime, &desc, stop_body, &stopper),
                         manner == stop_loop ? VEDA_E_CANCELLED : VEDA_E_PROGRESS);
            stopper.stop_at = 5; /* never met: the runtime is as good as before */
            stopper.visited = 0;
            CHECK_OK(veda_for(runtime, &desc, stop_body, &stopper));
            CHECK_EQUAL(stopper.visited, 100000);
            cover_range(runtime, &desc, whole_piece, &cover);
        }
        end_runtime(runtime);
    }
}

/* The loop is far too long to be finished between the stop and its being noticed. */
static void stop_is_prompt(void) {
    veda_runtime_t* runtime = make_runtime(1);
    struct stopper stopper;
    veda_for_desc_t desc = make_range(0, 1000000000);
    desc.max_piece = 1;
    stopper.stop_at = 0;
    stopper.visited = 0;
    stopper.manner = stop_loop;
    CHECK_STATUS(veda_for(runtime, &desc, stop_body, &stopper), VEDA_E_CANCELLED);
    CHECK(stopper.visited < 500000000);
    end_runtime(runtime);
}

/* --- loops inside loops, and forks inside loops --- */

struct nest {
    veda_runtime_t* runtime;
    uint64_t inner_sum;
};

static uint64_t inner_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    uint64_t i;
    uint64_t sum = 0;
    (void)exec;
    for (i = begin; i < end; ++i) sum += i;
    ATOMIC_ADD(((struct nest*)ctx)->inner_sum, sum);
    return end;
}

static uint64_t outer_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    struct nest* nest = (struct nest*)ctx;
    uint64_t i;
    (void)exec;
    for (i = begin; i < end; ++i) {
        const veda_for_desc_t desc = make_range(0, i);
        if (veda_for(nest->runtime, &desc, inner_body, nest) != VEDA_OK)
            check_failed(__FILE__, __LINE__, "a loop in a loop");
    }
    return end;
}

static void loops_nest(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        struct nest nest;
        const veda_for_desc_t desc = make_range(0, 500);
        uint64_t wanted = 0;
        uint64_t i;
        for (i = 0; i < 500; ++i) wanted += i * (i - 1) / 2;
        nest.runtime = make_runtime(worker_counts[c]);
        nest.inner_sum = 0;
        CHECK_OK(veda_for(nest.runtime, &desc, outer_body, &nest));
        CHECK_EQUAL(nest.inner_sum, wanted);
        end_runtime(nest.runtime);
    }
}

struct half_job {
    veda_job_t job;
    uint64_t begin, end, sum;
};

static void run_half(veda_job_t* job, veda_worker_t* worker) {
    struct half_job* half = (struct half_job*)job;
    uint64_t i;
    (void)worker;
    for (i = half->begin; i < half->end; ++i) half->sum += i;
}

static uint64_t forking_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    struct nest* nest = (struct nest*)ctx;
    const uint64_t middle = begin + (end - begin) / 2;
    struct half_job right;
    struct half_job left;
    memset(&right, 0, sizeof right);
    memset(&left, 0, sizeof left);
    right.job.run = run_half;
    right.begin = middle;
    right.end = end;
    left.begin = begin;
    left.end = middle;
    CHECK_OK(veda_fork(exec->worker, &right.job));
    run_half(&left.job, exec->worker);
    if (veda_join(exec->worker, &right.job) == VEDA_JOIN_TAKE) run_half(&right.job, exec->worker);
    ATOMIC_ADD(nest->inner_sum, left.sum + right.sum);
    return end;
}

static void forks_inside_loops(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        struct nest nest;
        veda_for_desc_t desc = make_range(0, 100000);
        desc.max_piece = 333;
        nest.runtime = make_runtime(worker_counts[c]);
        nest.inner_sum = 0;
        CHECK_OK(veda_for(nest.runtime, &desc, forking_body, &nest));
        CHECK_EQUAL(nest.inner_sum, UINT64_C(100000) * 99999 / 2);
        end_runtime(nest.runtime);
    }
}

static void run_loop(void* ctx, veda_worker_t* worker) {
    const veda_for_desc_t desc = make_range(0, 1000);
    (void)worker;
    CHECK_OK(veda_for(((struct nest*)ctx)->runtime, &desc, inner_body, ctx));
}

/* A loop is callable from outside, from a guest, from a task, and from another runtime's worker. */
static void loops_from_everywhere(void) {
    const uint64_t once = UINT64_C(1000) * 999 / 2;
    struct nest nest;
    veda_runtime_t* other = make_runtime(2);
    nest.runtime = make_runtime(3);
    nest.inner_sum = 0;
    run_loop(&nest, NULL);
    CHECK_EQUAL(nest.inner_sum, once);
    CHECK_OK(veda_run(nest.runtime, run_loop, &nest));
    CHECK_EQUAL(nest.inner_sum, 2 * once);
    CHECK_OK(veda_spawn(nest.runtime, run_loop, &nest));
    CHECK_OK(veda_runtime_drain(nest.runtime, UINT64_MAX));
    CHECK_EQUAL(nest.inner_sum, 3 * once);
    CHECK_OK(veda_run(other, run_loop, &nest));
    CHECK_EQUAL(nest.inner_sum, 4 * once);
    end_runtime(other);
    end_runtime(nest.runtime);
}

static uint64_t never_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)ctx;
    (void)begin;
    (void)exec;
    check_failed(__FILE__, __LINE__, "a refused loop calls nothing");
    return end;
}

static void refuse(veda_runtime_t* runtime, const veda_for_desc_t* desc, const char* says) {
    CHECK_STATUS(veda_for(runtime, desc, never_body, NULL), VEDA_E_RANGE);
    CHECK_SAYS(says);
}

/* guarantee: errors-2 */
static void refusals_name_field_and_value(void) {
    veda_runtime_t* runtime = make_runtime(2);
    veda_for_desc_t desc = make_range(0, 100);
    struct nest nest;
    desc.flags = 64;
    refuse(runtime, &desc, "desc->flags is 0x40");
    desc = make_range(101, 100);
    refuse(runtime, &desc, "desc->begin is 101 and desc->end 100");
    desc = make_range(0, UINT64_MAX);
    refuse(runtime, &desc, "must be begin <= end < 2^64-1");
    desc = make_range(0, 100);
    desc.min_piece = 11;
    desc.max_piece = 10;
    refuse(runtime, &desc, "desc->max_piece is 10, less than min_piece 11");
    desc.max_piece = 0; /* no limit */
    nest.runtime = runtime;
    nest.inner_sum = 0;
    CHECK_OK(veda_for(runtime, &desc, inner_body, &nest));
    CHECK_EQUAL(nest.inner_sum, 100 * 99 / 2);
    end_runtime(runtime);
}

static uint64_t add_lengths(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)exec;
    ATOMIC_ADD(*(uint64_t*)ctx, end - begin);
    return end;
}

/* The size of a pointer, say: begin and end would count as 0, and the loop would do nothing. */
static void a_short_description_is_refused(void) {
    static const uint32_t sizes[] = {0, 8, 24, 64, 70};
    veda_runtime_t* runtime = make_runtime(2);
    size_t i;
    for (i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        veda_for_desc_t desc = make_range(0, 10);
        uint64_t sum = 0;
        desc.struct_size = sizes[i];
        CHECK_STATUS(veda_for(runtime, &desc, add_lengths, &sum), VEDA_E_SIZE);
        CHECK_SAYS("veda_for: desc->struct_size is");
        CHECK_SAYS("72..4096");
        CHECK_EQUAL(sum, 0);
    }
    end_runtime(runtime);
}

/* Twice such a piece is no number any more. The longest range there is, too: its body jumps to the end. */
static void pieces_of_astronomic_length(void) {
    static const uint64_t lengths[] = {UINT64_C(1) << 62, UINT64_C(1) << 63, UINT64_MAX};
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        uint32_t flags;
        size_t i;
        for (flags = 0; flags <= VEDA_FOR_SPREAD; ++flags) {
            for (i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
                veda_for_desc_t desc = make_range(0, 10);
                uint64_t sum = 0;
                desc.flags = flags;
                desc.min_piece = lengths[i];
                CHECK_OK(veda_for(runtime, &desc, add_lengths, &sum));
                CHECK_EQUAL(sum, 10);
                desc.end = UINT64_MAX - 1;
                sum = 0;
                CHECK_OK(veda_for(runtime, &desc, add_lengths, &sum));
                CHECK_EQUAL(sum, UINT64_MAX - 1);
            }
        }
        end_runtime(runtime);
    }
}

static void patience_is_for_workers(void) {
    CHECK_EQUAL(veda_loop_patience(), 0); /* this thread is in no runtime */
}

int main(void) {
    check_start_watchdog(240);
    RUN_CASE(every_small_size);
    RUN_CASE(a_million);
    RUN_CASE(bodies_that_return_early);
    RUN_CASE(piece_lengths);
    RUN_CASE(spread_hands_out_pieces_at_once);
    RUN_CASE(a_body_can_end_the_loop);
    RUN_CASE(stop_is_prompt);
    RUN_CASE(loops_nest);
    RUN_CASE(forks_inside_loops);
    RUN_CASE(loops_from_everywhere);
    RUN_CASE(refusals_name_field_and_value);
    RUN_CASE(a_short_description_is_refused);
    RUN_CASE(pieces_of_astronomic_length);
    RUN_CASE(patience_is_for_workers);
    return 0;
}
