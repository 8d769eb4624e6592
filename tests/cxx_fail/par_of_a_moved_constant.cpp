// A const container gives nothing away.
// EXPECT: nothing can be moved out of a const container
#include <veda/veda.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    const std::vector<int> c; (void)veda::par(std::move(c)).count();
#else
    const std::vector<int> c; (void)veda::par(c).count();
#endif
    (void)v;
}
