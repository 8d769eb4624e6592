// What is no longer indexed has no first n items; take_any takes some.
// EXPECT: indexed_stage
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::par(v).filter([](int) { return true; }).take(3);
#else
    veda::par(v).count();
#endif
    (void)v;
}
