// The container cannot hold the items.
// EXPECT: collects
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::par(v).collect<std::vector<std::string>>();
#else
    veda::par(v).collect<std::vector<int>>();
#endif
    (void)even;
    (void)work;
    (void)v;
}
