// flat_map goes on with chains or ranges.
// EXPECT: maps_to_chain
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(v).flat_map([](int x) { return x; });
#else
    veda::par(v).count();
#endif
    (void)v;
}
