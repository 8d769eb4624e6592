// status.cpp: the table of status codes, read three ways.
#include <veda/status.h>

#include <algorithm>
#include <cstring>

#include "internals.hpp"

extern "C" {

const char* veda_strerror(veda_status status) noexcept {
    switch (status) {
#define VEDA_CASE(name, value, sentence) \
    case value: return sentence;
        VEDA_STATUS_TABLE(VEDA_CASE)
#undef VEDA_CASE
        default: return "unknown status code";
    }
}

const char* veda_status_name(veda_status status) noexcept {
    switch (status) {
#define VEDA_CASE(name, value, sentence) \
    case value: return #name;
        VEDA_STATUS_TABLE(VEDA_CASE)
#undef VEDA_CASE
        default: return "VEDA_E_?";
    }
}

const char* veda_last_error(void) noexcept { return veda::rt::last_error(); }

uint32_t veda_last_error_copy(char* buffer, uint32_t size) noexcept {
    const char* text = veda::rt::last_error();
    const auto length = static_cast<uint32_t>(std::strlen(text));
    if (!buffer || size == 0) return length;
    const uint32_t kept = std::min(length, size - 1);
    std::memcpy(buffer, text, kept);
    buffer[kept] = '\0';
    return length;
}
}
