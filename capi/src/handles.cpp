#include "handles.hpp"

#include <array>

namespace veda::capi {

namespace {
constexpr std::uint32_t table_size = 4096;
std::array<rt::atomic<rt::registry*>, table_size> live{};
rt::atomic<std::uint32_t> used{0};  // entries below it have been in use

bool is_live(rt::registry* pool) noexcept {
    if (rt::worker* self = rt::worker::current(); self && &self->pool == pool) return true;
    const std::uint32_t end = used.load(rt::acquire);
    for (std::uint32_t i = 0; i < end; ++i)
        if (live[i].load(rt::acquire) == pool) return true;
    return false;
}
}  // namespace

bool add_live(rt::registry* pool) noexcept {
    for (std::uint32_t i = 0; i < table_size; ++i) {
        rt::registry* none = nullptr;
        // release: the registry is complete; pairs with is_live.
        if (!live[i].compare_exchange_strong(none, pool, rt::release, rt::relaxed)) continue;
        std::uint32_t end = used.load(rt::relaxed);
        while (end < i + 1 && !used.compare_exchange_weak(end, i + 1, rt::release, rt::relaxed)) {
        }
        return true;
    }
    return false;
}

bool remove_live(rt::registry* pool) noexcept {
    for (auto& entry : live) {
        rt::registry* expected = pool;
        // relaxed: whoever removes it owns it, and created or was given it before.
        if (entry.compare_exchange_strong(expected, nullptr, rt::relaxed)) return true;
    }
    return false;
}

veda_status null_argument(const char* function, const char* argument) noexcept {
    return rt::fail(VEDA_E_NULL, "%s: %s is NULL", function, argument);
}

rt::registry* checked(veda_runtime_t* handle, const char* function, veda_status& status) noexcept {
    status = VEDA_OK;
    auto* pool = reinterpret_cast<rt::registry*>(handle);
    if (!pool) {
        status = null_argument(function, "runtime");
        return nullptr;
    }
    if (is_live(pool)) return pool;
    status = rt::fail(VEDA_E_HANDLE, "%s: runtime %p is not a live runtime (destroyed, or never one)",
                      function, static_cast<void*>(handle));
    return nullptr;
}

rt::scope* checked(veda_scope_t* handle, const char* function, veda_status& status) noexcept {
    status = VEDA_OK;
    if (!handle) {
        status = null_argument(function, "scope");
        return nullptr;
    }
    auto* s = reinterpret_cast<rt::scope*>(handle);
    if (is_open(*s)) return s;
    status = rt::fail(VEDA_E_HANDLE, "%s: scope %p is not open (never begun, or already waited for)",
                      function, static_cast<void*>(handle));
    return nullptr;
}

}  // namespace veda::capi
