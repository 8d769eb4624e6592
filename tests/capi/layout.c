/* layout: sizes and offsets of every public struct, as a program built long ago knows them. They
 * are part of the ABI: if a line here fails, the SONAME must change. */
#include "check.h"

#define PIN_SIZE(type, size) CHECK_EQUAL(sizeof(type), size)
#define PIN(type, field, offset) CHECK_EQUAL(offsetof(type, field), offset)

static void config_layout(void) {
    PIN_SIZE(veda_runtime_config_t, 128);
    PIN(veda_runtime_config_t, struct_size, 0);
    PIN(veda_runtime_config_t, worker_count, 4);
    PIN(veda_runtime_config_t, policy, 8);
    PIN(veda_runtime_config_t, pinning, 12);
    PIN(veda_runtime_config_t, wait_policy, 16);
    PIN(veda_runtime_config_t, spare_workers, 20);
    PIN(veda_runtime_config_t, stack_size, 24);
    PIN(veda_runtime_config_t, spin_ns, 32);
    PIN(veda_runtime_config_t, thread_name_prefix, 40);
    PIN(veda_runtime_config_t, on_worker_start, 48);
    PIN(veda_runtime_config_t, on_worker_stop, 56);
    PIN(veda_runtime_config_t, hook_ctx, 64);
    PIN(veda_runtime_config_t, on_unhandled_error, 72);
    PIN(veda_runtime_config_t, reserved, 80);
}

static void job_layout(void) {
    PIN_SIZE(veda_job_t, 64);
    PIN(veda_job_t, run, 0);
    PIN(veda_job_t, state, 8);
    PIN(veda_job_t, thief, 12);
    PIN(veda_job_t, reserved, 16);
    PIN_SIZE(veda_scope_t, 64);
    PIN_SIZE(veda_event_t, 16);
}

static void worker_head_layout(void) {
    PIN(veda_worker_head_t, head, 0);
    PIN(veda_worker_head_t, look_ticks, 8);
    PIN(veda_worker_head_t, limit, 128); /* its own pair of cache lines */
    PIN(veda_worker_head_t, split, 136);
    PIN(veda_worker_head_t, demand, 144);
}

static void loop_layout(void) {
    PIN_SIZE(veda_exec_t, 40);
    PIN(veda_exec_t, struct_size, 0);
    PIN(veda_exec_t, worker_index, 4);
    PIN(veda_exec_t, worker, 8);
    PIN(veda_exec_t, demand, 16);
    PIN(veda_exec_t, reserved, 24);
    PIN_SIZE(veda_for_desc_t, 72);
    PIN(veda_for_desc_t, struct_size, 0);
    PIN(veda_for_desc_t, flags, 4);
    PIN(veda_for_desc_t, begin, 8);
    PIN(veda_for_desc_t, end, 16);
    PIN(veda_for_desc_t, min_piece, 24);
    PIN(veda_for_desc_t, max_piece, 32);
    PIN(veda_for_desc_t, reserved, 40);
    PIN_SIZE(veda_reduce_desc_t, 88);
    PIN(veda_reduce_desc_t, struct_size, 0);
    PIN(veda_reduce_desc_t, flags, 4);
    PIN(veda_reduce_desc_t, begin, 8);
    PIN(veda_reduce_desc_t, end, 16);
    PIN(veda_reduce_desc_t, min_piece, 24);
    PIN(veda_reduce_desc_t, max_piece, 32);
    PIN(veda_reduce_desc_t, acc_size, 40);
    PIN(veda_reduce_desc_t, identity, 48);
    PIN(veda_reduce_desc_t, reserved, 56);
}

static void scalar_types(void) {
    PIN_SIZE(veda_status, 4);
    CHECK((veda_status)-1 < 0);
}

int main(void) {
    check_start_watchdog(60);
    RUN_CASE(scalar_types);
    if (sizeof(void*) != 8) {
        printf("layouts are pinned for 64-bit machines only\n");
        return 0;
    }
    RUN_CASE(config_layout);
    RUN_CASE(job_layout);
    RUN_CASE(worker_head_layout);
    RUN_CASE(loop_layout);
    return 0;
}
