/* plugin.c: a plug-in that uses veda inside and does not say so. */
#include <veda/veda.h>

static uint64_t count(void *ctx, uint64_t begin, uint64_t end, const veda_exec_t *exec) {
    (void)exec;
    __atomic_fetch_add((uint64_t *)ctx, end - begin, __ATOMIC_RELAXED);
    return end;
}

uint64_t plugin_uses_veda(uint64_t n) {
    uint64_t counted = 0;
    veda_for_desc_t range = {0};
    range.struct_size = sizeof range;
    range.end = n;
    if (veda_for(veda_runtime_default(), &range, count, &counted) != VEDA_OK) return 0;
    return veda_shutdown(UINT64_MAX) == VEDA_OK ? counted : 0;
}
