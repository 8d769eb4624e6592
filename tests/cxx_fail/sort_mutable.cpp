// Asked from several threads at once, so as const.
// EXPECT: sortable_by
#include <veda/sort.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    veda::sort(v, [n = 0](int a, int b) mutable { ++n; return a < b; });
#else
    veda::sort(v, [](int a, int b) { return a < b; });
#endif
    (void)v;
}
