// scoped_parallelism: join, join_n and scope run tasks that borrow the caller's variables, because neither
// returns before all of its tasks are complete, also when one of them throws.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>
#include <veda/veda.hpp>

namespace {

// Two halves at a time. There is a cut-off, since for few elements std::sort is faster than any
// recursion; a fork that nobody steals costs next to nothing, so it need not be chosen well.
void merge_sort(std::span<int> values, std::span<int> space) {
    if (values.size() <= 512) {
        std::sort(values.begin(), values.end());
        return;
    }
    const std::size_t half = values.size() / 2;
    veda::join([&] { merge_sort(values.first(half), space.first(half)); },
               [&] { merge_sort(values.subspan(half), space.subspan(half)); });
    std::merge(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half),
               values.begin() + static_cast<std::ptrdiff_t>(half), values.end(), space.begin());
    std::copy(space.begin(), space.end(), values.begin());
}

bool sorting() {
    std::vector<int> values(1'000'000), space(values.size());
    std::mt19937 random(7);
    for (int& value : values) value = static_cast<int>(random() % 1'000'000);
    merge_sort(values, space);
    const bool sorted = std::is_sorted(values.begin(), values.end());
    std::printf("join:   %zu numbers are %s\n", values.size(), sorted ? "sorted" : "NOT sorted");
    return sorted;
}

struct node {
    std::uint64_t value = 0;
    std::vector<node> children;
};

node make_tree(int depth, std::uint64_t value) {
    node made{value, {}};
    for (int i = 0; depth > 0 && i < 4; ++i)
        made.children.push_back(make_tree(depth - 1, value + static_cast<std::uint64_t>(i)));
    return made;
}

// One branch for each child; what they give is put together without a lock or an atomic.
std::uint64_t sum_of(const node& at) {
    return veda::join_n(at.children.size(), [&](std::size_t i) { return sum_of(at.children[i]); }, at.value,
                        std::plus<>{});
}

// Every task may spawn more into the scope that it runs in.
void visit(veda::task_scope& scope, const node& at, std::atomic<std::uint64_t>& sum) {
    sum.fetch_add(at.value, std::memory_order_relaxed);
    for (const node& child : at.children)
        scope.spawn([&](veda::task_scope& s) { visit(s, child, sum); });
}

bool tree_walk() {
    const node root = make_tree(7, 1);
    std::atomic<std::uint64_t> sum{0};
    veda::scope([&](auto& s) { visit(s, root, sum); });
    const std::uint64_t wanted = sum_of(root);
    std::printf("scope:  the nodes of a tree add up to %llu\n",
                static_cast<unsigned long long>(sum.load()));
    return sum.load() == wanted;
}

// One task throws: its siblings still finish, then the exception arrives where the scope was
// opened.
bool errors() {
    std::atomic<int> finished{0};
    try {
        veda::scope([&](auto& s) {
            for (int i = 0; i < 10; ++i) {
                s.spawn([&, i] {
                    if (i == 3) throw std::runtime_error("task 3 gave up");
                    ++finished;
                });
            }
        });
    } catch (const std::runtime_error& error) {
        std::printf("errors: \"%s\", after %d siblings had finished\n", error.what(),
                    finished.load());
    }
    return finished.load() == 9;
}

// A task of its own, with a handle to its answer.
bool handles() {
    auto answer = veda::spawn([] { return 6 * 7; });
    const int value = answer.get();
    std::printf("spawn:  the answer is %d\n", value);
    return value == 42;
}

}  // namespace

int main() {
    const bool right = sorting() && tree_walk() && errors() && handles();
    return right ? 0 : 1;
}
