// Keys are integers.
// EXPECT: keys_of
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(std::vector<double>(3)).histogram(3);
#else
    veda::par(v).count();
#endif
    (void)v;
}
