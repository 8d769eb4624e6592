// gate.cpp: weakens one order after another and expects a scenario to fail. Each weakening runs in
// a process of its own, for a broken runtime may also crash or spin.
#include "model/suites/gate.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "model/checker/sites.hpp"
#include "model/suites/scenario.hpp"
#include "support/effort.hpp"

namespace veda::model {

namespace {

// How much of a scenario is run to learn which sites it reaches.
constexpr std::uint64_t probe_executions = 2000, random_probe = 500;
// How much of a scenario is tried against one weakening; without end in a full run.
constexpr std::uint64_t trial_executions = 20'000;
constexpr unsigned hang_seconds = 300;

const char* name_of(order o) {
    static const char* const names[] = {"relaxed", "consume", "acquire",
                                        "release", "acq_rel", "seq_cst"};
    return names[static_cast<int>(o)];
}

struct weakening {
    int site;
    order to;
    std::string name;
};

// One step down from what is written.
std::vector<order> steps_down(const site& s) {
    const bool load = s.operation == "load" || s.argument == 1;
    const bool store = s.operation == "store";
    switch (s.written) {
        case order::seq_cst:
            return {load ? order::acquire : store ? order::release : order::acq_rel};
        case order::acq_rel:
            return {order::acquire, order::release};
        default:
            return {order::relaxed};
    }
}

std::vector<weakening> all_weakenings() {
    std::vector<weakening> all;
    for (int i = 0; i < static_cast<int>(sites().size()); ++i)
        for (order to : steps_down(sites()[i]))
            all.push_back({i, to, sites()[i].name + " -> " + name_of(to)});
    return all;
}

// -- what reaches what ----------------------------------------------------------------------------

struct reach {
    const scenario* what;
    std::vector<bool> sites;
    double seconds;  // of the probe: cheap scenarios are tried first
};

// Most bugs need one preemption: all scenarios are tried with one before any is tried with more.
enum class trial { narrow, wide };

bool has_wide_trial(const config& bounds) {
    return bounds.how == search::exhaustive &&
           (bounds.preemptions > 1 || bounds.preemptions == unlimited);
}

config trial_bounds(const scenario& s, trial width) {
    config how = s.bounds;
    if (!full_run()) how.max_executions = std::min(how.max_executions, trial_executions);
    if (width == trial::narrow && has_wide_trial(s.bounds)) how.preemptions = 1;
    return how;
}

std::vector<reach> probe_all() {
    std::vector<reach> found;
    for (const scenario& s : scenarios()) {
        forget_reached();
        config how = s.bounds;
        how.max_executions = probe_executions;
        result r = explore(how, s.body);
        if (!r.failed && !r.complete) {  // depth first has seen only late choices so far
            how = s.bounds;
            how.how = search::random;
            how.max_executions = random_probe;
            r = explore(how, s.body);
        }
        if (r.failed) {
            std::printf("%s fails with the orders as they are: %s\n", s.name.c_str(),
                        r.message.c_str());
            return {};
        }
        reach one{&s, {}, r.complete ? r.seconds : r.seconds + 1000};
        for (const site& at : sites()) one.sites.push_back(at.reached);
        found.push_back(one);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const reach& a, const reach& b) { return a.seconds < b.seconds; });
    return found;
}

// -- one weakening --------------------------------------------------------------------------------

enum class verdict : char { survived, killed, unreached };

void tell(int out, const std::string& line) {
    if (write(out, line.data(), line.size()) < 0) _exit(3);
}

// In the child: tells which scenario runs, then how it ended.
[[noreturn]] void try_in_child(const weakening& w, const std::vector<reach>& trials, int out) {
    alarm(hang_seconds);
    weaken(w.site, w.to);
    bool reached = false;
    for (trial width : {trial::narrow, trial::wide}) {
        for (const reach& r : trials) {
            if (!r.sites[static_cast<std::size_t>(w.site)]) continue;
            if (width == trial::wide && !has_wide_trial(r.what->bounds)) continue;
            reached = true;
            tell(out, "?" + r.what->name + "\n");
            const result found = explore(trial_bounds(*r.what, width), r.what->body);
            if (!found.failed) continue;
            std::string message = found.message;
            std::replace(message.begin(), message.end(), '\n', ' ');
            tell(out, "!" + r.what->name + " after " + std::to_string(found.executions) + ": " +
                          message + "\n");
            _exit(0);
        }
    }
    _exit(reached ? 1 : 2);
}

verdict try_one(const weakening& w, const std::vector<reach>& trials, std::string& how) {
    int ends[2];
    if (pipe(ends) != 0) return verdict::survived;
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) try_in_child(w, trials, ends[1]);
    close(ends[1]);
    std::string text;
    char buffer[512];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!text.empty()) text.pop_back();
    const std::string last =
        text.substr(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2) return verdict::unreached;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1) return verdict::survived;
    how = last.empty() ? last : last.substr(1);
    if (WIFSIGNALED(status)) how += std::string(": ") + strsignal(WTERMSIG(status));
    return verdict::killed;
}

// -- waivers --------------------------------------------------------------------------------------

// "name -> order: reason", one a line; # begins a comment.
bool load_waivers(const char* path, std::map<std::string, std::string>& waivers) {
    std::ifstream file(path);
    if (!file) return false;
    for (std::string line; std::getline(file, line);) {
        const std::size_t arrow = line.find(" -> ");
        if (line.empty() || line[0] == '#' || arrow == std::string::npos) continue;
        const std::size_t colon = line.find(": ", arrow);
        if (colon == std::string::npos) {
            std::printf("waivers: no reason given: %s\n", line.c_str());
            return false;
        }
        waivers[line.substr(0, colon)] = line.substr(colon + 2);
    }
    return true;
}

// -- which quarter --------------------------------------------------------------------------------

// The commit decides, so that four commits see everything. All sites with VEDA_MODEL_FULL; a given
// quarter, or all (4), with VEDA_MODEL_QUARTER.
int quarter() {
    if (full_run()) return 4;
    const auto asked = test::number_from("VEDA_MODEL_QUARTER", 9);
    if (asked <= 4) return static_cast<int>(asked);
    char hash[64] = "0";
    if (FILE* git = popen("git rev-parse HEAD 2>/dev/null", "r")) {
        if (!std::fgets(hash, sizeof hash, git)) hash[0] = '0';
        pclose(git);
    }
    hash[8] = '\0';
    return static_cast<int>(std::strtoul(hash, nullptr, 16) % 4);
}

}  // namespace

bool full_run() { return test::number_from("VEDA_MODEL_FULL", 0) != 0; }

config widened(const config& bounds) {
    config wide = bounds;
    if (!full_run()) return wide;
    if (wide.max_executions != UINT64_MAX) wide.max_executions *= 20;
    if (wide.preemptions != unlimited) ++wide.preemptions;
    wide.max_seconds *= 20;
    return wide;
}

config by_dice(const config& bounds, search how) {
    config wild = bounds;
    wild.how = how;
    wild.preemptions = wild.stale_reads = unlimited;
    wild.spurious_wakes = wild.weak_failures = wild.early_timeouts = 2;
    wild.max_steps = 200'000;  // dice are not fair
    wild.max_executions = 20'000;
    wild.pct_depth = 5;
    return wild;
}

bool weaken_by_name(const char* name) {
    const char* file = std::getenv("VEDA_MODEL_SITES");
    if (!file || !load_sites(file)) return false;
    watch_sites(true);
    for (const weakening& w : all_weakenings())
        if (w.name == name) return weaken(w.site, w.to), true;
    std::printf("there is no %s\n", name);
    return false;
}

int run_gate(const char* sites_file, const char* waivers_file) {
    std::map<std::string, std::string> waivers;
    if (!load_sites(sites_file) || !load_waivers(waivers_file, waivers)) {
        std::printf("gate: cannot read %s or %s\n", sites_file, waivers_file);
        return 2;
    }
    watch_sites(true);
    const int part = quarter();
    const std::vector<reach> trials = probe_all();
    if (trials.empty()) return 1;
    const std::vector<weakening> all = all_weakenings();
    int complaints = 0;
    std::map<int, bool> judged;  // site -> killed by every weakening
    const char* only = std::getenv("VEDA_MODEL_SITE");
    for (const weakening& w : all) {
        if (part < 4 && w.site % 4 != part) continue;
        if (only && w.name.find(only) == std::string::npos) continue;
        const auto waiver = waivers.find(w.name);
        const bool waived = waiver != waivers.end();
        std::string how;
        const auto start = std::chrono::steady_clock::now();
        const verdict v = try_one(w, trials, how);
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        const bool killed = v == verdict::killed;
        const char* word = killed                    ? waived ? "KILLED, BUT WAIVED" : "killed"
                           : waived                  ? "waived"
                           : v == verdict::unreached ? "NOT REACHED"
                                                     : "SURVIVED";
        std::printf("%-80s %-9s %6.2f s  %s\n", w.name.c_str(), word, seconds,
                    killed   ? how.c_str()
                    : waived ? waiver->second.c_str()
                             : "");
        std::fflush(stdout);
        complaints += killed == waived;
        const auto [site, first] = judged.emplace(w.site, true);
        site->second = site->second && killed;
    }
    for (const auto& [name, reason] : waivers) {
        if (std::any_of(all.begin(), all.end(), [&](const weakening& w) { return w.name == name; }))
            continue;
        std::printf("waivers: there is no %s\n", name.c_str());
        ++complaints;
    }
    const auto killed =
        std::count_if(judged.begin(), judged.end(), [](auto& j) { return j.second; });
    if (part < 4) std::printf("quarter %d of %zu: ", part, sites().size());
    std::printf("%zu sites, %zd killed, %zd waived\n", judged.size(), static_cast<ssize_t>(killed),
                static_cast<ssize_t>(judged.size()) - static_cast<ssize_t>(killed));
    return complaints ? 1 : 0;
}

}  // namespace veda::model
