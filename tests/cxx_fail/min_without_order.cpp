// Items without an order have no minimum.
// EXPECT: order_on
#include <veda/veda.hpp>

#include <list>
#include <string>
#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
    auto work = [](int) {};
#ifdef MISUSE
    struct thing {}; veda::par(v).map([](int) { return thing{}; }).min();
#else
    veda::par(v).min();
#endif
    (void)even;
    (void)work;
    (void)v;
}
