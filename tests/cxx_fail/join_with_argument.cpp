// A branch of a join takes nothing.
// EXPECT: task
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::join([](int) {}, [] {});
#else
    veda::join([] {}, [] {});
#endif
    (void)even;
    (void)work;
    (void)v;
}
