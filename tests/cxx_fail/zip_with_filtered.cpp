// The other side of a zip must be indexed too.
// EXPECT: indexed_stage
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).zip(veda::par(v).filter(even)).for_each([](auto) {});
#else
    veda::par(v).zip(veda::par(v)).for_each([](auto) {});
#endif
    (void)even;
    (void)work;
    (void)v;
}
