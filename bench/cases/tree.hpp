// tree.hpp: recursion over trees whose nodes have several children, from leaves of next to nothing
// (case tree) to leaves of milliseconds (case big_recursion).
//
// The recursion is written once, here. A runtime only says how the children of one node are summed,
// in a table with one line for each way in which its users may write that:
//
//     struct a_way { template <class F> static std::uint64_t sum(unsigned n, const F& f); };
//                                       f(0) + ... + f(n - 1), some of the calls in parallel
//     static constexpr bench::tree_way tree_ways[] = {{"a way", bench::tree_sum<a_way>}};
//
// peers/rayon/src/tree.rs says the same in Rust; the two must stay equal, step for step.
#pragma once

#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/process.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct tree_node {
    std::uint64_t key;
    unsigned depth;
};

// Nothing of it is stored: a node's key is a hash of its parent's and of its own number, and says in
// the irregular shape how many children it has. So every runtime walks the same tree.
class tree {
  public:
    static constexpr unsigned most_children = 14;

    // irregular: 0 to 14 children; otherwise always fan.
    tree(unsigned fan, unsigned depth, std::uint64_t leaf_rounds)
        : fan_(fan), depth_(depth), leaf_rounds_(leaf_rounds) {}

    static constexpr tree_node root() { return {0x9e3779b97f4a7c15u, 0}; }

    [[nodiscard]] unsigned children(tree_node at) const {
        if (at.depth == depth_) return 0;
        return fan_ != irregular ? fan_ : static_cast<unsigned>(at.key % (most_children + 1));
    }
    [[nodiscard]] static tree_node child(tree_node at, unsigned i) {
        return {mix(at.key + i), at.depth + 1};
    }
    [[nodiscard]] std::uint64_t leaf(tree_node at) const {
        return leaf_rounds_ == 0 ? at.key : large_leaf(at.key);
    }

    // The first levels of the same tree, to warm up on.
    [[nodiscard]] tree without_last_level() const { return {fan_, depth_ - 1, leaf_rounds_}; }

    static unsigned fan_of(const std::string& shape) {
        if (shape == "ten-way") return 10;
        if (shape == "seven-way") return 7;
        if (shape == "irregular") return irregular;
        fail("unknown shape " + shape);
    }

  private:
    static constexpr unsigned irregular = 0;

    // Not inlined, so that it burdens nobody's recursion over small leaves.
    [[nodiscard, gnu::noinline]] std::uint64_t large_leaf(std::uint64_t key) const {
        return chain(key, leaf_rounds_);
    }

    unsigned fan_;
    unsigned depth_;
    std::uint64_t leaf_rounds_;
};

template <class Way>
std::uint64_t tree_sum(const tree& all, tree_node at) {
    const unsigned n = all.children(at);
    if (n == 0) return all.leaf(at);
    return Way::sum(n, [&all, at](unsigned i) { return tree_sum<Way>(all, tree::child(at, i)); });
}

struct tree_way {
    const char* name;
    std::uint64_t (*sum)(const tree&, tree_node);
};

inline std::vector<std::string> names_of(std::span<const tree_way> ways) {
    std::vector<std::string> names;
    for (const tree_way& way : ways) names.emplace_back(way.name);
    return names;
}

inline const tree_way& way_of(std::span<const tree_way> ways, std::string_view name) {
    for (const tree_way& way : ways) {
        if (way.name == name) return way;
    }
    fail("tree: no such way");
}

// A way for runtimes that have a loop or tasks, but no sum: each child's result goes into a slot of
// its own. Loop::each(n, f) calls f(0) ... f(n - 1) and returns when all have ended.
template <class Loop>
struct in_slots {
    template <class F>
    static std::uint64_t sum(unsigned n, const F& f) {
        std::uint64_t slots[tree::most_children] = {};
        Loop::each(n, [&f, &slots](unsigned i) { slots[i] = f(i); });
        std::uint64_t total = 0;
        for (unsigned i = 0; i < n; ++i) total += slots[i];
        return total;
    }
};

struct one_by_one {
    template <class F>
    static std::uint64_t sum(unsigned n, const F& f) {
        std::uint64_t total = 0;
        for (unsigned i = 0; i < n; ++i) total += f(i);
        return total;
    }
};

inline std::uint64_t nodes_below(const tree& all, tree_node at) {
    std::uint64_t nodes = 1;
    for (unsigned i = 0, n = all.children(at); i < n; ++i) {
        nodes += nodes_below(all, tree::child(at, i));
    }
    return nodes;
}

struct tree_result {
    timing time;
    switch_counts switches;
    double repetitions = 0;
};

// Checks every repetition, so the expected sum is computed first and once.
inline tree_result measure_tree(const tree_way& way, const tree& all) {
    auto checked = [&way](const tree& some, std::uint64_t expected) {
        if (way.sum(some, tree::root()) != expected) fail("tree: wrong result");
    };
    const tree warm_up = all.without_last_level();
    checked(warm_up, tree_sum<one_by_one>(warm_up, tree::root()));
    const std::uint64_t expected = tree_sum<one_by_one>(all, tree::root());
    tree_result result;
    const switch_counts before = count_switches();
    result.time = repeat({.least = 3, .enough_ns = 300'000'000}, [&] {
        checked(all, expected);
        ++result.repetitions;
    });
    result.switches = count_switches() - before;
    return result;
}

template <class Runtime>
tree_result tree_in(const options& opts, const tree& all) {
    Runtime runtime(opts);
    tree_result result;
    runtime.inside([&] { result = measure_tree(way_of(Runtime::tree_ways, opts.variant), all); });
    return result;
}

template <class Runtime>
void run_tree(const options& opts) {
    if constexpr (requires { Runtime::tree_ways; }) {
        const std::string shape = opts.text("shape", "ten-way");
        const auto depth = static_cast<unsigned>(opts.number("depth", 7));
        const tree all(tree::fan_of(shape), depth, 0);
        const tree_result result = tree_in<Runtime>(opts, all);
        const std::uint64_t nodes = nodes_below(all, tree::root());
        reporter report(Runtime::name, opts);
        params p;
        p.add("shape", shape).add("depth", depth).add("nodes", nodes);
        report.line(p, "time per node", result.time.ns / static_cast<double>(nodes), "ns",
                    result.time.cores);
    }
}

// Here the price of a task is nothing, so what shows is how evenly the bodies are handed out, and
// how often threads sleep and wake meanwhile.
template <class Runtime>
void run_big_recursion(const options& opts) {
    if constexpr (requires { Runtime::tree_ways; }) {
        const std::string shape = opts.text("shape", "seven-way");
        const auto depth = static_cast<unsigned>(opts.number("depth", 2));
        const std::uint64_t rounds = opts.number("rounds", 6'000'000);
        const tree_result result = tree_in<Runtime>(opts, {tree::fan_of(shape), depth, rounds});
        reporter report(Runtime::name, opts);
        params p;
        p.add("shape", shape).add("depth", depth).add("rounds", rounds);
        report.line(p, "time", result.time.ns / 1e6, "ms", result.time.cores);
        auto once = [&](std::uint64_t count) {
            return static_cast<double>(count) / result.repetitions;
        };
        report.line(p, "voluntary switches", once(result.switches.sleeps), "1");
        report.line(p, "involuntary switches", once(result.switches.preemptions), "1");
    }
}

}  // namespace bench
