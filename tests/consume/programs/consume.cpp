// A user's C++ program: one join and one chain of iterators on the default runtime.
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <vector>
#include <veda/veda.hpp>

int main() {
    auto [left, right] = veda::join([] { return 20; }, [] { return 22; });

    std::vector<std::int64_t> numbers(100000);
    std::iota(numbers.begin(), numbers.end(), 0);
    const std::int64_t sum = veda::par(numbers).map([](std::int64_t x) { return 2 * x; }).sum();

    const bool ok = left + right == 42 && sum == 99999ll * 100000ll;
    std::printf("veda %s from C++: %s\n", veda_version(), ok ? "ok" : "failed");
    return ok ? 0 : 1;
}
