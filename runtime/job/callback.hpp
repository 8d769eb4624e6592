// callback.hpp: the guard that nothing unwinds past. Every call into the user's code goes through
// it, so that an exception, a pthread_exit or a longjmp that leaves a callback ends the program
// with a sentence that names the callback, instead of leaving a lock held, a place lent or a task
// lost.
#pragma once

#include <cstdint>

namespace veda::rt {

// Called from within a handler. callback says what unwound, in the words of the C headers.
[[noreturn, gnu::cold]] void callback_unwound(const char* callback) noexcept;

// The callback returned, but not as it was called: it forked and did not join, or something in it
// jumped over frames of the runtime.
[[noreturn, gnu::cold]] void callback_jumped(const char* callback) noexcept;

template <class F>
[[gnu::always_inline]] inline decltype(auto) guarded(const char* callback, F&& call) noexcept {
    try {
        return call();
    } catch (...) {
        callback_unwound(callback);
    }
}

}  // namespace veda::rt
