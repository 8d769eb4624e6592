#include "base/status.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace veda::rt {

namespace {
// Trivial, so that it needs no destructor and works in static and thread-exit destructors.
thread_local char sentence[448];  // static TLS is scarce: several copies must fit
}  // namespace

veda_status fail(veda_status status, const char* format, ...) noexcept {
    std::va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return status;
}

veda_status blame(const char* function, veda_status status) noexcept {
    if (status == VEDA_OK) return status;
    char said[sizeof sentence];
    std::memcpy(said, sentence, sizeof said);
    return fail(status, "%s: %s", function, said);
}

const char* last_error() noexcept { return sentence; }

}  // namespace veda::rt
