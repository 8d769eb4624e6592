// cgroup.cpp: joins /proc/self/cgroup (which group) with /proc/self/mountinfo (where groups are
// mounted). For cpu_limit only. Both files may be missing, cut short or strange: then there are
// simply fewer directories.
//
// The hard part is that a container may see only the lower part of the tree. A mount's `root` field
// then names the group that lies at the mount point, and the process's path has to be read below
// that. When the path does not lie below it (another cgroup namespace), the mount point itself is
// the best that can be said.
#include "os/cgroup.hpp"

#include <optional>
#include <string_view>

#include "os/text_file.hpp"

namespace veda::rt::os {

namespace {

using text = std::string_view;

struct mount {
    std::string root;   // the group at the mount point
    std::string point;  // where it is mounted
};

// Takes the part of rest before the separator off it.
text take(text& rest, char separator) {
    const auto end = rest.find(separator);
    const text part = rest.substr(0, end);
    rest.remove_prefix(end == text::npos ? rest.size() : end + 1);
    return part;
}

bool list_has(text list, text name) {
    while (!list.empty())
        if (take(list, ',') == name) return true;
    return false;
}

bool is_octal(text digits) {
    return digits.size() == 3 && digits.find_first_not_of("01234567") == text::npos &&
           digits[0] <= '3';
}

// mountinfo writes space, tab, newline and backslash as \ooo.
std::string unescape(text field) {
    std::string plain;
    for (std::size_t at = 0; at < field.size(); ++at) {
        const text digits = field.substr(at + 1, 3);
        if (field[at] == '\\' && is_octal(digits)) {
            plain +=
                static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + digits[2] - '0');
            at += 3;
        } else {
            plain += field[at];
        }
    }
    return plain;
}

// One line of mountinfo: "id parent device root point options optional... - type source super".
// controller "" asks for the v2 hierarchy.
std::optional<mount> parse_mount(text line, text controller) {
    const auto dash = line.find(" - ");
    if (dash == text::npos) return std::nullopt;
    text head = line.substr(0, dash);
    text tail = line.substr(dash + 3);
    const text type = take(tail, ' ');
    take(tail, ' ');
    const bool wanted =
        controller.empty() ? type == "cgroup2" : type == "cgroup" && list_has(tail, controller);
    if (!wanted) return std::nullopt;
    for (int skipped = 0; skipped < 3; ++skipped) take(head, ' ');
    mount found{unescape(take(head, ' ')), unescape(take(head, ' '))};
    if (found.root.empty() || found.point.empty() || found.point[0] != '/') return std::nullopt;
    return found;
}

// The process's path in the hierarchy, from lines "number:controllers:path".
std::optional<std::string> parse_group(text file, text controller) {
    while (!file.empty()) {
        text line = take(file, '\n');
        take(line, ':');
        const text controllers = take(line, ':');
        const bool wanted =
            controller.empty() ? controllers.empty() : list_has(controllers, controller);
        if (wanted && !line.empty() && line[0] == '/') return std::string(line);
    }
    return std::nullopt;
}

// The path below the group base, "" if it is base itself, nothing if it lies elsewhere.
std::optional<std::string> below(const std::string& path, const std::string& base) {
    if (base == "/") return path == "/" ? "" : path;
    if (path.compare(0, base.size(), base) != 0) return std::nullopt;
    if (path.size() == base.size()) return "";
    if (path[base.size()] != '/') return std::nullopt;
    return path.substr(base.size());
}

bool climbs(const std::string& path) { return (path + "/").find("/../") != std::string::npos; }

// Every directory from point + path up to point, innermost first.
std::vector<std::string> walk_up(const std::string& point, std::string path) {
    std::vector<std::string> found;
    for (;;) {
        while (!path.empty() && path.back() == '/') path.pop_back();
        found.push_back(point + path);
        if (path.empty()) return found;
        path.erase(path.rfind('/'));
    }
}

// Of several mounts the one that shows the process's own group and reaches furthest up.
std::vector<std::string> find_directories(const std::string& root, text mounts, text groups,
                                          text controller) {
    const auto group = parse_group(groups, controller);
    std::optional<mount> best;
    std::optional<std::string> best_path;
    while (group && !mounts.empty()) {
        auto candidate = parse_mount(take(mounts, '\n'), controller);
        if (!candidate) continue;
        auto path = climbs(*group) ? std::nullopt : below(*group, candidate->root);
        const bool better = !best || (path && (!best_path || path->size() > best_path->size()));
        if (!better) continue;
        best = std::move(candidate);
        best_path = std::move(path);
    }
    if (!best) return {};
    return walk_up(root + best->point, best_path.value_or(""));
}

}  // namespace

cgroup_directories find_cgroups(const std::string& root, const std::string& controller) {
    const auto mounts = read_text_file(root + "/proc/self/mountinfo").value_or("");
    const auto groups = read_text_file(root + "/proc/self/cgroup").value_or("");
    return {find_directories(root, mounts, groups, controller),
            find_directories(root, mounts, groups, "")};
}

}  // namespace veda::rt::os
