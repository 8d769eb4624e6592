// A task of a scope takes nothing, or the scope.
// EXPECT: scope_task
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    veda::scope([](auto& s) { s.spawn([](std::string) {}); });
#else
    veda::scope([](auto& s) { s.spawn([] {}); });
#endif
    (void)even;
    (void)work;
    (void)v;
}
