// veda_c.cpp: veda through its exported C functions alone. The work is in veda_c_fib.c; this is
// only the common command line and clock around it.
#include "veda_c_fib.h"

#include <bench/cases/adapter.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

void must(veda_status status) {
    if (status != VEDA_OK) bench::fail(std::string("veda: ") + veda_last_error());
}

class veda_c {
  public:
    static constexpr const char* name = "veda_c";
    static std::vector<std::string> variants(std::string_view case_name) {
        if (case_name == "fib") return {""};
        return {};
    }

    explicit veda_c(const bench::options& opts) {
        veda_runtime_config_t config{};
        config.struct_size = sizeof config;
        config.worker_count = opts.threads;
        must(veda_runtime_create(&config, &pool_));
    }
    veda_c(const veda_c&) = delete;
    veda_c& operator=(const veda_c&) = delete;
    ~veda_c() { must(veda_runtime_destroy(pool_)); }

    template <class F>
    void inside(F&& f) {
        using body = std::remove_reference_t<F>;
        must(veda_run(
            pool_, [](void* ctx, veda_worker_t*) { (*static_cast<body*>(ctx))(); }, &f));
    }

    std::uint64_t fib(unsigned n) { return bench_c_fib(veda_worker_current(), n); }

  private:
    veda_runtime_t* pool_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) { return bench::main_of<veda_c>(argc, argv); }
