// A spawned task takes nothing.
// EXPECT: task
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::spawn([](int) {}).detach();
#else
    veda::spawn([] {}).detach();
#endif
    (void)even;
    (void)work;
    (void)v;
}
