#include "os/process.hpp"

#include <pthread.h>

#include "base/assert.hpp"

namespace veda::rt::os {

namespace {

void (*forget_parent)() = nullptr;

void in_child() noexcept {
    ++generation;
    forget_parent();
}

}  // namespace

void forget_in_child(void (*forget)()) noexcept {
    forget_parent = forget;
    // Fails only for want of a few bytes of memory, while the program is being loaded.
    VEDA_CHECK(pthread_atfork(nullptr, nullptr, in_child) == 0);
}

}  // namespace veda::rt::os
