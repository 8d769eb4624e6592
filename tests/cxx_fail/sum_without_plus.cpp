// Items that cannot be added have no sum.
// EXPECT: sum_of
#include <veda/veda.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    struct thing {}; (void)veda::par(v).map([](int) { return thing{}; }).sum();
#else
    (void)veda::par(v).sum();
#endif
    (void)v;
}
