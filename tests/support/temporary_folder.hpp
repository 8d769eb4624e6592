// temporary_folder.hpp: a folder that is gone after the test, for tests that bring their own /proc
// and /sys.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace veda::test {

class temporary_folder {
  public:
    temporary_folder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "veda-test-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const { return path_; }

    // Writes a file below the folder; name begins without a slash.
    void write(const std::string& name, const std::string& content) const {
        const std::filesystem::path file = std::filesystem::path(path_) / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << content;
    }

  private:
    std::string path_;
};

}  // namespace veda::test
