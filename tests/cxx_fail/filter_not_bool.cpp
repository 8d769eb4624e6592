// A filter answers yes or no.
// EXPECT: const_predicate
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).filter([](int) { return std::string(); }).count();
#else
    veda::par(v).filter(even).count();
#endif
    (void)even;
    (void)work;
    (void)v;
}
