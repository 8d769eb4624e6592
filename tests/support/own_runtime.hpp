// own_runtime.hpp: a runtime for one test, and the C functions for callables.
#pragma once

#include <gtest/gtest.h>
#include <veda/veda.h>

#include <cstdint>
#include <type_traits>

namespace veda::test {

inline std::uint64_t read_counter(veda_runtime_t* runtime, const char* name) {
    std::uint32_t id = 0;
    std::uint64_t value = 0;
    EXPECT_EQ(veda_counter_find(name, &id), VEDA_OK) << name;
    EXPECT_EQ(veda_counter_read(runtime, id, &value), VEDA_OK) << name;
    return value;
}

inline std::uint32_t worker_count(veda_runtime_t* runtime) {
    std::uint32_t count = 0;
    EXPECT_EQ(veda_runtime_worker_count(runtime, &count), VEDA_OK);
    return count;
}

// Nothing that was handed over is lost, and no wake-up was. From outside the runtime.
inline void expect_balanced(veda_runtime_t* runtime) {
    EXPECT_EQ(veda_runtime_drain(runtime, UINT64_MAX), VEDA_OK) << veda_last_error();
    EXPECT_EQ(read_counter(runtime, "submitted"), read_counter(runtime, "completed") +
                                                      read_counter(runtime, "failed") +
                                                      read_counter(runtime, "cancelled"));
    EXPECT_EQ(read_counter(runtime, "late_wakes"), 0u);
}

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
            expect_balanced(handle_);
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
