// Strings can be added, but not multiplied.
// EXPECT: product_of
#include <veda/veda.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(v).map([](int) { return std::string(); }).product();
#else
    (void)veda::par(v).map([](int) { return std::string(); }).sum();
#endif
    (void)v;
}
