// A progress hook takes a report.
// EXPECT: progress_hook
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    veda::par(v).progress([](int) {}).count();
#else
    veda::par(v).progress([](const veda::progress_report&) {}).count();
#endif
}
