// from_tbb_test.cpp: the snippets of docs/migration.md for those who come from oneTBB, as they stand there.
#include "cxx/support.hpp"

#include <veda/bounded_queue.hpp>
#include <veda/combinable.hpp>
#include <veda/par_map_ordered.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace {

TEST(FromTbb, ParallelFor) {
    std::size_t n = 100;
    std::vector<double> a(n, 4);
    veda::par(0, n).for_each([&](std::size_t i) { a[i] = std::sqrt(a[i]); });
    EXPECT_EQ(a[99], 2);
}

TEST(FromTbb, ParallelReduce) {
    const std::vector<double> v{1, 2, 3};
    double norm = veda::par(v).map([](double x) { return x * x; }).sum();
    EXPECT_EQ(norm, 14);
}

TEST(FromTbb, ParallelInvoke) {
    int a = 0, b = 0, c = 0;
    auto f = [&] { a = 1; };
    auto g = [&] { b = 2; };
    auto h = [&] { c = 3; };
    veda::join(f, g, h);
    EXPECT_EQ(a + b + c, 6);
}

TEST(FromTbb, TaskGroup) {
    std::atomic<int> done{0};
    auto work = [&] { ++done; };
    veda::scope([&](auto& group) {
        for (int i = 0; i < 10; ++i) group.spawn(work);
    });
    EXPECT_EQ(done, 10);
}

TEST(FromTbb, Combinable) {
    const std::vector<int> v{1, 2, 3};
    veda::combinable<long> parts;
    veda::par(v).for_each([&](int x) { parts.local() += x; });
    long total = parts.combine(std::plus<>{});
    EXPECT_EQ(total, 6);
}

#if !defined(__clang__) || __clang_major__ >= 16  // older ones cannot compile libstdc++'s views
TEST(FromTbb, EnumerableThreadSpecific) {
    const std::vector<int> v{1, 8, 9, 2, 10};
    std::size_t count = 0;
    veda::combinable<std::vector<int>> found;
    veda::par(v).for_each([&](int x) { if (x > 7) found.local().push_back(x); });
    for (const auto& some : found) count += some.size();
    EXPECT_EQ(count, 3u);
}

TEST(FromTbb, BoundedQueue) {
    int left = 100;
    std::size_t size = 0;
    auto read = [&]() -> std::optional<std::string> {
        return left-- > 0 ? std::optional<std::string>("line") : std::nullopt;
    };
    veda::bounded_queue<std::string> lines(16);
    veda::join([&] { while (auto line = read()) lines.push(std::move(*line)); lines.close(); },
               [&] { while (auto line = lines.pop()) size += line->size(); });
    EXPECT_EQ(size, 400u);
}

TEST(FromTbb, Pipeline) {
    std::istringstream in("one two three");
    std::string out;
    auto parse = [](std::string word) { return word.size(); };
    veda::par_map_ordered(
        std::views::istream<std::string>(in), parse,
        [&](std::size_t length) { out += std::to_string(length); }, 16);
    EXPECT_EQ(out, "335");
}
#endif

TEST(FromTbb, Cancellation) {
    const std::vector<int> v(1000, 1);
    std::stop_source source;
    auto work = [&](int) { source.request_stop(); };
    bool stopped = false;
    try {
        veda::par(v).stop_on(source.get_token()).for_each(work);
    } catch (const veda::cancelled&) {
        stopped = true;
    }
    (void)stopped;  // a loop that was over before it asked is not cancelled
    EXPECT_TRUE(source.stop_requested());
}

TEST(FromTbb, Arena) {
    veda::runtime arena(veda::config{}.workers(2));
    arena.run([] { veda::par(0, 100).for_each([](int) {}); });
}

}  // namespace
