// openmp.cpp: OpenMP, built twice: by g++ for libgomp and by clang++ for libomp.
//
// Wait policy: by default both libraries let idle threads spin (libomp 200 ms, libgomp as long as
// it believes to own the processors), which makes regions cheap and idle pools dear. The variant
// "passive" is OMP_WAIT_POLICY=passive; the variable is read before main, hence the new start.
#include <omp.h>
#include <unistd.h>

#include <bench/cases/adapter.hpp>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

std::uint64_t fib_task(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0;
#pragma omp task shared(a) firstprivate(n)
    a = fib_task(n - 1);
    std::uint64_t b = fib_task(n - 2);
#pragma omp taskwait
    return a + b;
}

struct by_task {
    template <class F>
    static void each(unsigned n, const F& f) {
        for (unsigned i = 0; i < n; ++i) {
#pragma omp task shared(f) firstprivate(i)
            f(i);
        }
#pragma omp taskwait
    }
};

struct by_taskloop {
    template <class F>
    static void each(unsigned n, const F& f) {
#pragma omp taskloop shared(f)
        for (unsigned i = 0; i < n; ++i) f(i);
    }
};

template <class Loop>
std::uint64_t tree_in_team(const bench::tree& all, bench::tree_node root) {
    std::uint64_t result = 0;
#pragma omp parallel
#pragma omp single
    result = bench::tree_sum<bench::in_slots<Loop>>(all, root);
    return result;
}

class openmp {
  public:
#if defined(__clang__)
    static constexpr const char* name = "libomp";
#else
    static constexpr const char* name = "libgomp";
#endif

    static std::vector<std::string> variants(std::string_view case_name) {
        if (case_name == "loop") return {"static", "guided", "dynamic,1024"};
        if (case_name == "uneven") return {"static", "guided", "dynamic,1"};
        for (auto waits : {"region_outside", "idle", "stencil"}) {
            if (case_name == waits) return {"", "passive"};
        }
        if (case_name == "tree") return bench::names_of(tree_ways);
        if (case_name == "big_recursion") return {"task"};
        // A team has no pool that one could be inside of, and no way to submit from outside.
        for (auto unknown : {"region_inside", "submit", "ticker"}) {
            if (case_name == unknown) return {};
        }
        return {""};
    }
    static constexpr bench::tree_way tree_ways[] = {
        {"task", tree_in_team<by_task>},
        {"taskloop", tree_in_team<by_taskloop>},
    };

    explicit openmp(const bench::options& opts) : threads_(static_cast<int>(opts.threads)) {
        omp_set_dynamic(0);
        omp_set_num_threads(threads_);
        omp_set_schedule(omp_sched_static, 0);
        if (opts.variant == "guided") omp_set_schedule(omp_sched_guided, 0);
        if (opts.variant == "dynamic,1") omp_set_schedule(omp_sched_dynamic, 1);
        if (opts.variant == "dynamic,1024") omp_set_schedule(omp_sched_dynamic, 1024);
    }

    template <class F>
    void inside(F&& f) {
        f();
    }

    std::uint64_t fib(unsigned n) {
        std::uint64_t result = 0;
#pragma omp parallel
#pragma omp single
        result = fib_task(n);
        return result;
    }

    template <class Body>
    void loop(std::size_t n, const Body& body) {
        Body mine = body;
#pragma omp parallel for schedule(runtime) firstprivate(mine)
        for (std::size_t i = 0; i < n; ++i) mine(i);
    }

    template <class Body>
    void region_outside(const Body& body) {
#pragma omp parallel
        body(static_cast<std::size_t>(omp_get_thread_num()));
    }

    std::int64_t sum(const std::int32_t* first, std::size_t n) {
        std::int64_t total = 0;
#pragma omp parallel for reduction(+ : total)
        for (std::size_t i = 0; i < n; ++i) total += first[i];
        return total;
    }

    template <class Task>
    void spawn_all(std::size_t n, Task task) {
#pragma omp parallel
#pragma omp single
        for (std::size_t i = 0; i < n; ++i) {
#pragma omp task firstprivate(task, i)
            task(i);
        }
    }

  private:
    int threads_;
};

}  // namespace

int main(int argc, char** argv) {
    bench::options opts(argc, argv);
    if (opts.variant == "passive" && std::getenv("OMP_WAIT_POLICY") == nullptr) {
        setenv("OMP_WAIT_POLICY", "passive", 1);
        execv("/proc/self/exe", argv);
        bench::fail("cannot start again with OMP_WAIT_POLICY set");
    }
    return bench::main_of<openmp>(argc, argv);
}
