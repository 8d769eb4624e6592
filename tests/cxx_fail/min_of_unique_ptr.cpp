// The smallest element is given as a value; this one cannot be copied out of its vector.
// EXPECT: kept_as_value
#include <veda/veda.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    std::vector<std::unique_ptr<int>> p; (void)veda::par(p).min();
#else
    std::vector<std::unique_ptr<int>> p; (void)veda::par(std::move(p)).min();
#endif
    (void)v;
}
