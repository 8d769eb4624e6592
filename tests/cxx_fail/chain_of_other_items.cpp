// Two chains one behind the other have items of one kind.
// EXPECT: chained_items
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(v).chain(std::vector<std::vector<int>>());
#else
    veda::par(v).count();
#endif
    (void)v;
}
