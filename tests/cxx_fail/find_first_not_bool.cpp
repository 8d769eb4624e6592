// A search asks yes or no.
// EXPECT: const_predicate
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(v).find_first([](int) { return std::vector<int>(); });
#else
    veda::par(v).count();
#endif
    (void)v;
}
