// cpu_list.hpp: the kernel's notation for a set of CPUs, "0-3,6". Pure text; may be called from
// anywhere.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace veda::rt::os {

// The CPUs in the order written, each once; white space at the ends is ignored. Nothing if the text
// is empty or is anything else than a list.
std::optional<std::vector<int>> parse_cpu_list(std::string_view text);

}  // namespace veda::rt::os
