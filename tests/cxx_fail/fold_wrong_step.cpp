// The step must take the accumulator and an item.
// EXPECT: fold_step
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).fold(0, [](std::string a, int) { return a; }).sum();
#else
    veda::par(v).fold(0, [](int a, int x) { return a + x; }).sum();
#endif
    (void)even;
    (void)work;
    (void)v;
}
