// What has no end cannot be listed.
// EXPECT: std::views::take(n)
#include <veda/veda.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(std::views::iota(0)).count();
#else
    (void)veda::par(std::views::iota(0) | std::views::take(9)).count();
#endif
    (void)v;
}
