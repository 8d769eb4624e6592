// What can be walked only once is for par_bridge.
// EXPECT: parallel_range
#include <veda/veda.hpp>

#include <ranges>
#include <sstream>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    std::istringstream text; veda::par(std::ranges::istream_view<int>(text)).count();
#else
    veda::par(v).count();
#endif
    (void)even;
    (void)work;
    (void)v;
}
