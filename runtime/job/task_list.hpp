// task_list.hpp: tasks in the order in which they came, linked through the jobs themselves: one list for
// every scope, which lies in the scope, and one for everything else. The injector owns the links; nobody
// else touches a list, but for a look at its count.
#pragma once

#include <veda/job.h>

#include <cstdint>

#include "base/atomic.hpp"

namespace veda::rt {

struct task_list {
    veda_job_t* first = nullptr;
    veda_job_t* last = nullptr;
    // The lists that hold something form a ring; both null otherwise.
    task_list* next = nullptr;
    task_list* prev = nullptr;
    atomic<std::uint32_t> count{0};  // written under the injector's lock
};

}  // namespace veda::rt
