// text_file.hpp: reads the small files in which the kernel tells about itself. For this room only.
#pragma once

#include <optional>
#include <string>

namespace veda::rt::os {

// The whole file, or nothing if it cannot be read or is absurdly long.
std::optional<std::string> read_text_file(const std::string& path);

}  // namespace veda::rt::os
