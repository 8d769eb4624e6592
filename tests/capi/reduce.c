/* reduce: veda_reduce gives what the serial fold gives, in order, for every operator that is
 * associative; and its deterministic form gives the same bits for any number of workers. */
#include "check.h"

#include <fenv.h>

static const uint32_t worker_counts[] = {1, 2, 3, 8};
enum { worker_count_cases = sizeof worker_counts / sizeof *worker_counts };

static veda_reduce_desc_t make_reduction(uint64_t begin, uint64_t end, const void* identity,
                                         size_t acc_size) {
    veda_reduce_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.struct_size = sizeof desc;
    desc.begin = begin;
    desc.end = end;
    desc.identity = identity;
    desc.acc_size = acc_size;
    return desc;
}

/* --- sums --- */

static uint64_t square_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                            const veda_exec_t* exec) {
    uint64_t* sum = (uint64_t*)accumulator;
    const int early = ctx != NULL;
    (void)exec;
    if ((uintptr_t)accumulator % 16 != 0)
        check_failed(__FILE__, __LINE__, "accumulators are aligned to 16");
    if (early) end = begin + (end - begin + 1) / 2; /* the rest comes back later */
    for (; begin < end; ++begin) *sum += begin * begin;
    return end;
}

static void add_sums(void* ctx, void* left, const void* right) {
    (void)ctx;
    *(uint64_t*)left += *(const uint64_t*)right;
}

static void sums_match_serial(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        uint64_t size;
        for (size = 0; size <= 1000000; size = size < 300 ? size + 1 : size * 15) {
            const uint64_t zero = 0;
            veda_reduce_desc_t desc = make_reduction(7, 7 + size, &zero, sizeof zero);
            uint64_t wanted = 0;
            uint64_t i;
            uint32_t flags;
            int early = 1;
            for (i = 7; i < 7 + size; ++i) wanted += i * i;
            for (flags = 0; flags <= VEDA_REDUCE_DETERMINISTIC; ++flags) {
                ALIGNED_16 uint64_t result[2] = {99, 99};
                desc.flags = flags;
                CHECK_OK(veda_reduce(runtime, &desc, square_fold, add_sums, NULL, result));
                CHECK_EQUAL(result[0], wanted);
                CHECK_EQUAL(result[1], 99);
                result[0] = 99;
                CHECK_OK(veda_reduce(runtime, &desc, square_fold, add_sums, &early, result));
                CHECK_EQUAL(result[0], wanted);
            }
        }
        end_runtime(runtime);
    }
}

/* --- order: the accumulator is an interval, and only neighbours may be combined --- */

struct interval {
    uint64_t begin, end; /* equal: the empty interval */
    uint64_t broken;
};

static uint64_t interval_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                              const veda_exec_t* exec) {
    struct interval* interval = (struct interval*)accumulator;
    (void)ctx;
    (void)exec;
    if (interval->begin == interval->end)
        interval->begin = begin;
    else if (interval->end != begin)
        interval->broken++;
    interval->end = end;
    return end;
}

static void interval_combine(void* ctx, void* left, const void* right) {
    struct interval* first = (struct interval*)left;
    const struct interval* second = (const struct interval*)right;
    (void)ctx;
    first->broken += second->broken;
    if (second->begin == second->end) return;
    if (first->begin == first->end)
        first->begin = second->begin;
    else if (first->end != second->begin)
        first->broken++;
    first->end = second->end;
}

/* guarantee: join-5 */
static void combines_keep_the_order(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        uint64_t size;
        for (size = 1; size < 3000000; size = size * 3 + 1) {
            uint32_t flags;
            for (flags = 0; flags <= VEDA_REDUCE_DETERMINISTIC; ++flags) {
                const struct interval empty = {0, 0, 0};
                ALIGNED_16 struct interval result[1];
                veda_reduce_desc_t desc = make_reduction(5, 5 + size, &empty, sizeof empty);
                desc.flags = flags;
                if (!flags) desc.max_piece = 64; /* many pieces, so that there is much to order */
                CHECK_OK(
                    veda_reduce(runtime, &desc, interval_fold, interval_combine, NULL, result));
                CHECK_EQUAL(result->broken, 0);
                CHECK_EQUAL(result->begin, 5);
                CHECK_EQUAL(result->end, 5 + size);
            }
        }
        end_runtime(runtime);
    }
}

/* --- an operator that does not commute: x -> a x + b, composed, modulo a prime --- */

enum { prime = 998244353 };

struct affine {
    uint64_t a, b;
};

static struct affine affine_of(uint64_t i) {
    struct affine map;
    map.a = (i * 48271 + 11) % prime;
    map.b = (i * 16807 + 3) % prime;
    return map;
}

static struct affine after(struct affine first, struct affine second) {
    struct affine both;
    both.a = first.a * second.a % prime;
    both.b = (second.a * first.b + second.b) % prime;
    return both;
}

static uint64_t affine_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                            const veda_exec_t* exec) {
    struct affine* map = (struct affine*)accumulator;
    (void)ctx;
    (void)exec;
    for (; begin < end; ++begin) *map = after(*map, affine_of(begin));
    return end;
}

static void affine_combine(void* ctx, void* left, const void* right) {
    (void)ctx;
    *(struct affine*)left = after(*(struct affine*)left, *(const struct affine*)right);
}

/* guarantee: join-5 */
static void non_commutative_operators(void) {
    const struct affine identity = {1, 0};
    struct affine wanted = {1, 0};
    uint64_t i;
    int c;
    for (i = 0; i < 200000; ++i) wanted = after(wanted, affine_of(i));
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        int round;
        for (round = 0; round < 10; ++round) {
            ALIGNED_16 struct affine result;
            veda_reduce_desc_t desc = make_reduction(0, 200000, &identity, sizeof identity);
            desc.flags = round % 2 ? VEDA_REDUCE_DETERMINISTIC : 0;
            CHECK_OK(veda_reduce(runtime, &desc, affine_fold, affine_combine, NULL, &result));
            CHECK_EQUAL(result.a, wanted.a);
            CHECK_EQUAL(result.b, wanted.b);
        }
        end_runtime(runtime);
    }
}

/* --- deterministic: the same bits --- */

static uint64_t double_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                            const veda_exec_t* exec) {
    double* sum = (double*)accumulator;
    (void)ctx;
    (void)exec;
    for (; begin < end; ++begin) *sum += 1.0 / (double)(begin + 1);
    return end;
}

static void double_combine(void* ctx, void* left, const void* right) {
    (void)ctx;
    *(double*)left += *(const double*)right;
}

static uint64_t bits_of(double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* guarantee: join-6 */
static void deterministic_sums_are_bit_equal(void) {
    static const uint64_t blocks[] = {0, 1, 7, 1000, 4096};
    static const uint64_t sizes[] = {1, 4095, 4097, 100000, 1000003};
    uint64_t wanted[5][5];
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        int s;
        int b;
        for (s = 0; s < 5; ++s) {
            for (b = 0; b < 5; ++b) {
                int round;
                for (round = 0; round < 3; ++round) {
                    const double zero = 0;
                    ALIGNED_16 double result = -1;
                    veda_reduce_desc_t desc = make_reduction(0, sizes[s], &zero, sizeof zero);
                    desc.flags = VEDA_REDUCE_DETERMINISTIC;
                    desc.min_piece = blocks[b];
                    CHECK_OK(
                        veda_reduce(runtime, &desc, double_fold, double_combine, NULL, &result));
                    if (c == 0 && round == 0) wanted[s][b] = bits_of(result);
                    CHECK_EQUAL(bits_of(result), wanted[s][b]);
                }
            }
        }
        for (s = 0; s < 5; ++s) CHECK_EQUAL(wanted[s][0], wanted[s][4]); /* 0 means 4096 */
        end_runtime(runtime);
    }
}

/* The mode is set after the workers began, on the calling thread alone. */
static uint64_t slow_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                          const veda_exec_t* exec) {
    volatile int spin;
    for (spin = 0; spin < 1000; ++spin) {
    }
    return double_fold(ctx, begin, end, accumulator, exec);
}

/* guarantee: join-6 */
static void deterministic_sums_round_as_the_caller(void) {
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD};
    uint64_t sums[3] = {0, 0, 0};
    int m;
    for (m = 0; m < 3; ++m) {
        uint32_t workers;
        for (workers = 1; workers <= 4; workers += 3) {
            veda_runtime_t* runtime = make_runtime(workers);
            int round;
            for (round = 0; round < 10; ++round) {
                const double zero = 0;
                ALIGNED_16 double result = -1;
                veda_reduce_desc_t desc = make_reduction(0, 100000, &zero, sizeof zero);
                desc.flags = VEDA_REDUCE_DETERMINISTIC;
                fesetround(modes[m]);
                CHECK_OK(veda_reduce(runtime, &desc, slow_fold, double_combine, NULL, &result));
                CHECK_EQUAL(fegetround(), modes[m]);
                fesetround(FE_TONEAREST);
                if (workers == 1) sums[m] = bits_of(result);
                CHECK_EQUAL(bits_of(result), sums[m]);
            }
            end_runtime(runtime);
        }
    }
    CHECK(sums[0] != sums[1] || sums[0] != sums[2]);
}

/* --- accumulators of any size --- */

static uint64_t byte_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                          const veda_exec_t* exec) {
    unsigned char* bytes = (unsigned char*)accumulator;
    const size_t size = *(const size_t*)ctx;
    (void)exec;
    bytes[0] = (unsigned char)(bytes[0] + (end - begin));
    bytes[size - 1] = bytes[0];
    return end;
}

static void byte_combine(void* ctx, void* left, const void* right) {
    unsigned char* bytes = (unsigned char*)left;
    const size_t size = *(const size_t*)ctx;
    bytes[0] = (unsigned char)(bytes[0] + *(const unsigned char*)right);
    bytes[size - 1] = bytes[0];
}

static void accumulators_of_any_size(void) {
    static const size_t sizes[] = {1, 3, 16, 63, 4096, 65536, 1u << 20};
    unsigned char* identity = (unsigned char*)calloc(1, 1u << 20);
    unsigned char* result = (unsigned char*)aligned_alloc(16, (1u << 20) + 16);
    int c;
    CHECK(identity != NULL && result != NULL);
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        size_t s;
        for (s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
            size_t size = sizes[s];
            veda_reduce_desc_t desc = make_reduction(0, 1000, identity, size);
            desc.max_piece = 50;
            memset(result, 0x55, (1u << 20) + 1);
            CHECK_OK(veda_reduce(runtime, &desc, byte_fold, byte_combine, &size, result));
            CHECK_EQUAL(result[0], 1000 % 256);
            CHECK_EQUAL(result[size - 1], 1000 % 256);
            CHECK_EQUAL(result[size], 0x55); /* nothing behind acc_size bytes is written */
        }
        end_runtime(runtime);
    }
    free(identity);
    free(result);
}

/* --- the identity, and errors --- */

static void an_empty_range_is_the_identity(void) {
    veda_runtime_t* runtime = make_runtime(2);
    const uint64_t identity = 41;
    ALIGNED_16 uint64_t result = 0;
    veda_reduce_desc_t desc = make_reduction(9, 9, &identity, sizeof identity);
    CHECK_OK(veda_reduce(runtime, &desc, square_fold, add_sums, NULL, &result));
    CHECK_EQUAL(result, 41);
    end_runtime(runtime);
}

static uint64_t ending_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                            const veda_exec_t* exec) {
    (void)end;
    (void)accumulator;
    (void)exec;
    return *(const int*)ctx ? VEDA_STOP : begin;
}

/* Whether it is the least piece or the block of the deterministic form. */
static void pieces_of_astronomic_length(void) {
    static const uint64_t lengths[] = {UINT64_C(1) << 62, UINT64_C(1) << 63, UINT64_MAX};
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        uint32_t flags;
        size_t i;
        for (flags = 0; flags <= VEDA_REDUCE_DETERMINISTIC; ++flags) {
            for (i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
                const uint64_t zero = 0;
                veda_reduce_desc_t desc = make_reduction(0, 10, &zero, sizeof zero);
                ALIGNED_16 uint64_t result = 99;
                desc.flags = flags;
                desc.min_piece = lengths[i];
                CHECK_OK(veda_reduce(runtime, &desc, square_fold, add_sums, NULL, &result));
                CHECK_EQUAL(result, 285);
            }
        }
        end_runtime(runtime);
    }
}

/* Two blocks, the second shorter; a length that wraps when a block is added to it. */
static uint64_t count_pieces(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                             const veda_exec_t* exec) {
    (void)begin;
    (void)exec;
    (void)ctx;
    *(uint64_t*)accumulator += 1;
    return end;
}

static void blocks_of_astronomic_length(void) {
    veda_runtime_t* runtime = make_runtime(2);
    const uint64_t zero = 0;
    veda_reduce_desc_t desc = make_reduction(0, UINT64_MAX - 1, &zero, sizeof zero);
    ALIGNED_16 uint64_t blocks = 99;
    desc.flags = VEDA_REDUCE_DETERMINISTIC;
    desc.min_piece = (UINT64_C(1) << 63) + 1;
    CHECK_OK(veda_reduce(runtime, &desc, count_pieces, add_sums, NULL, &blocks));
    CHECK_EQUAL(blocks, 2);
    end_runtime(runtime);
}

static void a_short_description_is_refused(void) {
    static const uint32_t sizes[] = {0, 8, 72, 80, 86};
    veda_runtime_t* runtime = make_runtime(2);
    size_t i;
    for (i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        const uint64_t zero = 0;
        veda_reduce_desc_t desc = make_reduction(0, 10, &zero, sizeof zero);
        ALIGNED_16 uint64_t result = 99;
        desc.struct_size = sizes[i];
        CHECK_STATUS(veda_reduce(runtime, &desc, square_fold, add_sums, NULL, &result), VEDA_E_SIZE);
        CHECK_SAYS("veda_reduce: desc->struct_size is");
        CHECK_EQUAL(result, 99);
    }
    end_runtime(runtime);
}

/* guarantee: errors-8 */
static void errors_leave_the_result_alone(void) {
    int c;
    for (c = 0; c < worker_count_cases; ++c) {
        veda_runtime_t* runtime = make_runtime(worker_counts[c]);
        const uint64_t zero = 0;
        ALIGNED_16 uint64_t result = 77;
        uint32_t flags;
        for (flags = 0; flags <= VEDA_REDUCE_DETERMINISTIC; ++flags) {
            veda_reduce_desc_t desc = make_reduction(0, 100000, &zero, sizeof zero);
            int stop = 1;
            desc.flags = flags;
            CHECK_STATUS(veda_reduce(runtime, &desc, ending_fold, add_sums, &stop, &result),
                         VEDA_E_CANCELLED);
            stop = 0;
            CHECK_STATUS(veda_reduce(runtime, &desc, ending_fold, add_sums, &stop, &result),
                         VEDA_E_PROGRESS);
            CHECK_SAYS("veda_reduce: ");
            CHECK_SAYS("above begin");
            desc.begin = 100001;
            CHECK_STATUS(veda_reduce(runtime, &desc, square_fold, add_sums, NULL, &result),
                         VEDA_E_RANGE);
            CHECK_EQUAL(result, 77);
        }
        end_runtime(runtime);
    }
}

static uint64_t never_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                           const veda_exec_t* exec) {
    (void)ctx;
    (void)begin;
    (void)accumulator;
    (void)exec;
    check_failed(__FILE__, __LINE__, "a refused reduction calls nothing");
    return end;
}

static void refuse(veda_runtime_t* runtime, const veda_reduce_desc_t* desc, const char* says) {
    ALIGNED_16 uint64_t result = 77;
    CHECK_STATUS(veda_reduce(runtime, desc, never_fold, add_sums, NULL, &result), VEDA_E_RANGE);
    CHECK_SAYS(says);
    CHECK_EQUAL(result, 77);
}

/* guarantee: errors-2 */
static void refusals_name_field_and_value(void) {
    veda_runtime_t* runtime = make_runtime(2);
    const uint64_t zero = 0;
    veda_reduce_desc_t desc = make_reduction(0, 100, &zero, 0);
    refuse(runtime, &desc, "desc->acc_size is 0, must be 1..1048576");
    desc = make_reduction(0, 100, &zero, (1 << 20) + 1);
    refuse(runtime, &desc, "desc->acc_size is 1048577, must be 1..1048576");
    desc = make_reduction(0, 100, &zero, sizeof zero);
    desc.flags = VEDA_REDUCE_DETERMINISTIC;
    desc.max_piece = 10;
    refuse(runtime, &desc, "desc->max_piece is 10, must be 0 in the deterministic form");
    desc.flags = 2;
    refuse(runtime, &desc, "desc->flags is 0x2");
    end_runtime(runtime);
}

int main(void) {
    check_start_watchdog(240);
    RUN_CASE(sums_match_serial);
    RUN_CASE(combines_keep_the_order);
    RUN_CASE(non_commutative_operators);
    RUN_CASE(deterministic_sums_are_bit_equal);
    RUN_CASE(deterministic_sums_round_as_the_caller);
    RUN_CASE(accumulators_of_any_size);
    RUN_CASE(an_empty_range_is_the_identity);
    RUN_CASE(a_short_description_is_refused);
    RUN_CASE(pieces_of_astronomic_length);
    RUN_CASE(blocks_of_astronomic_length);
    RUN_CASE(errors_leave_the_result_alone);
    RUN_CASE(refusals_name_field_and_value);
    return 0;
}
