// An explicit conversion is not made in passing.
// EXPECT: collects
#include <veda/veda.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(v).collect<std::vector<std::vector<int>>>();  // n elements each?
#else
    auto made = veda::par(v).map([](int n) { return std::vector<int>(n); });
    (void)made.collect<std::vector<std::vector<int>>>();
#endif
    (void)v;
}
