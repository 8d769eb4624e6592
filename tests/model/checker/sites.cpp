#include "model/checker/sites.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

#include "model/checker/machine.hpp"

namespace veda::model {

namespace {

std::vector<site> all;
bool watching = false;
int weakened = -1;
order weakened_to = order::relaxed;

// Compilers differ in which line of a call over several lines they name.
constexpr int near_enough = 3;

struct known_place {
    const char* file;
    const char* operation;
    unsigned line;
    int argument;
    int site;
};
engine_vector<known_place> known;

// Whether the compiler's name of a file ends in this path below the root of the sources.
bool is_file(std::string_view compiled, const std::string& path) {
    return compiled == path ||
           (compiled.ends_with(path) && compiled[compiled.size() - path.size() - 1] == '/');
}

int look_up(const char* operation, int argument, const std::source_location& at) {
    int best = -1, distance = near_enough + 1;
    for (int i = 0; i < static_cast<int>(all.size()); ++i) {
        const site& s = all[i];
        if (s.argument != argument || s.operation != operation) continue;
        if (!is_file(at.file_name(), s.file)) continue;
        const int lines = std::abs(s.line - static_cast<int>(at.line()));
        if (lines < distance) distance = lines, best = i;
    }
    return best;
}

int site_at(const char* operation, int argument, const std::source_location& at) {
    constexpr std::size_t size = 4096;
    if (known.empty()) known.resize(size);
    std::size_t i = (reinterpret_cast<std::uintptr_t>(at.file_name()) * 31 + at.line() * 131 +
                     static_cast<std::size_t>(operation[0]) * 7 + std::strlen(operation) * 17 +
                     static_cast<std::size_t>(argument)) %
                    size;
    for (;; i = (i + 1) % size) {
        known_place& k = known[i];
        if (!k.file)
            k = {at.file_name(), operation, at.line(), argument, look_up(operation, argument, at)};
        if (k.file == at.file_name() && k.line == at.line() && k.argument == argument &&
            std::strcmp(k.operation, operation) == 0)
            return k.site;
    }
}

order order_named(const std::string& name) {
    if (name == "acquire") return order::acquire;
    if (name == "release") return order::release;
    if (name == "acq_rel") return order::acq_rel;
    if (name == "seq_cst") return order::seq_cst;
    return order::relaxed;
}

}  // namespace

std::vector<site>& sites() { return all; }

// One site a line: file, line, function, operation, argument, order, name.
bool load_sites(const std::string& path) {
    std::ifstream file(path);
    if (!file) return false;
    all.clear();
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        site s;
        std::string written;
        words >> s.file >> s.line >> s.function >> s.operation >> s.argument >> written;
        std::getline(words >> std::ws, s.name);
        s.written = order_named(written);
        all.push_back(s);
    }
    return !all.empty();
}

void weaken(int site, order to) {
    weakened = site;
    weakened_to = to;
}

void forget_reached() {
    for (site& s : all) s.reached = false;
}

void watch_sites(bool on) { watching = on; }

order order_at(order written, const char* operation, int argument, const std::source_location& at) {
    if (!watching || written == order::relaxed) return written;
    const int i = site_at(operation, argument, at);
    if (i < 0) return written;
    all[i].reached = true;
    return i == weakened ? weakened_to : written;
}

}  // namespace veda::model
