// Sorting needs random access.
// EXPECT: random_access
#include <veda/veda.hpp>
#include <veda/sort.hpp>

#include <list>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    std::list<int> list; veda::sort(list);
#else
    veda::par(v).count();
#endif
    (void)v;
}
