// Its elements are gone before the chain runs.
// EXPECT: veda::par(std::array{1, 2, 3})
#include <veda/veda.hpp>

#include <array>
#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    veda::par({1, 2, 3});
#else
    (void)veda::par(std::array{1, 2, 3}).count();
#endif
    (void)v;
}
