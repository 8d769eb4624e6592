// thread_numbers.hpp: stands in for <veda/detail/thread_numbers.hpp> of the C++ headers in the suites,
// because no destructor of a thread-local variable runs there. Here no number is used twice.
#pragma once

#include <cstddef>

#include "model/checker/machine.hpp"

namespace veda::detail {

struct thread_numbers {
    static std::size_t mine() { return static_cast<std::size_t>(model::the().threads.self()); }
};

}  // namespace veda::detail
