// Blocks in order need a length.
// EXPECT: indexed_stage
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
#ifdef MISUSE
    veda::par(v).filter(even).in_order(8).count();
#else
    veda::par(v).in_order(8).filter(even).count();
#endif
}
