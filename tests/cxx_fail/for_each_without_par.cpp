// A step of a pipe, not a loop.
// EXPECT: veda::par(range).for_each
#include <veda/veda.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    veda::for_each(v, [](int& x) { ++x; });
#else
    v | veda::par | veda::for_each([](int& x) { ++x; });
#endif
    (void)v;
}
