// The order sees const elements.
// EXPECT: sortable_by
#include <veda/sort.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    veda::sort(v, [](int& a, int& b) { return a < b; });
#else
    veda::sort(v, [](const int& a, const int& b) { return a < b; });
#endif
    (void)v;
}
