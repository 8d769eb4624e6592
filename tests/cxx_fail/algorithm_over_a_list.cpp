// The algorithms cut ranges by position, which a list cannot.
// EXPECT: parallel_iterator
#include <veda/algorithm.hpp>

#include <list>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    std::list<int> list; veda::all_of(list.begin(), list.end(), [](int) { return true; });
#else
    veda::all_of(v.begin(), v.end(), [](int) { return true; });
#endif
    (void)v;
}
