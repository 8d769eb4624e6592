// zip needs to know where each item is; after a filter nobody does.
// EXPECT: indexed_stage
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).filter(even).zip(v).for_each([](auto) {});
#else
    veda::par(v).zip(v).for_each([](auto) {});
#endif
    (void)even;
    (void)work;
    (void)v;
}
