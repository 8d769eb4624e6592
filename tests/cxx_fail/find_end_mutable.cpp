// Asked from several threads at once, so as const.
// EXPECT: const_relation
#include <veda/algorithm.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    (void)veda::find_end(v.begin(), v.end(),
        v.begin(), v.end(), [n = 0](int a, int b) mutable { return ++n > a + b; });
#else
    (void)veda::find_end(v.begin(), v.end(), v.begin(), v.end(), [](int a, int b) { return a == b; });
#endif
    (void)v;
}
