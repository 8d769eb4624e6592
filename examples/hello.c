/* hello: veda from plain C, with the default runtime: a loop, a reduction, and what an error looks
 * like. Build against an installed veda:
 *
 *     cc hello.c $(pkg-config --cflags --libs veda) -o hello */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <veda/veda.h>

enum { count = 1000000 };

/* A body gets a range, so that this inner loop is the compiler's to vectorise. */
static uint64_t fill_squares(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    uint64_t* squares = ctx;
    (void)exec;
    for (uint64_t i = begin; i < end; ++i) squares[i] = i * i;
    return end;
}

static uint64_t add_range(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                          const veda_exec_t* exec) {
    const uint64_t* squares = ctx;
    uint64_t* sum = accumulator;
    (void)exec;
    for (uint64_t i = begin; i < end; ++i) *sum += squares[i];
    return end;
}

static void add_sums(void* ctx, void* left, const void* right) {
    (void)ctx;
    *(uint64_t*)left += *(const uint64_t*)right;
}

/* Ends the program if a call failed: the code for programs, the sentence for people. */
static void check(veda_status status) {
    if (status == VEDA_OK) return;
    fprintf(stderr, "hello: %s: %s\n", veda_status_name(status), veda_last_error());
    exit(1);
}

/* Asks for something impossible and shows the answer. */
static void show_an_error(void) {
    veda_runtime_config_t config;
    veda_runtime_t* runtime = NULL;
    check(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 100000;
    const veda_status status = veda_runtime_create(&config, &runtime);
    printf("refused: %s (%s)\n    %s\n", veda_status_name(status), veda_strerror(status),
           veda_last_error());
}

int main(void) {
    veda_runtime_t* runtime = veda_runtime_default(); /* starts here, at its first use */
    if (runtime == NULL) {
        fprintf(stderr, "hello: %s\n", veda_last_error());
        return 1;
    }
    uint32_t workers = 0;
    check(veda_runtime_worker_count(runtime, &workers));
    printf("veda %s, %" PRIu32 " workers\n", veda_version(), workers);

    uint64_t* squares = malloc(count * sizeof *squares);
    if (squares == NULL) return 1;

    veda_for_desc_t loop = {.struct_size = sizeof loop, .begin = 0, .end = count};
    check(veda_for(runtime, &loop, fill_squares, squares));

    const uint64_t zero = 0;
    _Alignas(16) uint64_t sum = 0;
    veda_reduce_desc_t reduction = {.struct_size = sizeof reduction,
                                    .begin = 0,
                                    .end = count,
                                    .acc_size = sizeof zero,
                                    .identity = &zero};
    check(veda_reduce(runtime, &reduction, add_range, add_sums, squares, &sum));
    printf("sum of %d squares: %" PRIu64 "\n", count, sum);

    const uint64_t n = count - 1;
    const int right = sum == n * (n + 1) / 2 * (2 * n + 1) / 3;
    free(squares);
    show_an_error();
    return right ? 0 : 1;
}
