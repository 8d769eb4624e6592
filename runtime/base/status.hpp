// status.hpp: how any room reports an error: a code for the program and a sentence for the human.
#pragma once

#include <veda/status.h>

namespace veda::rt {

// Stores the sentence as this thread's veda_last_error and returns status.
[[gnu::format(printf, 2, 3)]] veda_status fail(veda_status status, const char* format, ...) noexcept;

// Puts "function: " before this thread's last sentence, if status is an error; returns status.
veda_status blame(const char* function, veda_status status) noexcept;

// This thread's last sentence, "" if there was none.
const char* last_error() noexcept;

}  // namespace veda::rt
