// filter_map looks into what its function gives.
// EXPECT: maybe_maps
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(v).filter_map([](int x) { return x; });
#else
    veda::par(v).count();
#endif
    (void)v;
}
