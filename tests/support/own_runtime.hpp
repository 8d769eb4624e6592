// own_runtime.hpp: a runtime for one test, and the C functions for callables.
#pragma once

#include <gtest/gtest.h>
#include <veda/veda.h>

#include <cstdint>
#include <type_traits>

namespace veda::test {

class own_runtime {
  public:
    explicit own_runtime(std::uint32_t workers, std::uint32_t spares = 0) {
        veda_runtime_config_t config{};
        config.struct_size = sizeof config;
        config.worker_count = workers;
        config.spare_workers = spares;
        EXPECT_EQ(veda_runtime_create(&config, &handle_), VEDA_OK) << veda_last_error();
    }
    own_runtime(const own_runtime&) = delete;
    own_runtime& operator=(const own_runtime&) = delete;
    // Waits for every task.
    ~own_runtime() { end(); }

    void end() {
        if (handle_) {
            EXPECT_EQ(veda_runtime_destroy(handle_), VEDA_OK) << veda_last_error();
        }
        handle_ = nullptr;
    }

    operator veda_runtime_t*() const { return handle_; }

  private:
    veda_runtime_t* handle_ = nullptr;
};

// A callable as the C functions want it; it must outlive the call or the task.
template <class F>
void call(void* function, veda_worker_t*) {
    (*static_cast<F*>(function))();
}

template <class F>
veda_status run(veda_runtime_t* runtime, F&& function) {
    return veda_run(runtime, call<std::remove_reference_t<F>>, &function);
}
template <class F>
veda_status broadcast(veda_runtime_t* runtime, F&& function) {
    return veda_broadcast(runtime, call<std::remove_reference_t<F>>, &function);
}
// Only for callables with a name: the task runs later.
template <class F>
veda_status spawn(veda_runtime_t* runtime, F& function) {
    return veda_spawn(runtime, call<F>, &function);
}
template <class F>
veda_status spawn(veda_scope_t& scope, F& function) {
    return veda_scope_spawn(&scope, call<F>, &function);
}

}  // namespace veda::test
