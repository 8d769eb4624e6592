// The callable does not take the items.
// EXPECT: const_callable
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).map([](std::string s) { return s; }).count();
#else
    veda::par(v).map([](int x) { return x; }).count();
#endif
    (void)even;
    (void)work;
    (void)v;
}
