// environment.cpp: the one reader of environment variables; never writes one.
#include "os/environment.hpp"

#include <cstdlib>

namespace veda::rt::os {

const char* environment(const char* name) noexcept { return secure_getenv(name); }

}  // namespace veda::rt::os
