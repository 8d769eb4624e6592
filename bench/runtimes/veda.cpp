// veda.cpp: veda through its C++ layer; for regions and submissions also through the C functions.
#include <veda/veda.h>

#include <bench/cases/adapter.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>
#include <veda/sort.hpp>
#include <veda/veda.hpp>

// An installed veda may be older than join_n; its ways are then left out.
#if __has_include(<veda/join_n.hpp>)
#include <functional>
#include <veda/join_n.hpp>
#define BENCH_WITH_JOIN_N 1
#else
#define BENCH_WITH_JOIN_N 0
#endif

namespace {

// veda_clang is this file compiled by clang++ against the same library. It takes part where the
// compiler of the caller's code makes the difference.
#if defined(BENCH_VEDA_CLANG)
constexpr const char* runtime_name = "veda_clang";
constexpr bool compiler_cases_only = true;
#else
constexpr const char* runtime_name = "veda";
constexpr bool compiler_cases_only = false;
#endif

std::uint64_t fib_join(unsigned n) {
    if (n < 2) return n;
    auto [a, b] = veda::join([n] { return fib_join(n - 1); }, [n] { return fib_join(n - 2); });
    return a + b;
}

void must(veda_status status) {
    if (status != VEDA_OK) bench::fail(std::string("veda: ") + veda_last_error());
}

template <class Body>
std::uint64_t call_range(void* body, std::uint64_t begin, std::uint64_t end, const veda_exec_t*) {
    for (std::uint64_t i = begin; i < end; ++i) (*static_cast<const Body*>(body))(i);
    return end;
}

template <class Body>
void range_loop(veda_runtime_t* runtime, std::uint64_t count, std::uint32_t flags,
                const Body& body) {
    veda_for_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.flags = flags;
    desc.end = count;
    must(veda_for(runtime, &desc, &call_range<Body>, const_cast<Body*>(&body)));
}

#if BENCH_WITH_JOIN_N
struct by_join_n {
    template <class F>
    static std::uint64_t sum(unsigned n, const F& f) {
        return veda::join_n(n, f, std::uint64_t{0}, std::plus<>());
    }
    template <class F>
    static void each(unsigned n, const F& f) {
        veda::join_n(n, f);
    }
};

struct by_veda_join_n {
    template <class F>
    static void each(unsigned n, const F& f) {
        auto branch = [](void* body, std::uint64_t i, veda_worker_t*) {
            (*static_cast<const F*>(body))(static_cast<unsigned>(i));
        };
        must(veda_join_n(veda_worker_current(), n, branch, const_cast<F*>(&f)));
    }
};
#endif

struct by_join {
    template <class F>
    static std::uint64_t part(unsigned begin, unsigned end, const F& f) {
        if (end - begin == 1) return f(begin);
        const unsigned middle = begin + (end - begin) / 2;
        auto [a, b] = veda::join([&f, begin, middle] { return part(begin, middle, f); },
                                 [&f, middle, end] { return part(middle, end, f); });
        return a + b;
    }
    template <class F>
    static std::uint64_t sum(unsigned n, const F& f) {
        return part(0, n, f);
    }
};

struct by_par_sum {
    template <class F>
    static std::uint64_t sum(unsigned n, const F& f) {
        return veda::par(0u, n).map(f).sum();
    }
};

struct by_for_each {
    template <class F>
    static void each(unsigned n, const F& f) {
        veda::par(0u, n).for_each(f);
    }
};

struct by_veda_for {
    template <class F>
    static void each(unsigned n, const F& f) {
        range_loop(veda_worker_runtime(), n, 0, f);
    }
};

struct by_scope {
    template <class F>
    static void each(unsigned n, const F& f) {
        veda::scope([&f, n](auto& scope) {
            for (unsigned i = 0; i < n; ++i) scope.spawn([&f, i] { f(i); });
        });
    }
};

class veda_adapter {
  public:
    static constexpr const char* name = runtime_name;
    static std::vector<std::string> variants(std::string_view case_name) {
        bool compiler_case = case_name == "fib" || case_name == "loop" || case_name == "sum";
        if (compiler_cases_only && !compiler_case) return {};
        if (case_name == "region_inside") return {"spread", "for", "broadcast"};
        if (case_name == "region_outside") {
            return {"spread", "for", "broadcast", "run spread", "default runtime"};
        }
        if (case_name == "submit") return {"veda::spawn", "veda_spawn"};
        if (case_name == "stencil") return {"par", "veda_for"};
        if (case_name == "tree") return bench::names_of(tree_ways);
        if (case_name == "big_recursion") return {tree_ways[0].name, "scope"};
        return {""};
    }
    static constexpr bench::tree_way tree_ways[] = {
#if BENCH_WITH_JOIN_N
        {"join_n", bench::tree_sum<by_join_n>},
        {"join_n each", bench::tree_sum<bench::in_slots<by_join_n>>},
        {"veda_join_n", bench::tree_sum<bench::in_slots<by_veda_join_n>>},
#endif
        {"join_split", bench::tree_sum<by_join>},
        {"par sum", bench::tree_sum<by_par_sum>},
        {"par for_each", bench::tree_sum<bench::in_slots<by_for_each>>},
        {"veda_for", bench::tree_sum<bench::in_slots<by_veda_for>>},
        {"scope", bench::tree_sum<bench::in_slots<by_scope>>},
    };

    explicit veda_adapter(const bench::options& opts)
        : threads_(opts.threads),
          how_(how_of(opts.variant)),
          pool_(veda::config{}.workers(opts.threads)) {
        if (how_ == how::default_runtime) veda::init(veda::config{}.workers(opts.threads));
    }

    template <class F>
    void inside(F&& f) {
        pool_.run([&] { f(); });
    }

    std::uint64_t fib(unsigned n) { return fib_join(n); }

    template <class Body>
    void loop(std::size_t n, const Body& body) {
        if (how_ == how::c_loop) return range_loop(pool_.raw(), n, 0, body);
        veda::par(std::size_t{0}, n).for_each(body);
    }

    std::int64_t sum(const std::int32_t* first, std::size_t n) {
        return veda::par(std::span(first, n))
            .map([](std::int32_t value) { return std::int64_t{value}; })
            .sum();
    }

    template <class Body>
    void region_inside(const Body& body) {
        open_region(body);
    }

    template <class Body>
    void region_outside(const Body& body) {
        if (how_ == how::run_spread) return pool_.run([&] { open_region(body); });
        if (how_ == how::default_runtime) {
            return veda::par(std::size_t{0}, std::size_t{threads_}).for_each(body);
        }
        open_region(body);
    }

    template <class Task>
    void spawn_all(std::size_t n, Task task) {
        veda::scope([&](auto& scope) {
            for (std::size_t i = 0; i < n; ++i) scope.spawn([task, i] { task(i); });
        });
    }

    template <class Task>
    void submit(Task task) {
        // A C function has no closure, so it can be given tasks without data alone.
        if constexpr (std::is_empty_v<Task>) {
            if (how_ == how::c_task) {
                return must(veda_spawn(
                    pool_.raw(), [](void*, veda_worker_t*) { Task{}(); }, nullptr));
            }
        }
        pool_.spawn(task).detach();
    }

    std::int64_t map_sum(const bench::integers& in) {
        return veda::par(in).map([](std::int32_t x) { return std::int64_t{x} * 3; }).sum();
    }
    double dot(const bench::doubles& a, const bench::doubles& b) {
        return veda::par(a).zip(b).map([](auto pair) { return pair.first * pair.second; }).sum();
    }
    std::int32_t min(const bench::integers& in) { return *veda::par(in).min(); }
    std::uint64_t count_if(const bench::integers& in) {
        return veda::par(in).filter(bench::kept).count();
    }
    std::size_t find_first(const bench::integers& in) {
        return *veda::par(in).position_first([](std::int32_t x) { return x == bench::sought; });
    }
    bool any_of(const bench::integers& in) {
        return veda::par(in).any_of([](std::int32_t x) { return x == bench::sought; });
    }
    bench::integers collect(const bench::integers& in) {
        return veda::par(in).map([](std::int32_t x) { return x ^ 5; }).collect<bench::integers>();
    }
    bench::integers pack(const bench::integers& in) {
        return veda::par(in).filter(bench::kept).collect<bench::integers>();
    }
    std::int64_t chain(const bench::integers& in) {
        return veda::par(in)
            .map([](std::int32_t x) { return std::int64_t{x} * 3; })
            .filter([](std::int64_t y) { return (y & 4) == 0; })
            .map([](std::int64_t y) { return y ^ (y >> 3); })
            .filter([](std::int64_t z) { return (z & 1) != 0; })
            .sum();
    }
    std::size_t group_by(const bench::integers& in) {
        return veda::par(in).group_by(bench::group_of).size();
    }
    std::size_t distinct(const bench::integers& in) {
        return veda::par(in).distinct().collect<bench::integers>().size();
    }
    bench::integers top_k(const bench::integers& in, std::size_t k) { return veda::par(in).top_k(k); }
    void scan(const bench::longs& in, bench::longs& out) {
        veda::par(in).inclusive_scan_into(std::span(out));
    }
    void saxpy(float a, const bench::floats& x, bench::floats& y) {
        veda::par(y).zip(x).for_each([a](auto pair) { pair.first += a * pair.second; });
    }
    template <class T>
    void sort(std::vector<T>& data) {
        veda::sort(data);
    }
    template <class T>
    void stable_sort(std::vector<T>& data) {
        veda::stable_sort(data);
    }

  private:
    enum class how { usual, spread, broadcast, run_spread, default_runtime, c_task, c_loop };

    static how how_of(std::string_view variant) {
        if (variant == "spread") return how::spread;
        if (variant == "broadcast") return how::broadcast;
        if (variant == "run spread") return how::run_spread;
        if (variant == "default runtime") return how::default_runtime;
        if (variant == "veda_spawn") return how::c_task;
        if (variant == "veda_for") return how::c_loop;
        return how::usual;
    }

    template <class Body>
    void open_region(const Body& body) {
        if (how_ == how::broadcast) {
            must(veda_broadcast(
                pool_.raw(),
                [](void* ctx, veda_worker_t*) {
                    (*static_cast<const Body*>(ctx))(static_cast<std::size_t>(veda_worker_index()));
                },
                const_cast<Body*>(&body)));
            return;
        }
        range_loop(pool_.raw(), threads_, how_ == how::usual ? 0 : VEDA_FOR_SPREAD, body);
    }

    unsigned threads_;
    how how_;
    veda::runtime pool_;
};

}  // namespace

int main(int argc, char** argv) { return bench::main_of<veda_adapter>(argc, argv); }
