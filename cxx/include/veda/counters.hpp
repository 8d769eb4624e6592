// counters.hpp: what a runtime has counted, read by name, so that a new counter needs no new code.
#ifndef VEDA_COUNTERS_HPP
#define VEDA_COUNTERS_HPP

#include <veda/detail/language.hpp>
#include <veda/telemetry.h>
#include <veda/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace veda {

// One counter at one moment. The texts are the library's own and stay valid.
struct counter_value {
    std::string_view name;
    std::string_view help;
    std::uint64_t value;
};

// The counter of this name, summed over all workers. Throws veda::error if there is none.
inline std::uint64_t read_counter(veda_runtime_t* runtime, const std::string& name) {
    std::uint32_t id = 0;
    std::uint64_t value = 0;
    must_succeed(veda_counter_find(name.c_str(), &id));
    must_succeed(veda_counter_read(runtime, id, &value));
    return value;
}

// All counters.
inline std::vector<counter_value> read_counters(veda_runtime_t* runtime) {
    std::vector<counter_value> all;
    const std::uint32_t count = veda_counter_count();
    all.reserve(count);
    for (std::uint32_t id = 0; id < count; ++id) {
        std::uint64_t value = 0;
        must_succeed(veda_counter_read(runtime, id, &value));
        all.push_back({veda_counter_name(id), veda_counter_help(id), value});
    }
    return all;
}

}  // namespace veda

#endif
