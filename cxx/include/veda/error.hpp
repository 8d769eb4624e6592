// error.hpp: a failed veda_status becomes a C++ exception, and nothing else does.
//
// Exceptions of the user's own callbacks are never wrapped: they travel as they are. veda::error is
// only for what the library itself refuses.
#ifndef VEDA_ERROR_HPP
#define VEDA_ERROR_HPP

#include <veda/detail/language.hpp>
#include <veda/status.h>

#include <stdexcept>
#include <string>

namespace veda {

// What the library refused: the code, and the sentence that veda_last_error had at that moment.
class error : public std::runtime_error {
  public:
    error(veda_status status, const std::string& text)
        : std::runtime_error(text), status_(status) {}

    veda_status status() const noexcept { return status_; }
    // "VEDA_E_RANGE"
    const char* name() const noexcept { return veda_status_name(status_); }

  private:
    veda_status status_;
};

// What a chain throws that was told to stop from outside, by the token of its stop_on(token).
class cancelled : public error {
  public:
    cancelled()
        : error(VEDA_E_CANCELLED, "VEDA_E_CANCELLED: the chain's stop token asked it to stop") {}
};

namespace detail {

[[noreturn, gnu::__cold__, gnu::__noinline__]] inline void throw_error(veda_status status) {
    std::string text = veda_status_name(status);
    const char* detail = veda_last_error();
    text += ": ";
    text += (detail != nullptr && *detail != '\0') ? detail : veda_strerror(status);
    throw error(status, text);
}

}  // namespace detail

// Throws veda::error if status is not VEDA_OK. Call it on the thread that made the failing call.
inline void must_succeed(veda_status status) {
    if (status != VEDA_OK) [[unlikely]] {
        detail::throw_error(status);
    }
}

}  // namespace veda

#endif
