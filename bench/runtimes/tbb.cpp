// tbb.cpp: oneTBB, in an arena of the asked size. The thread inside the arena is one of its
// threads, as oneTBB means it; submitted tasks get an arena without a place for the submitter.
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/combinable.h>
#include <oneapi/tbb/concurrent_unordered_set.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_for_each.h>
#include <oneapi/tbb/parallel_invoke.h>
#include <oneapi/tbb/parallel_reduce.h>
#include <oneapi/tbb/parallel_scan.h>
#include <oneapi/tbb/parallel_sort.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <algorithm>
#include <bench/cases/adapter.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

std::uint64_t fib_invoke(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    tbb::parallel_invoke([&] { a = fib_invoke(n - 1); }, [&] { b = fib_invoke(n - 2); });
    return a + b;
}

std::uint64_t fib_group(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0;
    tbb::task_group group;
    group.run([&] { a = fib_group(n - 1); });
    std::uint64_t b = fib_group(n - 2);
    group.wait();
    return a + b;
}

struct by_reduce {
    template <class F>
    static std::uint64_t sum(unsigned n, const F& f) {
        return tbb::parallel_reduce(
            tbb::blocked_range<unsigned>(0, n), std::uint64_t{0},
            [&f](const auto& range, std::uint64_t total) {
                for (unsigned i = range.begin(); i != range.end(); ++i) total += f(i);
                return total;
            },
            std::plus<>());
    }
};

struct by_for {
    template <class F>
    static void each(unsigned n, const F& f) {
        tbb::parallel_for(0u, n, f);
    }
};

struct by_group {
    template <class F>
    static void each(unsigned n, const F& f) {
        tbb::task_group group;
        for (unsigned i = 0; i < n; ++i) group.run([&f, i] { f(i); });
        group.wait();
    }
};

class onetbb {
  public:
    static constexpr const char* name = "tbb";
    static std::vector<std::string> variants(std::string_view case_name) {
        if (case_name == "fib") return {"parallel_invoke", "task_group"};
        for (auto divided : {"loop", "uneven", "stencil", "region_inside", "region_outside"}) {
            if (case_name == divided) return {"auto", "static"};
        }
        if (case_name == "tree") return bench::names_of(tree_ways);
        if (case_name == "big_recursion") return {"task_group", "parallel_for"};
        return {""};
    }
    static constexpr bench::tree_way tree_ways[] = {
        {"parallel_reduce", bench::tree_sum<by_reduce>},
        {"parallel_for", bench::tree_sum<bench::in_slots<by_for>>},
        {"task_group", bench::tree_sum<bench::in_slots<by_group>>},
    };

    explicit onetbb(const bench::options& opts)
        : threads_(opts.threads),
          statically_(opts.variant == "static"),
          by_group_(opts.variant == "task_group"),
          limit_(tbb::global_control::max_allowed_parallelism, opts.threads + 1),
          arena_(static_cast<int>(opts.threads), opts.case_name == "submit" ? 0 : 1) {}

    template <class F>
    void inside(F&& f) {
        arena_.execute(std::forward<F>(f));
    }

    std::uint64_t fib(unsigned n) { return by_group_ ? fib_group(n) : fib_invoke(n); }

    template <class Body>
    void loop(std::size_t n, const Body& body) {
        auto range_body = [body](const tbb::blocked_range<std::size_t>& range) {
            for (std::size_t i = range.begin(); i != range.end(); ++i) body(i);
        };
        tbb::blocked_range<std::size_t> all(0, n);
        if (statically_) {
            tbb::parallel_for(all, range_body, tbb::static_partitioner());
        } else {
            tbb::parallel_for(all, range_body);
        }
    }

    template <class Body>
    void region_inside(const Body& body) {
        if (statically_) {
            tbb::parallel_for(std::size_t{0}, std::size_t{threads_}, body,
                              tbb::static_partitioner());
        } else {
            tbb::parallel_for(std::size_t{0}, std::size_t{threads_}, body);
        }
    }

    template <class Body>
    void region_outside(const Body& body) {
        arena_.execute([&] { region_inside(body); });
    }

    std::int64_t sum(const std::int32_t* first, std::size_t n) {
        return tbb::parallel_reduce(
            tbb::blocked_range<const std::int32_t*>(first, first + n), std::int64_t{0},
            [](const auto& range, std::int64_t total) {
                for (const std::int32_t* p = range.begin(); p != range.end(); ++p) total += *p;
                return total;
            },
            std::plus<>());
    }

    template <class Task>
    void spawn_all(std::size_t n, Task task) {
        tbb::task_group group;
        for (std::size_t i = 0; i < n; ++i) group.run([task, i] { task(i); });
        group.wait();
    }

    template <class Task>
    void submit(Task task) {
        arena_.enqueue(task);
    }

    std::int64_t map_sum(const bench::integers& in) {
        return reduced(in.size(), std::int64_t{0}, [&](std::size_t i, std::int64_t total) {
            return total + std::int64_t{in[i]} * 3;
        }, std::plus<>());
    }
    double dot(const bench::doubles& a, const bench::doubles& b) {
        return reduced(a.size(), 0.0, [&](std::size_t i, double total) { return total + a[i] * b[i]; },
                       std::plus<>());
    }
    std::int32_t min(const bench::integers& in) {
        auto least = [](std::int32_t a, std::int32_t b) { return b < a ? b : a; };
        return reduced(in.size(), in.front(),
                       [&](std::size_t i, std::int32_t best) { return least(best, in[i]); }, least);
    }
    std::uint64_t count_if(const bench::integers& in) {
        return reduced(in.size(), std::uint64_t{0}, [&](std::size_t i, std::uint64_t n) {
            return n + (bench::kept(in[i]) ? 1 : 0);
        }, std::plus<>());
    }
    std::int64_t chain(const bench::integers& in) {
        return reduced(in.size(), std::int64_t{0}, [&](std::size_t i, std::int64_t total) {
            const std::int64_t y = std::int64_t{in[i]} * 3;
            if ((y & 4) != 0) return total;
            const std::int64_t z = y ^ (y >> 3);
            return (z & 1) != 0 ? total + z : total;
        }, std::plus<>());
    }
    bench::integers collect(const bench::integers& in) {
        bench::integers out(in.size());
        loop(in.size(), [&in, to = out.data()](std::size_t i) { to[i] = in[i] ^ 5; });
        return out;
    }
    std::size_t group_by(const bench::integers& in) {
        using groups = std::unordered_map<std::int32_t, bench::integers>;
        tbb::combinable<groups> parts;
        tbb::parallel_for(tbb::blocked_range<std::size_t>(0, in.size()), [&](const auto& range) {
            groups& mine = parts.local();
            for (std::size_t i = range.begin(); i != range.end(); ++i)
                mine[bench::group_of(in[i])].push_back(in[i]);
        });
        groups all;
        parts.combine_each([&all](groups& part) {
            for (auto& [key, items] : part) {
                bench::integers& group = all[key];
                group.insert(group.end(), items.begin(), items.end());
            }
        });
        return all.size();
    }
    std::size_t distinct(const bench::integers& in) {
        tbb::concurrent_unordered_set<std::int32_t> seen;
        tbb::parallel_for_each(in, [&seen](std::int32_t x) { seen.insert(x); });
        return seen.size();
    }
    bench::integers top_k(const bench::integers& in, std::size_t k) {
        const auto best_of = [k](const bench::integers& kept, auto first, auto last) {
            bench::integers best(k, std::numeric_limits<std::int32_t>::min()), all = kept;
            const auto end = std::partial_sort_copy(first, last, best.begin(), best.end(), std::greater<>{});
            all.insert(all.end(), best.begin(), end);
            std::sort(all.begin(), all.end(), std::greater<>{});
            all.resize(std::min(all.size(), k));
            return all;
        };
        return tbb::parallel_reduce(
            tbb::blocked_range<std::size_t>(0, in.size()), bench::integers(),
            [&](const auto& range, const bench::integers& kept) {
                return best_of(kept, in.data() + range.begin(), in.data() + range.end());
            },
            [&](const auto& a, const auto& b) { return best_of(a, b.begin(), b.end()); });
    }
    void scan(const bench::longs& in, bench::longs& out) {
        tbb::parallel_scan(
            tbb::blocked_range<std::size_t>(0, in.size()), std::int64_t{0},
            [&](const auto& range, std::int64_t total, bool is_final) {
                for (std::size_t i = range.begin(); i != range.end(); ++i) {
                    total += in[i];
                    if (is_final) out[i] = total;
                }
                return total;
            },
            std::plus<>());
    }
    void saxpy(float a, const bench::floats& x, bench::floats& y) {
        loop(x.size(), [a, &x, to = y.data()](std::size_t i) { to[i] += a * x[i]; });
    }
    template <class T>
    void sort(std::vector<T>& data) {
        tbb::parallel_sort(data.begin(), data.end());
    }

  private:
    template <class T, class Step, class Join>
    static T reduced(std::size_t n, T start, const Step& step, const Join& join) {
        return tbb::parallel_reduce(
            tbb::blocked_range<std::size_t>(0, n), start,
            [&](const auto& range, T total) {
                for (std::size_t i = range.begin(); i != range.end(); ++i) total = step(i, total);
                return total;
            },
            join);
    }

    unsigned threads_;
    bool statically_;
    bool by_group_;
    tbb::global_control limit_;
    tbb::task_arena arena_;
};

}  // namespace

int main(int argc, char** argv) { return bench::main_of<onetbb>(argc, argv); }
