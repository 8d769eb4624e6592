// cgroup.hpp: finds the directories whose limits apply to this process. For cpu_limit only; it
// reads two files of /proc and looks at no limit itself.
#pragma once

#include <string>
#include <vector>

namespace veda::rt::os {

// The directories of this process's control group and of all groups above it, innermost first, as
// far up as the mount shows them. Both versions: first those of the v1 controller ("cpu", "pids"),
// then those of the v2 hierarchy. Each path already begins with root. Empty if there is none.
struct cgroup_directories {
    std::vector<std::string> v1;
    std::vector<std::string> v2;
};

cgroup_directories find_cgroups(const std::string& root, const std::string& controller);

}  // namespace veda::rt::os
