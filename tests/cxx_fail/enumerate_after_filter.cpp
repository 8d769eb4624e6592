// An index in the whole chain is not known after a filter.
// EXPECT: indexed_stage
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).filter(even).enumerate().count();
#else
    veda::par(v).enumerate().count();
#endif
    (void)even;
    (void)work;
    (void)v;
}
