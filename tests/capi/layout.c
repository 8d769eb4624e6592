/* layout: sizes and offsets of every public struct and values of every public constant, as a program
 * built long ago knows them. They are part of the ABI: if a line here fails, the SONAME must change.
 * tests/abi/pinned.py sees to it that none is missing.
 * guarantee: abi-3 at capi_layout capi_layout_cxx */
#include "check.h"

#define PIN_SIZE(type, size) CHECK_EQUAL(sizeof(type), size)
#define PIN_VALUE(constant, value) CHECK((int64_t)(constant) == (value))
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
    PIN(veda_runtime_config_t, thread_name, 80);
    PIN(veda_runtime_config_t, reserved, 88);
}

static void job_layout(void) {
    PIN_SIZE(veda_job_t, 64);
    PIN(veda_job_t, run, 0);
    PIN(veda_job_t, state, 8);
    PIN(veda_job_t, thief, 12);
    PIN(veda_job_t, reserved, 16);
    PIN_SIZE(veda_scope_t, 128);
    PIN(veda_scope_t, opaque, 0);
    PIN_SIZE(veda_event_t, 16);
    PIN(veda_event_t, word, 0);
}

static void worker_head_layout(void) {
    PIN_SIZE(veda_worker_head_t, 152);
    PIN(veda_worker_head_t, head, 0);
    PIN(veda_worker_head_t, look_ticks, 8);
    PIN(veda_worker_head_t, few, 16);
    PIN(veda_worker_head_t, reserved, 24);
    PIN(veda_worker_head_t, free_blocks, 120);
    PIN(veda_worker_head_t, limit, 128); /* its own pair of cache lines */
    PIN(veda_worker_head_t, split, 136);
    PIN(veda_worker_head_t, demand, 144);
    PIN(veda_worker_head_t, room, 148);
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

static void status_values(void) {
    PIN_VALUE(VEDA_OK, 0);
    PIN_VALUE(VEDA_E_NULL, -1);
    PIN_VALUE(VEDA_E_HANDLE, -2);
    PIN_VALUE(VEDA_E_SIZE, -3);
    PIN_VALUE(VEDA_E_RANGE, -4);
    PIN_VALUE(VEDA_E_STATE, -5);
    PIN_VALUE(VEDA_E_BUSY, -6);
    PIN_VALUE(VEDA_E_MEMORY, -7);
    PIN_VALUE(VEDA_E_THREAD, -8);
    PIN_VALUE(VEDA_E_WORKER, -9);
    PIN_VALUE(VEDA_E_ORDER, -10);
    PIN_VALUE(VEDA_E_FAILED, -11);
    PIN_VALUE(VEDA_E_CANCELLED, -12);
    PIN_VALUE(VEDA_E_UNSUPPORTED, -13);
    PIN_VALUE(VEDA_E_NAME, -14);
    PIN_VALUE(VEDA_E_SHUTDOWN, -15);
    PIN_VALUE(VEDA_E_PROGRESS, -16);
    PIN_VALUE(VEDA_E_FORKED, -17);
    PIN_VALUE(VEDA_E_INTERNAL, -99);
}

static void constants(void) {
    PIN_VALUE(VEDA_ABI_VERSION, 1);
    PIN_VALUE(VEDA_INLINE_VERSION, 1);
    PIN_VALUE(VEDA_MAX_WORKERS, 1024);
    PIN_VALUE(VEDA_NO_SPARE_WORKERS, UINT32_MAX);
    PIN_VALUE(VEDA_FEW_PER_WORKER, 8);
    PIN_VALUE(VEDA_POLICY_FIXED, 0);
    PIN_VALUE(VEDA_POLICY_ADAPTIVE, 1);
    PIN_VALUE(VEDA_POLICY_ENERGY_EFFICIENT, 2);
    PIN_VALUE(VEDA_POLICY_LOW_LATENCY, 3);
    PIN_VALUE(VEDA_POLICY_DETERMINISTIC, 4);
    PIN_VALUE(VEDA_PIN_NONE, 0);
    PIN_VALUE(VEDA_PIN_CLOSE, 1);
    PIN_VALUE(VEDA_PIN_SPREAD, 2);
    PIN_VALUE(VEDA_PIN_NONE_ALWAYS, 3);
    PIN_VALUE(VEDA_WAIT_ADAPTIVE, 0);
    PIN_VALUE(VEDA_WAIT_ACTIVE, 1);
    PIN_VALUE(VEDA_WAIT_PASSIVE, 2);
    PIN_VALUE(VEDA_WAIT_ADAPTIVE_ALWAYS, 3);
    PIN_VALUE(VEDA_JOIN_TAKE, 0);
    PIN_VALUE(VEDA_JOIN_DONE, 1);
    PIN_VALUE(VEDA_TASK_ROOM_WORD, 3);
    PIN_VALUE(VEDA_TASK_ROOM, 24);
    PIN_VALUE(VEDA_YIELD_IDLE, 0);
    PIN_VALUE(VEDA_YIELD_RAN, 1);
    PIN_VALUE(VEDA_FOR_SPREAD, 1);
    PIN_VALUE(VEDA_REDUCE_DETERMINISTIC, 1);
    CHECK_EQUAL(VEDA_STOP, UINT64_MAX);
}

int main(void) {
    check_start_watchdog(60);
    RUN_CASE(scalar_types);
    RUN_CASE(status_values);
    RUN_CASE(constants);
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
