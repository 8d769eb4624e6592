// gate.cpp: weakens one order after another and expects a scenario to fail. Each weakening runs in
// a process of its own, for a broken runtime may also crash or spin.
//
// A weakening that survives costs all scenarios that reach it. So the scenario that killed it last is tried
// first, and what is waived is tried in full runs only.
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
constexpr std::uint64_t trial_executions = 200'000;
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

// In the child: tells which scenario runs, and leaves when it has failed.
void try_scenario(const scenario& s, trial width, int out) {
    tell(out, "?" + s.name + "\n");
    const result found = explore(trial_bounds(s, width), s.body);
    if (!found.failed) return;
    std::string message = found.message;
    std::replace(message.begin(), message.end(), '\n', ' ');
    tell(out, "!" + s.name + " after " + std::to_string(found.executions) + ": " + message + "\n");
    _exit(0);
}

bool try_in_both_widths(const scenario& s, trial width, int out) {
    if (width == trial::wide && !has_wide_trial(s.bounds)) return false;
    try_scenario(s, width, out);
    return true;
}

[[noreturn]] void try_all(const weakening& w, const std::vector<reach>& trials, int out) {
    bool reached = false;
    for (trial width : {trial::narrow, trial::wide})
        for (const reach& r : trials)
            if (r.sites[static_cast<std::size_t>(w.site)])
                reached |= try_in_both_widths(*r.what, width, out);
    _exit(reached ? 1 : 2);
}

[[noreturn]] void try_known(const scenario& killer, int out) {
    for (trial width : {trial::narrow, trial::wide}) (void)try_in_both_widths(killer, width, out);
    _exit(1);
}

// try_in_child does not return.
template <class Try>
verdict try_one(const weakening& w, Try try_in_child, std::string& how) {
    int ends[2];
    if (pipe(ends) != 0) return verdict::survived;
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        alarm(hang_seconds);
        weaken(w.site, w.to);
        try_in_child(ends[1]);
    }
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

// -- what is known of weakenings ------------------------------------------------------------------

// By the name of a weakening: why it is waived, or which scenario killed it last.
using notes = std::map<std::string, std::string>;

// "name -> order: note", one a line; # begins a comment.
bool load(const char* path, notes& read) {
    std::ifstream file(path);
    if (!file) return false;
    for (std::string line; std::getline(file, line);) {
        const std::size_t arrow = line.find(" -> ");
        if (line.empty() || line[0] == '#' || arrow == std::string::npos) continue;
        const std::size_t colon = line.find(": ", arrow);
        if (colon == std::string::npos) {
            std::printf("%s: no note: %s\n", path, line.c_str());
            return false;
        }
        read[line.substr(0, colon)] = line.substr(colon + 2);
    }
    return true;
}

constexpr char killers_head[] =
    "# killers.txt: which scenario killed a weakening last. It only saves time: the gate tries it first,\n"
    "# and all others if it does not kill any more. Written by the gate, with VEDA_MODEL_NOTE=1.\n\n";

void save_killers(const char* path, const notes& killers) {
    std::ofstream file(path);
    file << killers_head;
    for (const auto& [name, killer] : killers) file << name << ": " << killer << '\n';
}

// -- the gate -------------------------------------------------------------------------------------

class gate {
  public:
    gate(const notes& waivers, notes& killers) : waivers_(waivers), killers_(killers) {}

    void judge(const weakening& w) {
        const auto waiver = waivers_.find(w.name);
        const bool waived = waiver != waivers_.end();
        if (waived && !full_run()) return tell(w, "waived", 0, waiver->second);
        std::string how;
        const auto start = std::chrono::steady_clock::now();
        const verdict v = verdict_of(w, how);
        const bool killed = v == verdict::killed;
        const char* word = killed                    ? waived ? "KILLED, BUT WAIVED" : "killed"
                           : waived                  ? "waived"
                           : v == verdict::unreached ? "NOT REACHED"
                                                     : "SURVIVED";
        tell(w, word, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
             killed ? how : waived ? waiver->second : "");
        complaints_ += killed == waived;
        if (killed) {
            killers_[w.name] = how.substr(0, how.find_first_of(" :"));
            ++killed_;
        }
    }
    int complaints() const { return complaints_; }
    int killed() const { return killed_; }

  private:
    static void tell(const weakening& w, const char* word, double seconds, const std::string& note) {
        std::printf("%-80s %-9s %6.2f s  %s\n", w.name.c_str(), word, seconds, note.c_str());
        std::fflush(stdout);
    }

    verdict verdict_of(const weakening& w, std::string& how) {
        if (const auto known = killers_.find(w.name); known != killers_.end()) {
            const scenario* killer = find(known->second);
            const auto again = [killer](int out) { try_known(*killer, out); };
            if (killer && try_one(w, again, how) == verdict::killed) return verdict::killed;
            killers_.erase(known);
        }
        if (trials_.empty()) trials_ = probe_all();
        return try_one(w, [&](int out) { try_all(w, trials_, out); }, how);
    }

    const notes& waivers_;
    notes& killers_;
    std::vector<reach> trials_;  // made when they are needed
    int complaints_ = 0, killed_ = 0;
};

}  // namespace

bool full_run() { return test::full() || test::number_from("VEDA_MODEL_FULL", 0) != 0; }

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

int run_gate(const char* sites_file, const char* waivers_file, const char* killers_file) {
    notes waivers, killers;
    if (!load_sites(sites_file) || !load(waivers_file, waivers) || !load(killers_file, killers)) {
        std::printf("gate: cannot read %s, %s or %s\n", sites_file, waivers_file, killers_file);
        return 2;
    }
    watch_sites(true);
    const std::vector<weakening> all = all_weakenings();
    const auto exists = [&all](const auto& note) {
        return std::any_of(all.begin(), all.end(), [&](const weakening& w) { return w.name == note.first; });
    };
    gate judge(waivers, killers);
    const char* only = std::getenv("VEDA_MODEL_SITE");
    for (const weakening& w : all)
        if (!only || w.name.find(only) != std::string::npos) judge.judge(w);
    int complaints = judge.complaints();
    for (const auto& waiver : waivers) {
        if (exists(waiver)) continue;
        std::printf("waivers: there is no %s\n", waiver.first.c_str());
        ++complaints;
    }
    std::erase_if(killers, [&](const auto& killer) { return !exists(killer); });
    if (std::getenv("VEDA_MODEL_NOTE")) save_killers(killers_file, killers);
    std::printf("%zu weakenings of %zu sites, %d killed, %zu waived\n", all.size(), sites().size(),
                judge.killed(), waivers.size());
    return complaints ? 1 : 0;
}

}  // namespace veda::model
