// serial.cpp: the plain loops and the plain recursion that every speed-up is measured against, and
// the calibration of the loop bodies:
//
//     bench_serial calibrate     {"rounds": {"10": 3, "100": 30, "1000": 300}}
#include <bench/cases/adapter.hpp>
#include <bench/support/clock.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iterator>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace {

std::uint64_t fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

class serial {
  public:
    static constexpr const char* name = "serial";
    static std::vector<std::string> variants(std::string_view case_name) {
        for (auto known : {"fib", "loop", "sum", "tree", "big_recursion", "stencil"}) {
            if (case_name == known) return {""};
        }
        return {};
    }
    static constexpr bench::tree_way tree_ways[] = {{"", bench::tree_sum<bench::one_by_one>}};

    // There is only one thread; the peers' "T=1" stands beside it.
    explicit serial(const bench::options&) {}

    template <class F>
    void inside(F&& f) {
        f();
    }
    std::uint64_t fib(unsigned n) { return ::fib(n); }

    template <class Body>
    void loop(std::size_t n, const Body& body) {
        bench::serial_loop(n, body);
    }
    std::int64_t sum(const std::int32_t* first, std::size_t n) {
        std::int64_t total = 0;
        for (std::size_t i = 0; i < n; ++i) total += first[i];
        return total;
    }

    std::int64_t map_sum(const bench::integers& in) {
        std::int64_t total = 0;
        for (std::int32_t x : in) total += std::int64_t{x} * 3;
        return total;
    }
    double dot(const bench::doubles& a, const bench::doubles& b) {
        return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    }
    std::int32_t min(const bench::integers& in) {
        std::int32_t least = in.front();
        for (std::int32_t x : in) least = x < least ? x : least;
        return least;
    }
    std::uint64_t count_if(const bench::integers& in) {
        return static_cast<std::uint64_t>(std::count_if(in.begin(), in.end(), bench::kept));
    }
    std::size_t find_first(const bench::integers& in) {
        return static_cast<std::size_t>(std::find(in.begin(), in.end(), bench::sought) - in.begin());
    }
    bool any_of(const bench::integers& in) {
        return std::any_of(in.begin(), in.end(),
                           [](std::int32_t x) { return x == bench::sought; });
    }
    bench::integers collect(const bench::integers& in) {
        bench::integers out;
        out.reserve(in.size());
        for (std::int32_t x : in) out.push_back(x ^ 5);
        return out;
    }
    bench::integers pack(const bench::integers& in) {
        bench::integers out;
        std::copy_if(in.begin(), in.end(), std::back_inserter(out), bench::kept);
        return out;
    }
    std::int64_t chain(const bench::integers& in) {
        std::int64_t total = 0;
        for (std::int32_t x : in) {
            const std::int64_t y = std::int64_t{x} * 3;
            if ((y & 4) != 0) continue;
            const std::int64_t z = y ^ (y >> 3);
            if ((z & 1) != 0) total += z;
        }
        return total;
    }
    std::size_t group_by(const bench::integers& in) {
        std::unordered_map<std::int32_t, bench::integers> groups;
        for (std::int32_t x : in) groups[bench::group_of(x)].push_back(x);
        return groups.size();
    }
    std::size_t distinct(const bench::integers& in) {
        std::unordered_set<std::int32_t> seen;
        bench::integers first;
        for (std::int32_t x : in) {
            if (seen.insert(x).second) first.push_back(x);
        }
        return first.size();
    }
    bench::integers top_k(const bench::integers& in, std::size_t k) {
        bench::integers best(k);
        std::partial_sort_copy(in.begin(), in.end(), best.begin(), best.end(), std::greater<>{});
        return best;
    }
    void scan(const bench::longs& in, bench::longs& out) {
        std::partial_sum(in.begin(), in.end(), out.begin());
    }
    void saxpy(float a, const bench::floats& x, bench::floats& y) {
        for (std::size_t i = 0; i < x.size(); ++i) y[i] += a * x[i];
    }
    template <class T>
    void sort(std::vector<T>& data) {
        std::sort(data.begin(), data.end());
    }
    template <class T>
    void stable_sort(std::vector<T>& data) {
        std::stable_sort(data.begin(), data.end());
    }
};

// Nanoseconds per item of the serial loop with this many rounds.
double item_ns(std::uint64_t rounds) {
    constexpr std::size_t items = 2'500;
    std::vector<std::uint32_t> in(items, 1u);
    std::vector<std::uint32_t> out(items);
    bench::chain_item item{in.data(), out.data(), rounds};
    bench::serial_loop(items, item);
    auto result = bench::repeat({.least = 15, .enough_ns = 30'000'000, .most = 99},
                                [&] { bench::serial_loop(items, item); });
    return result.ns / items;
}

// The processor overlaps neighbouring items as far as it can, so the rounds are found on
// the loop itself, not from the latency of one step.
std::uint64_t calibrate(double target_ns) {
    std::uint64_t low = 1;
    std::uint64_t high = 1;
    while (item_ns(high) < target_ns) high *= 2;
    while (low + 1 < high && high - low > high / 50) {
        std::uint64_t middle = low + (high - low) / 2;
        (item_ns(middle) < target_ns ? low : high) = middle;
    }
    return high;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "calibrate") {
        std::printf("{\"rounds\": {\"10\": %llu, \"100\": %llu, \"1000\": %llu}}\n",
                    static_cast<unsigned long long>(calibrate(10)),
                    static_cast<unsigned long long>(calibrate(100)),
                    static_cast<unsigned long long>(calibrate(1000)));
        return 0;
    }
    return bench::main_of<serial>(argc, argv);
}
