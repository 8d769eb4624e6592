// status.cpp: the table of status codes, read three ways.
#include <veda/status.h>

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
}
