// control_group.hpp: a control group of version 1 for one test, where the machine lets us make one;
// it is gone after the test.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace limits {

inline bool write_file(const std::string& path, const std::string& text) {
    const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    close(file);
    return written;
}

class control_group {
  public:
    // controller as it is mounted below /sys/fs/cgroup: "cpu", "cpuset", "pids", "freezer".
    explicit control_group(const std::string& controller)
        : above_("/sys/fs/cgroup/" + controller),
          path_(above_ + "/veda-test-" + std::to_string(getpid())) {
        // Only where the controller is mounted: a folder in a plain tmpfs would be no group.
        if (access((above_ + "/cgroup.procs").c_str(), W_OK) != 0) return;
        made_ = mkdir(path_.c_str(), 0755) == 0;
        if (made_ && controller == "cpuset") {
            set("cpuset.mems", "0");
        }
    }
    control_group(const control_group&) = delete;
    ~control_group() {
        if (!made_) return;
        write_file(above_ + "/cgroup.procs", std::to_string(getpid()));
        rmdir(path_.c_str());
    }

    explicit operator bool() const { return made_; }
    bool set(const char* file, const std::string& value) const {
        return write_file(path_ + "/" + file, value);
    }
    // All threads of this process.
    bool enter() const { return set("cgroup.procs", std::to_string(getpid())); }
    bool take_thread(int id) const { return set("tasks", std::to_string(id)); }
    bool return_thread(int id) const { return write_file(above_ + "/tasks", std::to_string(id)); }

    std::string get(const char* file) const {
        char text[64] = {};
        const int opened = open((path_ + "/" + file).c_str(), O_RDONLY | O_CLOEXEC);
        if (opened < 0) return "";
        const ssize_t bytes = read(opened, text, sizeof text - 1);
        close(opened);
        return bytes > 0 ? std::string(text, static_cast<std::size_t>(bytes)) : "";
    }

  private:
    std::string above_, path_;
    bool made_ = false;
};

}  // namespace limits
