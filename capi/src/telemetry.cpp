// telemetry.cpp: counters by name.
#include <veda/telemetry.h>

#include <cstring>

#include "handles.hpp"

using namespace veda;

namespace {
struct description {
    const char *name, *help;
};
constexpr description table[] = {
#define VEDA_ROW(name, help) {#name, help},
    VEDA_COUNTER_TABLE(VEDA_ROW)
#undef VEDA_ROW
};
static_assert(std::size(table) == rt::counter_count);
}  // namespace

extern "C" {

uint32_t veda_counter_count(void) noexcept { return rt::counter_count; }

const char* veda_counter_name(uint32_t id) noexcept {
    return id < rt::counter_count ? table[id].name : nullptr;
}

const char* veda_counter_help(uint32_t id) noexcept {
    return id < rt::counter_count ? table[id].help : nullptr;
}

veda_status veda_counter_find(const char* name, uint32_t* id) noexcept {
    if (!name) return capi::null_argument(__func__, "name");
    if (!id) return capi::null_argument(__func__, "id");
    for (uint32_t i = 0; i < rt::counter_count; ++i) {
        if (std::strcmp(table[i].name, name) != 0) continue;
        *id = i;
        return VEDA_OK;
    }
    return rt::fail(VEDA_E_NAME, "veda_counter_find: there is no counter named \"%.64s\"", name);
}

veda_status veda_counter_read(veda_runtime_t* runtime, uint32_t id, uint64_t* value) noexcept {
    veda_status status;
    const auto pool = capi::checked(runtime, __func__, status);
    if (!pool) return status;
    if (!value) return capi::null_argument(__func__, "value");
    if (id >= rt::counter_count)
        return rt::fail(VEDA_E_RANGE, "veda_counter_read: id is %u, must be 0..%u", id,
                        rt::counter_count - 1);
    *value = pool->count(static_cast<rt::counter>(id));
    return VEDA_OK;
}
}
