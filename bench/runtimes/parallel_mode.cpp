// parallel_mode.cpp: the parallel mode of libstdc++ (__gnu_parallel), over libgomp. It has algorithms only.
//
// Its reductions and copies take iterators, so a map is a function given to the algorithm; copy_if it
// does not run in parallel at all.
#include <algorithm>
#include <bench/cases/adapter.hpp>
#include <cstddef>
#include <functional>
#include <numeric>
#include <omp.h>
#include <parallel/algorithm>
#include <parallel/numeric>
#include <string_view>
#include <vector>

namespace {

class parallel_mode {
  public:
    static constexpr const char* name = "parallel mode";
    static std::vector<std::string> variants(std::string_view) { return {}; }

    explicit parallel_mode(const bench::options& opts) {
        omp_set_num_threads(static_cast<int>(opts.threads));
        __gnu_parallel::_Settings settings;
        settings.algorithm_strategy = __gnu_parallel::force_parallel;
        __gnu_parallel::_Settings::set(settings);
    }

    template <class F>
    void inside(F&& f) {
        f();
    }

    double dot(const bench::doubles& a, const bench::doubles& b) {
        return __gnu_parallel::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    }
    std::int32_t min(const bench::integers& in) {
        return *__gnu_parallel::min_element(in.begin(), in.end());
    }
    std::uint64_t count_if(const bench::integers& in) {
        return static_cast<std::uint64_t>(
            __gnu_parallel::count_if(in.begin(), in.end(), bench::kept));
    }
    std::size_t find_first(const bench::integers& in) {
        return static_cast<std::size_t>(
            __gnu_parallel::find(in.begin(), in.end(), bench::sought) - in.begin());
    }
    bench::integers collect(const bench::integers& in) {
        bench::integers out(in.size());
        __gnu_parallel::transform(in.begin(), in.end(), out.begin(),
                                  [](std::int32_t x) { return x ^ 5; });
        return out;
    }
    bench::integers top_k(bench::integers in, std::size_t k) {
        const auto middle = in.begin() + static_cast<std::ptrdiff_t>(k);
        __gnu_parallel::partial_sort(in.begin(), middle, in.end(), std::greater<>{});
        in.resize(k);
        return in;
    }
    void scan(const bench::longs& in, bench::longs& out) {
        __gnu_parallel::partial_sum(in.begin(), in.end(), out.begin());
    }
    void saxpy(float a, const bench::floats& x, bench::floats& y) {
        __gnu_parallel::transform(x.begin(), x.end(), y.begin(), y.begin(),
                                  [a](float from, float to) { return to + a * from; });
    }
    template <class T>
    void sort(std::vector<T>& data) {
        __gnu_parallel::sort(data.begin(), data.end());
    }
    template <class T>
    void stable_sort(std::vector<T>& data) {
        __gnu_parallel::stable_sort(data.begin(), data.end());
    }
};

}  // namespace

int main(int argc, char** argv) { return bench::main_of<parallel_mode>(argc, argv); }
