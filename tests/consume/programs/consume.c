/* A user's C program: enters the default runtime and a runtime of its own, and meets an error. */
#include <stdio.h>
#include <string.h>
#include <veda/veda.h>

static uint64_t add_range(void *ctx, uint64_t begin, uint64_t end, void *accumulator,
                          const veda_exec_t *exec) {
    uint64_t *sum = accumulator;
    uint64_t index;
    (void)ctx;
    (void)exec;
    for (index = begin; index < end; ++index) *sum += index;
    return end;
}

static void add(void *ctx, void *left, const void *right) {
    (void)ctx;
    *(uint64_t *)left += *(const uint64_t *)right;
}

static int sum_on(veda_runtime_t *runtime) {
    _Alignas(16) uint64_t zero[2] = {0, 0};
    _Alignas(16) uint64_t sum[2] = {0, 0};
    veda_reduce_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.struct_size = sizeof desc;
    desc.end = 1000000;
    desc.acc_size = sizeof zero;
    desc.identity = zero;
    if (veda_reduce(runtime, &desc, add_range, add, NULL, sum) != VEDA_OK) {
        fprintf(stderr, "veda_reduce: %s\n", veda_last_error());
        return 1;
    }
    return sum[0] == 499999500000u ? 0 : 1;
}

int main(void) {
    veda_runtime_config_t config;
    veda_runtime_t *runtime = NULL;
    int failed = 0;

    if (veda_runtime_config_init(&config, sizeof config) != VEDA_OK) return 1;
    config.worker_count = 2000;
    failed += veda_runtime_create(&config, &runtime) != VEDA_E_RANGE;
    failed += strstr(veda_last_error(), "worker_count is 2000") == NULL;

    config.worker_count = 2;
    failed += veda_runtime_create(&config, &runtime) != VEDA_OK;
    failed += sum_on(runtime);
    failed += veda_runtime_destroy(runtime) != VEDA_OK;

    failed += sum_on(veda_runtime_default());
    failed += veda_abi_version() != VEDA_ABI_VERSION;
    printf("veda %s from C: %s\n", veda_version(), failed ? "failed" : "ok");
    return failed;
}
