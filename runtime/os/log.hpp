// log.hpp: the library's few words to a human, on stderr. Silent by default except for warnings;
// VEDA_LOG=off|error|warn|info|debug. Each warning is given once.
#pragma once

namespace veda::rt::os {

enum class log_level { off, error, warn, info, debug };

log_level log_threshold() noexcept;
[[gnu::format(printf, 2, 3)]] void log(log_level level, const char* format, ...) noexcept;

}  // namespace veda::rt::os
