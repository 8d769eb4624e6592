// Accumulators cannot be counted beforehand.
// EXPECT: indexed_stage
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).fold(0, [](int a, int x) { return a + x; }).chunks(3).count();
#else
    veda::par(v).chunks(3).count();
#endif
    (void)even;
    (void)work;
    (void)v;
}
