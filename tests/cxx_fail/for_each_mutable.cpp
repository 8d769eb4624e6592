// Several threads call it at once, so it must be callable as const.
// EXPECT: const_callable
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).for_each([n = 0](int) mutable { ++n; });
#else
    veda::par(v).for_each([](int) {});
#endif
    (void)even;
    (void)work;
    (void)v;
}
