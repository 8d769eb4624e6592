// A loop that may end needs a body that says whether to go on.
// EXPECT: loop_body
#include <veda/for_each_until.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    veda::for_each_until(v, [](int) {});
#else
    veda::for_each_until(v, [](int) { return veda::flow::go; });
#endif
}
