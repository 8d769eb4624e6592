// op must combine two values into one of the same type.
// EXPECT: combiner
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).reduce(0, [](int, int) { return std::string(); });
#else
    veda::par(v).reduce(0, [](int a, int b) { return a + b; });
#endif
    (void)even;
    (void)work;
    (void)v;
}
