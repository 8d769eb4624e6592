// A list has no random access.
// EXPECT: parallel_range
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    std::list<int> list; veda::par(list).count();
#else
    veda::par(v).count();
#endif
    (void)even;
    (void)work;
    (void)v;
}
