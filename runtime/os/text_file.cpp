// text_file.cpp: plain reads, without the locale and the buffers of streams. For this room only.
#include "os/text_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "os/uncancelled.hpp"

namespace veda::rt::os {

namespace {

constexpr std::size_t longest = 16u << 20;  // a mountinfo of a busy container host is about 1 MiB

// Closes the descriptor on every way out.
struct descriptor {
    int number;
    ~descriptor() {
        if (number >= 0) close(number);
    }
};

}  // namespace

std::optional<std::string> read_text_file(const std::string& path) {
    const uncancelled shield;
    const descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.number < 0) return std::nullopt;
    std::string text;
    char piece[4096];
    for (;;) {
        const ssize_t bytes = read(file.number, piece, sizeof piece);
        if (bytes == 0) return text;
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0 || text.size() > longest) return std::nullopt;
        text.append(piece, static_cast<std::size_t>(bytes));
    }
}

}  // namespace veda::rt::os
