// callback.cpp: the last words. What is no exception and unwinds all the same is a thread that
// ends.
#include "job/callback.hpp"

#include <cstdlib>
#include <exception>
#include <typeinfo>

#include "os/log.hpp"

namespace veda::rt {

namespace {

// std::terminate, so that the program's own handler has its say.
[[noreturn]] void threw(const char* callback, const std::exception_ptr& error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        const char* what = e.what();
        os::log(
            os::log_level::error,
            "%s threw an exception (%s: %s), which no callback of the C interface may let out; the "
            "program ends",
            callback, typeid(e).name(), what ? what : "");
        std::terminate();
    } catch (...) {
        os::log(os::log_level::error,
                "%s threw an exception (no std::exception), which no callback of the C interface "
                "may let "
                "out; the program ends",
                callback);
        std::terminate();
    }
}

}  // namespace

void callback_unwound(const char* callback) noexcept {
    if (const std::exception_ptr error = std::current_exception()) threw(callback, error);
    os::log(os::log_level::error,
            "%s ended its thread (pthread_exit, or the thread was cancelled) inside the runtime; a "
            "callback must return, for its thread holds work of others; the program ends",
            callback);
    std::abort();
}

void callback_jumped(const char* callback) noexcept {
    os::log(
        os::log_level::error,
        "%s left frames of the runtime behind: a longjmp out of a callback, or a fork without its "
        "join; the program ends",
        callback);
    std::abort();
}

}  // namespace veda::rt
