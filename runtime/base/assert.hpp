// assert.hpp: assertions in two cost levels. They state invariants of the runtime itself, never the
// user's mistakes: those get a veda_status and a sentence.
#pragma once

namespace veda::rt {

// Prints the broken invariant and aborts. A broken invariant must not go on: a lost task looks like
// a hang an hour later.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace veda::rt

// Checked in every build; only for cold paths.
#define VEDA_CHECK(condition) \
    ((condition) ? (void)0 : ::veda::rt::assertion_failed(#condition, __FILE__, __LINE__))

// Checked unless NDEBUG; may cost something.
#ifdef NDEBUG
#define VEDA_ASSERT(condition) ((void)0)
#else
#define VEDA_ASSERT(condition) VEDA_CHECK(condition)
#endif
